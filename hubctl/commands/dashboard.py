"""`hubctl dashboard`."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Annotated

import typer

from hubctl.commands._command import command
from hubctl.core.result import Result
from hubctl.errors import DashboardMissing
from hubctl.hub import Hub

app = typer.Typer(rich_markup_mode=None)

PORT = 8088
_NEEDED = ("fastapi", "uvicorn")


@command(app, "dashboard", changes=lambda options: not options["read_only"])
def serve(
    hub: Hub,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="The port of 127.0.0.1; 0 takes a free one.")
    ] = PORT,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open it in the browser, also one that runs already.")
    ] = False,
    read_only: Annotated[bool, typer.Option("--read-only", help="Show everything, change nothing.")] = False,
) -> Iterator[Result]:
    """Show the hub in a browser, on this machine alone, and serve its JSON API."""
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise DashboardMissing(
            f"the dashboard needs {' and '.join(missing)}, which {'are' if len(missing) > 1 else 'is'} not installed",
            hint="install hubctl with its extra: `pip install '.[dashboard]'` in a clone, "
            "or `pip install 'PATH/TO/hubctl-VERSION.whl[dashboard]'`",
        )
    from hubctl.dashboard import server

    return server.serve(hub, port=port, read_only=read_only, open_browser=open_browser)
