"""A change as one transaction: files written, what runs made to read them, all of it proved or all of it taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from hubctl import interrupts
from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.receipts import Write
from hubctl.core.change.receipt import FileKind
from hubctl.errors import BadFile, HubError
from hubctl.operations.change import half_done, way_back, writing
from hubctl.operations.change.changed import READY, Change, Changed, EffectKind, Proof
from hubctl.operations.change.plan import Plan

_HALF_DONE = "the change is incomplete{}; `hubctl status` tells how to finish it or undo it"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the running services took a change. `failed` says in words why it is not proved; null when it is.

    `notes` are what hubctl could go on without, and the operator should know.
    """

    effect: EffectKind
    reason: str
    proof: tuple[Proof, ...] = ()
    failed: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether the service came up, whatever else is not proved."""
        return any(each.check == READY and each.ok for each in self.proof)


@dataclass(frozen=True, slots=True)
class Transacted:
    """What came of a transaction. `back` is how what runs took the way back; null when nothing had to go back."""

    outcome: Outcome
    back: Outcome | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a change is about: the kinds of files it touches, and the model names that it makes askable.

    cut_off says that an earlier attempt was, so that what runs may be anything.
    """

    kinds: frozenset[FileKind]
    enabled: tuple[str, ...] = ()
    cut_off: bool = False


class Effect(Protocol):
    """Makes what runs read the changed files, and proves it."""

    def __call__(self, scope: Scope, *, back: bool) -> Outcome:
        """Do it after the files were written; with `back`, after they were put back."""


def files_only(reason: str) -> Effect:
    """Leave what runs alone."""
    return lambda _scope, *, back: Outcome("unchanged", "the files were put back" if back else reason)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a change is to be made. `approve` is shown the plan, and raises Declined when the operator says no.

    `require_ready` raises when what runs could not be made to read changed files.
    """

    ledger: Ledger
    take_effect: Effect
    dry_run: bool = False
    approve: Callable[[Changed], None] = lambda _plan: None
    require_ready: Callable[[], None] = lambda: None


def run(
    terms: Terms, doing: str, planned: Callable[[], Plan], *, check: Callable[[], tuple[str, ...]] = lambda: ()
) -> Changed:
    """Plan a change, check what it rests on, have it approved, and make it, all in one turn.

    `check` gives notes and raises when the change would not work; it may ask the network. Raises Busy, HalfDone,
    Declined, NotOwned, and what `planned`, `check`, `require_ready` and `make` raise.
    """
    if terms.dry_run:
        return preview(_own(terms.ledger, planned()))
    with terms.ledger.turn(doing) as found:
        if open_one := terms.ledger.half_done():
            raise half_done.refusal(open_one)
        plan = _own(terms.ledger, planned())
        if plan.writes and not plan.unread:
            terms.require_ready()
        plan = replace(plan, notes=(*found, *plan.notes, *check()))
        if plan.writes:
            terms.approve(preview(plan))
        return make(terms.ledger, plan, files_only(plan.unread) if plan.unread else terms.take_effect)


def _own(ledger: Ledger, plan: Plan) -> Plan:
    """Give a plan with notes on links; one that would write into another hub through a link is refused."""
    ledger.refuse_anothers(write.path for write in plan.writes)
    return plan.naming_links()


def preview(plan: Plan) -> Changed:
    """Show what a plan would do."""
    return Changed(Change(None, plan.files, "unchanged", "dry run, no files changed"), notes=plan.notes)


@interrupts.held(finish=True)
def make(ledger: Ledger, plan: Plan, take_effect: Effect) -> Changed:
    """Make a change, whole or not at all; the caller has the ledger's turn.

    Raises EditRefused when a file is no longer what the plan was made from; BadFile; what `take_effect` raises, with
    everything put back.
    """
    writes = [write for write in plan.writes if write.before != write.after]
    if not writes:
        return Changed(Change(None, (), "unchanged", "the files say so already"), notes=plan.notes)
    writing.require_unchanged(writes)
    kept = ledger.receipts
    receipt = kept.open(plan.command, writes) if kept else None

    def forget() -> None:
        if kept and receipt:
            kept.drop(receipt)

    scope = Scope(frozenset(write.kind for write in writes), plan.enabled)
    done = transact(writes, scope, take_effect, all_back=forget)
    notes = (*plan.notes, *done.notes)
    if kept and receipt and done.back is None:
        notes = (*notes, *closed(lambda: kept.keep(receipt.now("done"))))
    if done.back is None:
        interrupts.leaves(
            "the change is complete; `hubctl undo` takes it back" if receipt else "the change is complete"
        )
    change = Change(receipt.id if receipt else None, plan.files, done.outcome.effect, done.outcome.reason)
    return changed(change, done.outcome, done.back, notes)


def closed(close: Callable[[], None]) -> tuple[str, ...]:
    """Close the receipt of what is done and proved; where that cannot be written, say so and how to do it later."""
    try:
        close()
    except BadFile as error:
        return (f"this is done, but its receipt stays open: {error.sentence}; then `hubctl restart` closes it",)
    return ()


def changed(change: Change, outcome: Outcome, back: Outcome | None, notes: tuple[str, ...]) -> Changed:
    """Put together what came of a transaction."""
    proof = (*outcome.proof, *(back.proof if back else ()))
    told = (*notes, *outcome.notes, *(back.notes if back else ()))
    way_back = back.failed if back else None
    return Changed(change, proof, rolled_back=back is not None, notes=told, cause=outcome.failed, way_back=way_back)


def transact(writes: Sequence[Write], scope: Scope, take_effect: Effect, *, all_back: Callable[[], None]) -> Transacted:
    """Write the files and let them take effect; when that is not proved, put all back and prove that.

    `all_back` is called once nothing is left of the change, whatever is raised then. What somebody else wrote into the
    files meanwhile is kept beside them, and the notes name it; so does an error that is raised. The caller holds
    interrupts back: here alone they are let through.
    """
    interrupts.leaves(_HALF_DONE.format(""))
    kept = writing.write(writes, all_back)
    try:
        with interrupts.let():
            outcome = take_effect(scope, back=False)
    except BaseException as error:
        if way_back.told(error, lambda: way_back.to_before(writes)):
            _close_back(take_effect(scope, back=True), all_back)
        raise
    if outcome.failed is None:
        return Transacted(outcome, notes=kept)
    try:
        kept += way_back.to_before(writes)
    except HubError as error:
        raise BadFile(
            f"{outcome.failed}; and then it could not be taken back: {error.message}", hint=error.hint
        ) from error
    back = take_effect(scope, back=True)
    _close_back(back, all_back)
    return Transacted(outcome, back, kept)


def _close_back(back: Outcome, all_back: Callable[[], None]) -> None:
    """Note that nothing is left of the change, once what runs is proved to be rid of it; else say what is."""
    if back.failed is not None:
        why = back.failed.splitlines()[0]
        interrupts.leaves(_HALF_DONE.format(f": the files were put back, but {why}"))
        return
    all_back()
    runs = "" if back.effect == "unchanged" else "; the gateway runs with the files from before"
    interrupts.leaves(f"the files were put back{runs}")
