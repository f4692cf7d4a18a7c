"""The changes that were made to a hub, as their receipts tell: the newest first, with what can be taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.receipts import Receipts
from hubctl.core.change.receipt import Receipt
from hubctl.core.result import Result
from hubctl.errors import HubError
from hubctl.operations.change import undo
from hubctl.operations.change.plan import FileChange, Plan

Mark = frozenset[tuple[str, int, int]]
# What tests and verifications leave.
_REMEMBERED = ("smoke.json", "verify.json")


@dataclass(frozen=True, slots=True)
class Made:
    """One change. `at` is RFC 3339; `open` says that it is being made, or stopped half way.

    `undoable` is the one that `undo` takes back next. The diffs of its files are what it did, secrets masked; empty
    where a file was changed since, or the bytes from before are gone.
    """

    id: str
    command: str
    at: str
    files: tuple[FileChange, ...]
    undoable: bool
    open: bool
    undone: bool


@dataclass(frozen=True, slots=True)
class Changes(Result):
    """All changes that are still remembered."""

    changes: tuple[Made, ...]


def mark(state_folder: Path, touched: Iterable[Path]) -> Mark:
    """Tell one state of a hub's files from another, without reading them: who keeps the last mark sees a change."""
    remembered = state_folder.glob("receipts/*/receipt.json"), (state_folder / name for name in _REMEMBERED)
    return frozenset(_stamp(path) for path in chain(touched, *remembered))


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


def made(ledger: Ledger) -> Changes:
    """Read the receipts of a hub. Raises BadFile."""
    receipts = ledger.receipts
    if receipts is None:
        return Changes(())
    kept = receipts.all()
    following = undo.next_of(kept)
    return Changes(tuple(_made(receipts, each, following) for each in reversed(kept)))


def _made(receipts: Receipts, receipt: Receipt, following: Receipt | None) -> Made:
    diffs = _diffs(receipts, receipt)
    return Made(
        id=receipt.id,
        command=receipt.command,
        at=receipt.at,
        files=tuple(FileChange(each.path, diffs.get(str(each.path), "")) for each in receipt.files),
        undoable=receipt == following and bool(diffs),
        open=receipt.state == "open",
        undone=receipt.state == "undone",
    )


def _diffs(receipts: Receipts, receipt: Receipt) -> dict[str, str]:
    """Show what a change did, by file, as far as taking it back would put the file back."""
    if receipt.state == "undone":
        return {}
    try:
        writes, _ = undo.writes_of(receipts, receipt)
    except HubError:
        return {}
    did = Plan(receipt.command, tuple(each.back for each in writes))
    return {str(file.path): file.diff for file in did.files}
