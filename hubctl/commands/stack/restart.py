"""`hubctl restart`."""

from typing import Annotated

import typer

from hubctl.commands import _completion
from hubctl.commands._command import command
from hubctl.commands._options import StartTimeout, Yes
from hubctl.hub import Hub
from hubctl.operations.stack import preflight, restart
from hubctl.operations.stack.restart import Restarted
from hubctl.operations.stack.start import START_S

app = typer.Typer(rich_markup_mode=None)


@command(app, "restart", changes=True)
def again(
    hub: Hub,
    service: Annotated[
        str | None,
        typer.Argument(
            metavar="[SERVICE]",
            help="Default: the gateway.",
            show_default=False,
            autocompletion=_completion.services,
        ),
    ] = None,
    recreate: Annotated[bool, typer.Option("--recreate", help="Make a new container whatever changed.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Start although the config would stop the gateway.")] = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,  # noqa: ARG001 - every changing command takes it; this one never asks
) -> Restarted:
    """Make a service read its files again, and prove that it did."""
    starter = hub.starter(service or hub.gateway.name, timeout)
    environment = None if hub.gateway.build else hub.environment
    return restart.restart(
        starter,
        hub.ledger(),
        hub.proven,
        recreate=recreate,
        check=lambda: () if force else preflight.check(starter.config, environment),
    )
