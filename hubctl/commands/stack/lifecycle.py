"""`hubctl up`, `down` and `logs`."""

from collections.abc import Iterator
from typing import Annotated

import typer

from hubctl.adapters.state.ledger import Ledger
from hubctl.commands import _completion
from hubctl.commands._command import command
from hubctl.commands._options import Yes, seconds
from hubctl.core.result import Result
from hubctl.hub import Hub
from hubctl.operations.stack import effect, lifecycle, next_step
from hubctl.operations.stack.lifecycle import UP_S, Started, Stopped

app = typer.Typer(rich_markup_mode=None)


@command(app, "up", changes=True)
def up(
    hub: Hub,
    embedded: Annotated[bool, typer.Option("--embedded", help="No Docker: LiteLLM as a local process.")] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="With --embedded: canned answers for local models without an Ollama.")
    ] = False,
    timeout: Annotated[float, seconds("Seconds until every service must be healthy.")] = UP_S,
) -> Started:
    """Start the stack and wait until it is healthy."""
    if demo and not embedded:
        raise typer.BadParameter("--demo goes with --embedded", param_hint="--demo")
    with Ledger(hub.state_folder).turn("up"):
        started = lifecycle.up(
            hub.root,
            hub.starting(embedded=embedded, demo=demo),
            hub.credentials,
            timeout_s=timeout,
            progress=hub.progress,
            cause=lambda: next_step.cause_in_files(hub.layout, hub.gateway),
        )
        effect.remember_first(hub.starter(hub.gateway.name, timeout), hub.proven)
    return started


@command(app, "down", changes=True)
def down(
    hub: Hub,
    volumes: Annotated[bool, typer.Option("--volumes", help="Delete the data too: chats, accounts, models.")] = False,
    yes: Yes = False,
) -> Stopped:
    """Stop the stack. Data stays."""
    if volumes:
        hub.output.confirm(f"Delete all data of the hub in {hub.root}?", yes=yes, must_answer=True)
    with Ledger(hub.state_folder).turn("down"):
        return lifecycle.down(hub.runtime, volumes=volumes, progress=hub.progress)


@command(app, "logs")
def logs(
    hub: Hub,
    service: Annotated[
        str | None,
        typer.Argument(
            metavar="[SERVICE]", help="Default: all.", show_default=False, autocompletion=_completion.services
        ),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new lines as they come.")] = False,
    tail: Annotated[int | None, typer.Option("--tail", metavar="N", min=0, help="Only the last N lines.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="WHEN", help="Only since then: 10m, 2h, 2026-01-31T12:00:00Z.")
    ] = None,
) -> Result | Iterator[Result]:
    """Show the logs of the stack, or of one service."""
    if follow:
        return lifecycle.follow_logs(hub.runtime, service, tail=tail, since=since)
    return lifecycle.logs(hub.runtime, service, tail=tail, since=since)
