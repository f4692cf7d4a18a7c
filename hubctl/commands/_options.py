"""Options that several commands share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

LONGEST_S = 604_800.0  # a week

HubFolder = Annotated[
    Path | None,
    typer.Option(
        "--hub",
        metavar="DIR",
        help="The hub's folder or compose file. Default: $HUBCTL_HUB, else the nearest folder upwards with a hub, "
        "else the one hub that runs here.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
GatewayService = Annotated[
    str | None,
    typer.Option("--service", metavar="NAME", help="Which service is the gateway, when several could be."),
]
EngineContext = Annotated[
    str | None,
    typer.Option(
        "--context",
        metavar="NAME",
        help="The Docker context to use. Default: $DOCKER_HOST, else $DOCKER_CONTEXT, else Docker's current one.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="A litellm config alone, without a hub.", show_default=False),
]
EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", metavar="FILE", help="An env file alone, without a hub.", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Go on although the key was refused.")]
FromStdin = Annotated[bool, typer.Option("--stdin", help="Read the key from standard input.")]
FromEnv = Annotated[
    str | None,
    typer.Option(
        "--from-env", metavar="NAME", help="Take the key from this variable of the shell.", show_default=False
    ),
]
NoRestart = Annotated[bool, typer.Option("--no-restart", help="Change the files only, and say what is left to do.")]


def seconds(help_text: str, name: str = "--timeout") -> typer.models.OptionInfo:
    """Declare an option in seconds."""
    option: typer.models.OptionInfo = typer.Option(name, metavar="S", min=0.1, callback=_bounded, help=help_text)
    return option


def _bounded(value: float | None) -> float | None:
    """Refuse what no clock counts to, nan too."""
    if value is not None and not value <= LONGEST_S:
        raise typer.BadParameter(f"{value:g} is not in the range up to {LONGEST_S:g}.")
    return value


StartTimeout = Annotated[float, seconds("Seconds for each start until the service must be ready.")]
