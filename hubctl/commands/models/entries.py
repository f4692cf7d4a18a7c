"""`hubctl models`."""

from typing import Annotated

import typer

from hubctl.adapters.state import smoke_record
from hubctl.commands import _completion
from hubctl.commands._command import ListByDefault, command
from hubctl.commands._options import ConfigFile, DryRun, NoRestart, StartTimeout, Yes
from hubctl.commands.change.terms import terms
from hubctl.commands.models import pull
from hubctl.errors import EngineUnavailable, UnknownService
from hubctl.hub import Hub
from hubctl.operations.change.changed import Changed
from hubctl.operations.models import change, listing
from hubctl.operations.models.listing import Models, Surroundings
from hubctl.operations.stack.start import START_S

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(cls=ListByDefault, rich_markup_mode=None, help="Show, switch, add and pull the models of the hub.")
app.add_typer(group, name="models")


@command(group, "list")
def show(hub: Hub, config: ConfigFile = None) -> Models:
    """Show the models of the hub: active, disabled, listed by the gateway, pulled."""
    if config:
        return listing.listing(hub.settings.cwd / config, None)
    return listing.listing(hub.config, _surroundings(hub))


@command(group, "enable", changes=True)
def enable(
    hub: Hub,
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME[@LINE]...",
            help="Commented-out entries; @LINE where a name stands for several.",
            autocompletion=_completion.disabled_models,
        ),
    ],
    config: ConfigFile = None,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,  # noqa: ARG001 - every changing command takes it; this one never asks
) -> Changed:
    """Take the comment signs of entries away."""
    asked = terms(hub, config, no_restart=no_restart, timeout_s=timeout, dry_run=dry_run)
    return change.enable(hub.gateway_files(config), names, asked)


@command(group, "disable", changes=True)
def disable(
    hub: Hub,
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME[@LINE]...",
            help="Active entries; @LINE where a name stands for several.",
            autocompletion=_completion.active_models,
        ),
    ],
    config: ConfigFile = None,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,  # noqa: ARG001 - every changing command takes it; this one never asks
) -> Changed:
    """Comment entries out, so that `enable` gives the same bytes back."""
    asked = terms(hub, config, no_restart=no_restart, timeout_s=timeout, dry_run=dry_run)
    return change.disable(hub.gateway_files(config), names, asked)


@command(group, "add", changes=True)
def add(
    hub: Hub,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What clients ask for.")],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="What answers: ollama_chat/llama3.2:3b, openai/gpt-4o.")
    ],
    api_base: Annotated[
        str | None, typer.Option("--api-base", metavar="URL", help="Where the model's server is.", show_default=False)
    ] = None,
    config: ConfigFile = None,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,  # noqa: ARG001 - every changing command takes it; this one never asks
) -> Changed:
    """Append an entry in the file's own style."""
    asked = terms(hub, config, no_restart=no_restart, timeout_s=timeout, dry_run=dry_run)
    return change.add(hub.gateway_files(config), name, target, api_base, asked)


command(group, "pull", changes=True)(pull.fetch)


def _surroundings(hub: Hub) -> Surroundings:
    try:
        gateway, unasked = hub.gateway_address(), None
    except (EngineUnavailable, UnknownService) as error:
        gateway, unasked = None, error.message
    return Surroundings(
        gateway=gateway,
        ollama=hub.address("ollama"),
        credentials=hub.credentials,
        environment=hub.environment,
        demo=hub.runtime.demo_models(),
        verdicts=smoke_record.load(hub.state_folder),
        unasked=unasked,
    )
