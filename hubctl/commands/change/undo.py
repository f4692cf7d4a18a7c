"""`hubctl undo`."""

from typing import Annotated

import typer

from hubctl.commands._command import command
from hubctl.commands._options import DryRun, NoRestart, StartTimeout, Yes
from hubctl.commands.change.terms import terms
from hubctl.core.result import Result
from hubctl.hub import Hub
from hubctl.operations.change import undo
from hubctl.operations.stack.start import START_S

app = typer.Typer(rich_markup_mode=None)


@command(app, "undo", changes=True)
def take_back(
    hub: Hub,
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete all receipts and proven configs, which may hold keys.")
    ] = False,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,  # noqa: ARG001 - every changing command takes it; this one never asks
) -> Result:
    """Take the last change back."""
    if forget:
        return undo.forget(hub.ledger(), hub.proven, (*hub.files, *hub.layout.files))
    return undo.undo(terms(hub, no_restart=no_restart, timeout_s=timeout, dry_run=dry_run))
