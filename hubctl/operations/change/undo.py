"""Take the last change back: the bytes from before, for every file that still is as hubctl left it."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hubctl import interrupts
from hubctl.adapters.files import disk, replacing
from hubctl.adapters.state import links
from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.proven import Proven
from hubctl.adapters.state.receipts import LONGEST, MOST, Receipts, Write
from hubctl.core.change.receipt import Receipt, Touched, fingerprint
from hubctl.core.result import Result
from hubctl.errors import BadFile, NothingToUndo
from hubctl.operations.change import transaction, way_back
from hubctl.operations.change.changed import Change, Changed
from hubctl.operations.change.plan import Plan
from hubctl.operations.change.transaction import Effect, Scope, Terms


@dataclass(frozen=True, slots=True)
class Forgotten(Result):
    """The document of `hubctl undo --forget`: how many receipts were deleted, and which files may hold keys still."""

    receipts: int
    rejected: tuple[Path, ...]


def undo(terms: Terms) -> Changed:
    """Take back the change that stopped half way, else the last one that was not taken back yet.

    A file that was changed since is left alone and named; one that went missing in a change that stopped half way is
    made again. Raises NothingToUndo when no file can be restored of a change that was finished, Busy.
    """
    receipts = terms.ledger.receipts
    if receipts is None:
        raise NothingToUndo("changes of lone files leave no receipt")
    if terms.dry_run:
        return _preview(receipts, _chosen(receipts))
    with terms.ledger.turn("undo") as found:
        receipt = _chosen(receipts)
        notes = (*found, *_made_again(receipts, receipt))
        terms.require_ready()
        return take_back(receipts, receipt, terms.take_effect, notes)


def forget(ledger: Ledger, proven: Proven, files: Iterable[Path]) -> Forgotten:
    """Delete every receipt, of an incomplete change too, and the configs that were proved.

    What was kept of the hub's files as `NAME.rejected-TIME` is somebody's work: it is named, and stays. Until the next
    proven start nothing can be rolled back. Raises Busy.
    """
    with ledger.turn("undo --forget"), interrupts.held(finish=True):
        interrupts.leaves("the receipts are deleted")
        proven.forget()
        deleted = ledger.receipts.forget() if ledger.receipts else 0
        return Forgotten(deleted, replacing.all_rejected(files))


@interrupts.held(finish=True)
def take_back(receipts: Receipts, receipt: Receipt, take_effect: Effect, notes: tuple[str, ...] = ()) -> Changed:
    """Take back one change; the caller has the ledger's turn. Raises NothingToUndo, BadFile."""
    writes, strangers = _restorable(receipts, receipt)
    plan = Plan(f"undo of `hubctl {receipt.command}`", tuple(writes))
    was = receipt.state
    receipts.keep(receipt.now("open"))
    scope = Scope(frozenset(each.kind for each in receipt.files), cut_off=was == "open")
    done = transaction.transact(writes, scope, take_effect, all_back=lambda: receipts.keep(receipt.now(was)))
    notes = (*notes, *(f"left alone: {stranger}" for stranger in strangers), *done.notes)
    if done.back is None:
        close = partial(receipts.keep, receipt.now("undone"), keep_before=bool(strangers))
        notes = (*notes, *transaction.closed(close))
        interrupts.leaves(f"`hubctl {receipt.command}` is undone")
    reason = f"{done.outcome.reason} ({plan.command} of {receipt.at})"
    made = Change(receipt.id, plan.files, done.outcome.effect, reason)
    return transaction.changed(made, done.outcome, done.back, notes)


def next_of(kept: Sequence[Receipt]) -> Receipt | None:
    """Choose what `undo` is about: the change that stopped half way, else the last one that was not taken back yet."""
    half_done = [each for each in kept if each.state == "open"]
    done = [each for each in kept if each.state == "done"]
    return next(reversed([*done, *half_done]), None)


def _chosen(receipts: Receipts) -> Receipt:
    receipt = next_of(receipts.all())
    if receipt is None:
        raise NothingToUndo(
            "there is no change to take back",
            hint=f"`hubctl undo` takes back each of the last {MOST} changes, for {LONGEST.days} days after it was made",
        )
    return receipt


def _preview(receipts: Receipts, receipt: Receipt) -> Changed:
    """Show what taking a change back would do. Raises NothingToUndo."""
    writes, strangers = _restorable(receipts, receipt)
    left_alone = tuple(f"left alone: {stranger}" for stranger in strangers)
    again = (f"{receipt.files[number].path} is missing, and comes back" for number in _missing(receipts, receipt))
    notes = (*left_alone, *again)
    return transaction.preview(Plan(f"undo of `hubctl {receipt.command}`", tuple(writes), notes))


def _restorable(receipts: Receipts, receipt: Receipt) -> tuple[Sequence[Write], Sequence[str]]:
    """Find what to put back, and what to leave alone.

    Raises NothingToUndo when that is all of it; not for a change that stopped half way, which has to come to an end.
    """
    writes, strangers = writes_of(receipts, receipt)
    if strangers and not writes and receipt.state != "open":
        raise NothingToUndo(
            f"`hubctl {receipt.command}` of {receipt.at} cannot be taken back: {', '.join(strangers)}",
            hint=f"the bytes from before are in {receipts.folder(receipt)}; `hubctl undo --forget` deletes them",
        )
    return writes, strangers


def writes_of(receipts: Receipts, receipt: Receipt) -> tuple[Sequence[Write], Sequence[str]]:
    """Find what to put back, and what was changed by somebody else since. What is old already needs nothing."""
    writes: list[Write] = []
    strangers: list[str] = []
    missing = _missing(receipts, receipt)
    for number, touched in enumerate(receipt.files):
        if number in missing:
            continue
        current = _current(touched)
        if receipts.is_elsewhere(receipt, touched.path):
            strangers.append(f"{touched.path} lies outside this hub, and the change was not made in {receipts.root}")
        elif other := links.other_hub(touched.path, receipts.root):
            strangers.append(f"{touched.path} leads into another hub, {other}")
        elif current is None or fingerprint(current) not in (touched.before, touched.after):
            strangers.append(f"{touched.path} was {'removed' if current is None else 'changed'} since")
        elif fingerprint(current) == touched.after:
            writes.append(Write(touched.path, touched.kind, current, receipts.before(receipt, number)))
    return writes, strangers


def _missing(receipts: Receipts, receipt: Receipt) -> tuple[int, ...]:
    """Give the numbers of the files that a change which stopped half way was about, and that are gone now."""
    if receipt.state != "open":
        return ()
    files = enumerate(each.path for each in receipt.files)
    return tuple(
        number for number, path in files if not os.path.lexists(path) and not receipts.is_elsewhere(receipt, path)
    )


def _made_again(receipts: Receipts, receipt: Receipt) -> tuple[str, ...]:
    missing = _missing(receipts, receipt)
    for number in missing:
        each = receipt.files[number]
        disk.create(each.path, receipts.before(receipt, number).decode(), mode=way_back.MODES_IF_GONE[each.kind])
    return tuple(
        f"{receipt.files[number].path} was missing; it is there again, as it was before the change"
        for number in missing
    )


def _current(touched: Touched) -> bytes | None:
    try:
        return disk.read_bytes(touched.path)
    except BadFile:
        return None
