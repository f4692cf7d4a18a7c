"""`hubctl provider`."""

from typing import Annotated

import typer

from hubctl.commands import _completion
from hubctl.commands._command import ListByDefault, command
from hubctl.commands._options import (
    ConfigFile,
    DryRun,
    EnvFile,
    Force,
    FromEnv,
    FromStdin,
    NoRestart,
    StartTimeout,
    Yes,
    seconds,
)
from hubctl.commands.change.terms import key_terms, terms
from hubctl.hub import Hub
from hubctl.operations.change.changed import Changed
from hubctl.operations.providers import change, listing
from hubctl.operations.providers import check as key_check
from hubctl.operations.providers.check import CHECK_S, KeyChecks
from hubctl.operations.providers.listing import Providers
from hubctl.operations.stack.start import START_S

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(cls=ListByDefault, rich_markup_mode=None, help="Add, check, switch and remove providers.")
app.add_typer(group, name="provider")

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="The provider: openai, anthropic, google, ...",
        autocompletion=_completion.providers,
    ),
]


@command(group, "list")
def show(hub: Hub, config: ConfigFile = None, env_file: EnvFile = None) -> Providers:
    """Show every provider: its key, masked, where it stands, and its models."""
    return listing.listing(hub.gateway_files(config, env_file))


@command(group, "check")
def check(
    hub: Hub,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Default: all with a key.",
            show_default=False,
            autocompletion=_completion.providers,
        ),
    ] = None,
    config: ConfigFile = None,
    env_file: EnvFile = None,
    timeout: Annotated[float, seconds("Seconds for each provider.")] = CHECK_S,
) -> KeyChecks:
    """Ask providers whether they take their keys. Costs nothing."""
    found = hub.gateway_files(config, env_file)
    return key_check.check(found, names or (), shell=hub.settings.environment, timeout_s=timeout, progress=hub.progress)


@command(group, "set-key", changes=True)
def set_key(
    hub: Hub,
    name: Name,
    stdin: FromStdin = False,
    from_env: FromEnv = None,
    config: ConfigFile = None,
    env_file: EnvFile = None,
    force: Force = False,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,
) -> Changed:
    """Put a key into the env file, once the provider takes it."""
    return change.set_key(
        hub.gateway_files(config, env_file),
        name,
        key_terms(hub, stdin=stdin, from_env=from_env, force=force, yes=yes),
        terms(hub, config, env_file, no_restart=no_restart, timeout_s=timeout, dry_run=dry_run),
    )


@command(group, "remove-key", changes=True)
def remove_key(
    hub: Hub,
    name: Name,
    config: ConfigFile = None,
    env_file: EnvFile = None,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,
) -> Changed:
    """Take a key out of the env files."""
    asked = terms(
        hub,
        config,
        env_file,
        no_restart=no_restart,
        timeout_s=timeout,
        dry_run=dry_run,
        question=f"Remove the key of {name}?",
        yes=yes,
    )
    return change.remove_key(hub.gateway_files(config, env_file), name, asked)


@command(group, "enable", changes=True)
def enable(
    hub: Hub,
    name: Name,
    stdin: FromStdin = False,
    from_env: FromEnv = None,
    model: Annotated[
        list[str] | None, typer.Option("--model", metavar="M", help="Only this entry: NAME or NAME@LINE. Repeatable.")
    ] = None,
    proof_call: Annotated[
        bool, typer.Option("--proof-call/--no-proof-call", help="Ask one newly enabled model for a real answer.")
    ] = True,
    config: ConfigFile = None,
    env_file: EnvFile = None,
    force: Force = False,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,
) -> Changed:
    """Set a key, make the provider's models active, and see one answer: one change."""
    return change.enable(
        hub.gateway_files(config, env_file),
        name,
        model or (),
        key_terms(hub, stdin=stdin, from_env=from_env, force=force, yes=yes),
        terms(
            hub,
            config,
            env_file,
            no_restart=no_restart,
            timeout_s=timeout,
            proof=proof_call,
            dry_run=dry_run,
            question=f"Enable {name}?",
            yes=yes,
        ),
    )


@command(group, "disable", changes=True)
def disable(
    hub: Hub,
    name: Name,
    config: ConfigFile = None,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,
) -> Changed:
    """Comment out the provider's models. Its key stays."""
    asked = terms(
        hub, config, no_restart=no_restart, timeout_s=timeout, dry_run=dry_run, question=f"Disable {name}?", yes=yes
    )
    return change.disable(hub.gateway_files(config, None), name, asked)
