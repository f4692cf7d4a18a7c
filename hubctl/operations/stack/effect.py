"""How the running gateway takes a change of its files: started anew, proved, and asked for one real answer."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from hubctl.adapters.files import disk
from hubctl.adapters.state.proven import Proven
from hubctl.errors import BadFile, HubError
from hubctl.operations.change.changed import Proof
from hubctl.operations.change.transaction import Effect, Outcome, Scope
from hubctl.operations.stack.start import Starter

# Asks one of these models for a real answer.
ProofCall = Callable[[Sequence[str]], Proof]


def of_gateway(starter: Starter, proven: Proven, ask: ProofCall | None) -> Effect:
    """Give the effect that changes of the gateway's files have on the running one."""
    was_running = False

    def take(scope: Scope, *, back: bool) -> Outcome:
        nonlocal was_running  # one that the change itself has stopped is to run again when it is taken back
        was_running = was_running or (scope.cut_off and starter.may_have_run())
        if not was_running and (idle := starter.idle()):
            return Outcome("unchanged", idle)
        was_running = True
        outcome = starter.start(asked_for="taken back" if back else "its files changed")
        if outcome.failed is None and not back and scope.enabled and ask is not None:
            outcome = _answered(outcome, scope.enabled, ask)
        if outcome.failed is None:
            return replace(outcome, notes=remember(starter, proven))
        return outcome

    return take


def remember(starter: Starter, proven: Proven) -> tuple[str, ...]:
    """Keep the bytes of the config that the service was just proved to run with, or note that they could not be."""
    if starter.config is not None:
        try:
            proven.keep(starter.config, disk.read_bytes(starter.config))
        except BadFile as error:
            return (
                f"{starter.service} runs and is proved; but its config could not be kept as such: {error.sentence}",
            )
    return ()


def remember_first(starter: Starter, proven: Proven) -> None:
    """Keep the config of a service that `up` has started, where it is proved as one after a change is."""
    with suppress(HubError):  # what cannot be known is not kept; the service runs all the same
        if starter.runs_as_told():
            remember(starter, proven)


def _answered(outcome: Outcome, enabled: Sequence[str], ask: ProofCall) -> Outcome:
    """Add the real answer to the proofs; without one the change is not proved."""
    try:
        proof = ask(enabled)
    except HubError as error:
        proof = Proof("a real answer", ok=False, detail=error.sentence)
    failed = None if proof.ok else f"{proof.check}: {proof.detail}"
    return replace(outcome, proof=(*outcome.proof, proof), failed=failed)
