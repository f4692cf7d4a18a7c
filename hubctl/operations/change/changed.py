"""What a change came to: the document of every command that changes something, and the error it ends with."""

from dataclasses import dataclass
from typing import Literal

from hubctl.core.result import Result
from hubctl.errors import HubError, NotReady, RolledBack
from hubctl.operations.change.plan import FileChange

EffectKind = Literal["unchanged", "restarted", "recreated", "rolled"]


# The check that a service came up, whatever else is not proved of it.
READY = "ready"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done. `id` names its receipt; `effect` says how the gateway got to read the files, `reason` why so."""

    id: str | None
    files: tuple[FileChange, ...]
    effect: EffectKind
    reason: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that was checked after the change."""

    check: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Changed(Result):
    """The document of every command that changes something. `cause` says why it is not proved; null when it is.

    `rolled_back` says that the files are as before; `way_back` why that is not proved of what runs, null when it is.
    """

    change: Change
    proof: tuple[Proof, ...] = ()
    rolled_back: bool = False
    notes: tuple[str, ...] = ()
    cause: str | None = None
    way_back: str | None = None

    @property
    def exit_code(self) -> int:
        """4 when it was taken back, or not proved."""
        return 4 if self.failure else 0

    @property
    def failure(self) -> HubError | None:
        """Why it did not come to what was asked."""
        if self.cause is None:
            return None
        look = "`hubctl status` and `hubctl logs` show more"
        if self.way_back is not None:
            kind = RolledBack if self.rolled_back else NotReady
            then = "\n  and then" if "\n" in self.cause else "; and then"
            again = self.way_back.splitlines()[0]  # its log mostly says the same once more
            return kind(f"not proved, and neither is the way back: {self.cause}{then} {again}", hint=look)
        if self.rolled_back:
            return RolledBack(f"taken back: {self.cause}", hint="correct the cause and run again")
        return NotReady(f"not proved: {self.cause}", hint=look)
