"""`hubctl models`."""

from pathlib import Path
from typing import Annotated

import typer

from hubctl.commands._command import ListByDefault, command
from hubctl.hub import Hub
from hubctl.operations import models
from hubctl.operations.models import Models, Surroundings

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(cls=ListByDefault, rich_markup_mode=None, help="Show the models of the hub.")
app.add_typer(group, name="models")

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="A litellm config alone, without a hub.", show_default=False),
]


@command(group, "list")
def show(hub: Hub, config: ConfigFile = None) -> Models:
    """Show the models of the hub: active, disabled, listed by the gateway, pulled."""
    if config:
        return models.listing(hub.settings.cwd / config, None)
    return models.listing(hub.config, _surroundings(hub))


def _surroundings(hub: Hub) -> Surroundings:
    return Surroundings(
        gateway=hub.address("gateway"),
        ollama=hub.address("ollama"),
        credentials=hub.credentials,
        environment=hub.environment,
        demo=hub.runtime.demo_models(),
    )
