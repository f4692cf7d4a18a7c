"""`hubctl status`."""

import time
from collections.abc import Iterator
from typing import Annotated

import typer

from hubctl.commands._command import command
from hubctl.commands._options import seconds
from hubctl.core.result import Result
from hubctl.hub import Hub
from hubctl.operations.change import half_done
from hubctl.operations.providers import credentials
from hubctl.operations.stack import next_step, status
from hubctl.operations.stack.status import StackStatus
from hubctl.progress import silent

app = typer.Typer(rich_markup_mode=None)


@command(app, "status")
def show(
    hub: Hub,
    watch: Annotated[bool, typer.Option("--watch", help="Again and again, until Ctrl-C.")] = False,
    interval: Annotated[float, seconds("Seconds between looks.", "--interval")] = 2.0,
    timeout: Annotated[float, seconds("Seconds after which a silent service counts as unreachable.")] = 5.0,
) -> Result | Iterator[Result]:
    """Show the state of every service."""

    def look() -> StackStatus:
        started = time.monotonic()
        keys, unread = credentials.within(timeout / 3, lambda: hub.credentials)
        notes = (*half_done.told(hub.ledger()), *unread)
        left_s = timeout - (time.monotonic() - started)
        seen = status.check(hub.root, hub.runtime, keys, timeout_s=left_s, notes=notes, progress=progress)
        return next_step.pointing(seen, hub.layout, hub.gateway)

    progress = silent if watch else hub.progress
    return status.watch(look, interval_s=interval) if watch else look()
