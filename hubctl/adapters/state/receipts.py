"""The receipts of a hub's changes, in `.hubctl/receipts/ID/`: what was touched, and the bytes from before.

The earlier bytes of an env file hold keys. They are kept 0600 in a folder 0700, only while the change can be undone.
"""

import os
import secrets
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.core.change import receipt as receipts
from hubctl.core.change.receipt import FileKind, Receipt, Touched, fingerprint
from hubctl.core.providers import catalog
from hubctl.errors import BadFile

MOST = 5
LONGEST = timedelta(days=7)
_FILE = "receipt.json"
_BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Write:
    """One file of a change: what is there and what is to be there. `mode` is null where the file keeps its own."""

    path: Path
    kind: FileKind
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    mode: int | None = None

    @property
    def back(self) -> "Write":
        """The write that takes this one back."""
        return Write(self.path, self.kind, self.after, self.before, self.mode)


def fingerprint_of(path: Path) -> str | None:
    """The fingerprint of a file as it is now; null where it is missing or cannot be read."""
    try:
        return fingerprint(disk.read_bytes(path))
    except BadFile:
        return None


class Receipts:
    """The receipts kept in one folder, oldest first. One change at a time: the caller holds the hub's lock.

    `folder` is `.hubctl/receipts` of the hub; `own` are the hub's files that a change may be about.
    """

    def __init__(self, folder: Path, own: Collection[Path] = ()) -> None:
        self._folder = folder
        self.root = Path(os.path.abspath(folder)).parents[1]  # noqa: PTH100 - links stay as the hub's files have them
        self._own = own

    def all(self) -> tuple[Receipt, ...]:
        """Read every receipt; one that was not written to its end was never begun, so it does not count."""
        found = []
        for folder in self.folders():
            with suppress(OSError, ValueError, KeyError, TypeError):
                found.append(receipts.parse((folder / _FILE).read_text(), self.root, self._own))
        return tuple(sorted(found, key=lambda each: (each.number, each.id)))

    def folders(self) -> list[Path]:
        """List the folders of receipts; none where they cannot be seen."""
        try:
            return list(self._folder.iterdir())
        except OSError:
            return []

    def is_elsewhere(self, receipt: Receipt, path: Path) -> bool:
        """Whether a file lies outside the hub, and the receipt came here with a copy, or before the hub was moved."""
        inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.root))
        return not inside and receipt.root != str(self.root)

    def open(self, command: str, writes: Sequence[Write]) -> Receipt:
        """Write down what is about to be changed, with the bytes from before. Raises BadFile."""
        now = datetime.now(UTC)
        receipt = Receipt(
            id=f"{now:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(2)}",
            command=catalog.scrub(command),
            at=now.isoformat(timespec="seconds"),
            state="open",
            files=tuple(Touched(w.path, w.kind, fingerprint(w.before), fingerprint(w.after)) for w in writes),
            number=max((each.number for each in self.all()), default=0) + 1,
            root=str(self.root),
        )
        try:
            for number, write in enumerate(writes):
                disk.write_private(self.folder(receipt) / str(number), write.before)
            self.keep(receipt)
        except BaseException:
            self.drop(receipt)
            raise
        return receipt

    def keep(self, receipt: Receipt, *, keep_before: bool = False) -> None:
        """Write a receipt down as it is now. Of one that is undone the bytes from before go, unless still needed."""
        disk.write_private(self._folder / receipt.id / _FILE, receipts.dump(receipt, self.root))
        if receipt.state == "undone" and not keep_before:
            shutil.rmtree(self.folder(receipt), ignore_errors=True)

    def folder(self, receipt: Receipt) -> Path:
        """Where the bytes from before of its files are, numbered in the order of the files."""
        return self._folder / receipt.id / _BEFORE

    def before(self, receipt: Receipt, number: int) -> bytes:
        """Give the bytes from before of one of its files. Raises BadFile when they are gone."""
        return disk.read_bytes(self.folder(receipt) / str(number))

    def drop(self, receipt: Receipt) -> None:
        """Forget a receipt whose change never happened."""
        shutil.rmtree(self._folder / receipt.id, ignore_errors=True)

    def prune(self) -> None:
        """Delete what can no longer be undone: all but the last changes, the old ones, and half-written receipts."""
        kept = self.all()
        oldest = datetime.now(UTC) - LONGEST
        keep = {each.id for each in kept[-MOST:] if datetime.fromisoformat(each.at) > oldest}
        keep |= {each.id for each in kept if each.state == "open"}
        for folder in self.folders():
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)

    def forget(self) -> int:
        """Delete all receipts and the bytes they keep; gives how many there were."""
        count = len(self.all())
        shutil.rmtree(self._folder, ignore_errors=True)
        return count
