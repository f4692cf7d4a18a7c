"""A change that was begun and neither finished nor taken back: what is told of it, and no other one before."""

from hubctl.adapters.state import receipts
from hubctl.adapters.state.ledger import Ledger
from hubctl.core.change.receipt import Receipt
from hubctl.errors import HalfDone

_FINISH = "`hubctl undo` takes it back; `hubctl restart` finishes it where all its files are written, or all put back"


def told(ledger: Ledger) -> tuple[str, ...]:
    """Tell of a change that is being made, or that stopped half way and how to finish it, where there is one."""
    receipt = ledger.half_done()
    if receipt is None:
        return ()
    if holder := ledger.holder():
        return (f"a change is being made by {holder}",)
    return (f"a change stopped half way: {_where_it_stopped(receipt)}; {_FINISH}",)


def refusal(receipt: Receipt) -> HalfDone:
    """Say where it stopped, as the error that keeps others from being made."""
    return HalfDone(f"an earlier change stopped half way: {_where_it_stopped(receipt)}", hint=_FINISH)


def _where_it_stopped(receipt: Receipt) -> str:
    """Say which files of an open change are new and which are old: all are after a rollback that was not proved."""
    words: dict[str | None, str] = {None: "missing", **{each.after: "new" for each in receipt.files}}
    words |= {each.before: "old" for each in receipt.files}
    found = [words.get(receipts.fingerprint_of(each.path), "changed since") for each in receipt.files]
    seen = ", ".join(f"{each.path} is {word}" for each, word in zip(receipt.files, found, strict=True))
    unproved = ", but it is not proved that the gateway runs with these files" if set(found) == {"old"} else ""
    return f"`hubctl {receipt.command}` of {receipt.at}: {seen}{unproved}"
