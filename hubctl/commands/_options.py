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
        help="The hub's folder or compose file. Default: $HUBCTL_HUB, else the nearest folder upwards with a hub.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
GatewayService = Annotated[
    str | None,
    typer.Option("--service", metavar="NAME", help="Which service is the gateway, when several could be."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def seconds(help_text: str, name: str = "--timeout") -> typer.models.OptionInfo:
    """Declare an option in seconds."""
    option: typer.models.OptionInfo = typer.Option(name, metavar="S", min=0.1, callback=_bounded, help=help_text)
    return option


def _bounded(value: float) -> float:
    """Refuse what no clock counts to, nan too."""
    if not value <= LONGEST_S:
        raise typer.BadParameter(f"{value:g} is not in the range up to {LONGEST_S:g}.")
    return value
