"""What every changing command needs: the files it is about, how it asks, and where a key comes from."""

from collections.abc import Sequence
from pathlib import Path

import typer

from hubctl.adapters.gateway.client import Gateway
from hubctl.core.providers.catalog import Provider, masked, scrub
from hubctl.errors import BadKey
from hubctl.hub import Hub
from hubctl.operations.change.changed import Changed, Proof
from hubctl.operations.change.transaction import Terms, files_only
from hubctl.operations.providers.change import KeyTerms
from hubctl.operations.smoke import proof_call
from hubctl.operations.stack import effect
from hubctl.operations.stack.effect import ProofCall
from hubctl.operations.stack.start import START_S, Starter

LONGEST_KEY = 16_384
LEFT_TO_DO = "files only; `hubctl restart` makes the gateway read them"


def terms(
    hub: Hub,
    config: Path | None = None,
    env_file: Path | None = None,
    *,
    no_restart: bool,
    timeout_s: float = START_S,
    proof: bool = False,
    dry_run: bool = False,
    question: str | None = None,
    yes: bool = True,
) -> Terms:
    """Say how a change is to be made. With a `question`, the plan is shown and asked about on a terminal.

    timeout_s bounds each start of the gateway, and the one answer that proves it.
    """

    def approve(plan: Changed) -> None:
        if question and not yes:
            hub.output.tell(plan)
            hub.output.confirm(question, yes=False, must_answer=False)

    ledger = hub.ledger(config, env_file)
    if config is not None or env_file is not None:
        return Terms(ledger, files_only("a file alone: nothing that runs was asked to read it"), dry_run, approve)
    if no_restart:
        return Terms(ledger, files_only(LEFT_TO_DO), dry_run, approve)
    starter = hub.starter(hub.gateway.name, timeout_s)
    asked = _asking(hub, starter) if proof else None
    take_effect = effect.of_gateway(starter, hub.proven, asked)
    return Terms(ledger, take_effect, dry_run, approve, starter.require_ready_for_changes)


def _asking(hub: Hub, starter: Starter) -> ProofCall:
    """Give the way to one real answer. The key is read then: the change may be about it."""

    def ask(enabled: Sequence[str]) -> Proof:
        gateway = Gateway(hub.gateway_address(), starter.credentials().gateway_key)
        return proof_call.ask(gateway, hub.config, enabled, timeout_s=starter.timeout_s)

    return ask


def key_terms(hub: Hub, *, stdin: bool, from_env: str | None, force: bool, yes: bool) -> KeyTerms:
    """Say where a key comes from: standard input, a variable of the shell, or a person. Raises BadKey."""
    if stdin and from_env:
        raise typer.BadParameter("--stdin and --from-env exclude each other", param_hint="--stdin")

    def ask(provider: Provider) -> str | None:
        key = hub.output.ask_secret(f"Key for {provider.title} ({provider.variable}; it is not shown)")
        if key and not yes:
            hub.output.confirm(f"Use {masked(key, provider)}?", yes=False, must_answer=True)
        return key

    return KeyTerms(_given(hub, stdin=stdin, from_env=from_env), ask, hub.settings.environment, force)


def _given(hub: Hub, *, stdin: bool, from_env: str | None) -> str | None:
    if stdin:
        key = hub.output.read_stdin(LONGEST_KEY)
        if len(key) > LONGEST_KEY:
            raise BadKey(f"standard input holds more than {LONGEST_KEY} characters, which is no key")
        return key
    if from_env:
        key = hub.settings.environment.get(from_env, "")
        if not key:
            raise BadKey(
                f"the shell has no variable {scrub(from_env)}, or it is empty", hint="`export NAME=...` sets it"
            )
        return key
    return None
