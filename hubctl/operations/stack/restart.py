"""Restart one service and prove that it took; when it did not, go back to the config that was proved last."""

from collections.abc import Callable
from dataclasses import dataclass

from hubctl import interrupts
from hubctl.adapters.files import replacing
from hubctl.adapters.state import receipts
from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.proven import Proven
from hubctl.adapters.state.receipts import Receipts
from hubctl.core.change.receipt import Receipt
from hubctl.operations.change import half_done, transaction, undo
from hubctl.operations.change.changed import Change, Changed
from hubctl.operations.change.transaction import Outcome
from hubctl.operations.stack import effect, roll_back
from hubctl.operations.stack.start import Starter


@dataclass(frozen=True, slots=True)
class Restarted(Changed):
    """The document of `hubctl restart`. `cause` is null when the service runs as it should."""

    service: str = ""


def restart(
    starter: Starter, ledger: Ledger, proven: Proven, *, recreate: bool, check: Callable[[], tuple[str, ...]]
) -> Restarted:
    """Start a service anew and prove it; a gateway that does not come back runs again on its proven config.

    Finishes a change that stopped half way, when all its files are written or all are put back. `check` raises when
    the start would fail, and gives notes. Raises EngineRefused, EngineRemote, HalfDone, Busy, UnknownService, and what
    `check` raises.
    """
    with ledger.turn(f"restart {starter.service}") as found, interrupts.held(finish=True):
        with interrupts.let():
            open_one = ledger.half_done()
            is_written = open_one is not None and _is_written(open_one)
            if open_one is not None and not is_written and not _is_put_back(open_one):
                raise half_done.refusal(open_one)
            starter.require_startable()
            notes = (*found, *check())
            interrupts.leaves(f"{starter.service} may not be running; `hubctl status` shows it, `hubctl up` starts it")
            outcome = starter.start(recreate=recreate)
        interrupts.leaves(f"{starter.service} was started again; `hubctl status` shows it")
        if outcome.failed is not None and open_one is not None and is_written and ledger.receipts:
            return _take_back(starter, ledger.receipts, open_one, outcome)
        if outcome.failed is not None:
            back, more = roll_back.on_proven(starter, proven, None if open_one else ledger.receipts)
            return _restarted(starter, outcome, back, (*notes, *more))
        notes = (*notes, *effect.remember(starter, proven))
        if open_one is not None and ledger.receipts:
            notes = (*_finish(ledger.receipts, open_one, is_written=is_written), *notes)
        return _restarted(starter, outcome, None, notes)


def _is_written(receipt: Receipt) -> bool:
    return all(receipts.fingerprint_of(each.path) == each.after for each in receipt.files)


def _is_put_back(receipt: Receipt) -> bool:
    return all(receipts.fingerprint_of(each.path) == each.before for each in receipt.files)


def _finish(kept: Receipts, receipt: Receipt, *, is_written: bool) -> tuple[str, ...]:
    """Close an open change that what runs has just been proved on, or proved to be rid of, and say so."""
    if is_written:
        left = transaction.closed(lambda: kept.keep(receipt.now("done")))
        beside = " ".join(map(str, replacing.all_rejected(each.path for each in receipt.files)))
        more = f"; kept beside: {beside}" if beside else ""
        return left or (f"this finished `hubctl {receipt.command}` of {receipt.at}{more}",)
    kept.drop(receipt)
    return (f"this finished the way back from `hubctl {receipt.command}` of {receipt.at}",)


def _take_back(starter: Starter, kept: Receipts, receipt: Receipt, outcome: Outcome) -> Restarted:
    """Take back the change that this restart was to finish."""
    taken = undo.take_back(kept, receipt, lambda _scope, *, back: starter.start(asked_for="taken back"))  # noqa: ARG005
    return Restarted(
        change=taken.change,
        proof=(*outcome.proof, *taken.proof),
        rolled_back=not taken.rolled_back,
        notes=taken.notes,
        cause=outcome.failed,
        way_back=taken.cause,
        service=starter.service,
    )


def _restarted(starter: Starter, outcome: Outcome, back: Outcome | None, notes: tuple[str, ...]) -> Restarted:
    done = transaction.changed(Change(None, (), outcome.effect, outcome.reason), outcome, back, notes)
    rolled_back = back is not None and back.is_ready
    return Restarted(done.change, done.proof, rolled_back, done.notes, done.cause, done.way_back, starter.service)
