"""What every changing command needs: the files it is about, how it asks, and where a key comes from."""

from pathlib import Path

import typer

from hubctl.core.catalog import Provider, masked, scrub
from hubctl.errors import BadKey
from hubctl.hub import Hub
from hubctl.operations.change import Changed, Terms, files_only
from hubctl.operations.provider_change import KeyTerms

LONGEST_KEY = 16_384
LEFT_TO_DO = "files only; `hubctl restart` makes the gateway read them"


def terms(
    hub: Hub,
    config: Path | None = None,
    env_file: Path | None = None,
    *,
    no_restart: bool,  # noqa: ARG001 - TEMP
    dry_run: bool = False,
    question: str | None = None,
    yes: bool = True,
) -> Terms:
    """Say how a change is to be made. With a `question`, the plan is shown and asked about on a terminal."""

    def approve(plan: Changed) -> None:
        if question and not yes:
            hub.output.tell(plan)
            hub.output.confirm(question, yes=False, must_answer=False)

    lone = config is not None or env_file is not None
    reason = "a file alone: nothing that runs was asked to read it" if lone else LEFT_TO_DO
    return Terms(hub.ledger(config, env_file), files_only(reason), dry_run, approve)


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


def refuse_keys_in_arguments(words: list[str] | None) -> None:
    """Refuse what stands where only a key could be meant, without repeating it."""
    if words:
        raise typer.BadParameter(
            "a key is never taken from the arguments: they stay in the shell's history and in the list of processes; "
            "give it with --stdin, with --from-env NAME, or when asked",
            param_hint="NAME",
        )


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
