"""`hubctl restart`."""

from typing import Annotated

import typer

from hubctl.commands import _completion
from hubctl.commands._command import command
from hubctl.commands._options import seconds
from hubctl.hub import Hub
from hubctl.operations import restart
from hubctl.operations.restart import Restarted

app = typer.Typer(rich_markup_mode=None)


@command(app, "restart")
def again(
    hub: Hub,
    service: Annotated[
        str | None,
        typer.Argument(
            metavar="[SERVICE]", help="Default: the gateway.", show_default=False, autocompletion=_completion.services
        ),
    ] = None,
    timeout: Annotated[float, seconds("Seconds until the service must answer again.")] = 60.0,
) -> Restarted:
    """Restart a service, by default the gateway, and see it ready again."""
    name = service or hub.gateway.name
    return restart.restart(hub.root, hub.runtime, hub.credentials, name, timeout_s=timeout, progress=hub.progress)
