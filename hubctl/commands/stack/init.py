"""`hubctl init`."""

from pathlib import Path
from typing import Annotated

import typer

from hubctl.commands._command import command
from hubctl.hub import Hub
from hubctl.operations.stack import init
from hubctl.operations.stack.init import Initialised

app = typer.Typer(rich_markup_mode=None)


@command(app, "init")
def make(
    hub: Hub,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where. Default: here.", show_default=False)] = Path(),
) -> Initialised:
    """Make a hub: files and secrets. Never overwrites."""
    return init.init(hub.settings.cwd / folder)
