"""`hubctl test-model`."""

from typing import Annotated

import typer

from hubctl.adapters.gateway import Gateway
from hubctl.commands import _completion
from hubctl.commands._command import command
from hubctl.commands._options import seconds
from hubctl.hub import Hub
from hubctl.operations import models, smoke
from hubctl.operations.smoke import SmokeTest

app = typer.Typer(rich_markup_mode=None)


@command(app, "test-model")
def ask(
    hub: Hub,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL]...",
            help="Default: every active free model.",
            show_default=False,
            autocompletion=_completion.askable_models,
        ),
    ] = None,
    paid: Annotated[bool, typer.Option("--paid", help="Test models that cost money, too.")] = False,
    budget: Annotated[
        str, typer.Option("--budget", metavar="USD", help="What the run may cost at most, or none for no limit.")
    ] = "0.05",
    timeout: Annotated[float, seconds("Seconds for each model.")] = 60.0,
) -> SmokeTest:
    """Ask models for a real answer."""
    limit_usd = _usd(budget)
    return smoke.run(
        models.read_config(hub.config),
        Gateway(hub.gateway_address(), hub.credentials.gateway_key),
        names or (),
        include_paid=paid,
        budget_usd=limit_usd,
        demo=hub.runtime.demo_models(),
        timeout_s=timeout,
        progress=hub.progress,
    )


def _usd(text: str) -> float | None:
    """Read a budget: a number of USD, or `none` for no limit."""
    if text == "none":
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise typer.BadParameter(f"{text!r} is neither a number of USD nor none", param_hint="--budget")
    return amount
