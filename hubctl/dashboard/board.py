"""What the routes work with: the hub, afresh for every request, and the one look at it that all share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.responses import Response

from hubctl.core.result import Result
from hubctl.dashboard.answers import Document, answer, document_of
from hubctl.dashboard.followers import Followers
from hubctl.dashboard.shared import Shared
from hubctl.dashboard.snapshots import Snapshots
from hubctl.dashboard.threads import Threads
from hubctl.hub import Hub

# Requests that are worked on at once: those that only look, and those that may take minutes.
LOOKS_AT_ONCE, DEEDS_AT_ONCE = 16, 8


@dataclass(frozen=True)
class Board:
    """One running dashboard. `at_work` are the changes that are being made, and the verifications."""

    hub: Hub
    read_only: bool
    snapshots: Snapshots
    threads: Threads = field(default_factory=lambda: Threads(LOOKS_AT_ONCE))
    deeds: Threads = field(default_factory=lambda: Threads(DEEDS_AT_ONCE))
    followers: Followers = field(default_factory=Followers)
    looks: dict[str, Shared] = field(default_factory=dict)
    at_work: list[str] = field(default_factory=list)

    async def document(self, call: Callable[[Hub], Result], *, slow: bool = False) -> Document:
        """Do for the hub as it is now what a command does, in a thread; errors of the hub are documents too."""
        threads = self.deeds if slow else self.threads
        return await threads.run(lambda: document_of(self.hub.afresh(), call))

    async def ask(self, call: Callable[[Hub], Result]) -> Response:
        """Answer with the document of what only looks."""
        return answer(await self.document(call))

    async def look(self, name: str, call: Callable[[Hub], Result], *, rest_s: float = 0.0) -> Response:
        """Answer likewise, with one look for all who ask for what has this name."""
        shared = self.looks.setdefault(name, Shared(rest_s))
        return answer(await shared.get(lambda: self.document(call)))

    async def do(self, what: str, call: Callable[[Hub], Result], *, changes: bool = True) -> Response:
        """Answer with the document of what must not be cut off; all who watch are told that the hub was changed."""

        def work() -> Document:
            self.at_work.append(what)
            try:
                return document_of(self.hub.afresh(), call)
            finally:
                self.at_work.remove(what)

        try:
            return answer(await self.deeds.run(work))
        finally:
            if changes:
                self.snapshots.changed()

    def stop(self) -> None:
        """End every stream."""
        self.snapshots.stop()
        self.followers.stop()
