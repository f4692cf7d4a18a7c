"""The options of `hubctl test-model`."""

from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from hubctl.commands import _completion
from hubctl.commands._options import seconds

MOST_TOKENS = 1_000_000
MOST_RUNS = 1000
MOST_AT_ONCE = 64
MOST_RETRIES = 10


def _number(value: float | None) -> float | None:
    """Refuse nan, which is outside of no range."""
    if value is not None and isnan(value):
        raise typer.BadParameter("nan is no number.")
    return value


Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[MODEL]...",
        help="Default: every active free model.",
        show_default=False,
        autocompletion=_completion.askable_models,
    ),
]
# What is asked
Prompt = Annotated[str, typer.Option("--prompt", metavar="TEXT", help="What to ask.")]
System = Annotated[
    str | None, typer.Option("--system", metavar="TEXT", help="A system message before it.", show_default=False)
]
MaxTokens = Annotated[
    int,
    typer.Option(
        "--max-tokens", metavar="N", min=1, max=MOST_TOKENS, help="Limit of the answer; hidden reasoning counts too."
    ),
]
Temperature = Annotated[
    float | None,
    typer.Option(
        "--temperature",
        metavar="T",
        min=0.0,
        max=2.0,
        callback=_number,
        help="Default: the model's own.",
        show_default=False,
    ),
]
Stream = Annotated[bool, typer.Option("--stream/--no-stream", help="Ask for a streamed answer.")]
AllowCached = Annotated[bool, typer.Option("--allow-cached", help="Let the gateway's cache answer.")]
ThroughFallbacks = Annotated[
    bool, typer.Option("--through-fallbacks", help="Ask as clients do, with the gateway's fallbacks and retries.")
]
# What must come back
Expect = Annotated[
    str | None,
    typer.Option("--expect", metavar="TEXT", help="Fail when the answer does not contain it.", show_default=False),
]
MaxLatency = Annotated[float | None, seconds("Fail when an answer takes longer.", "--max-latency")]
# How
Paid = Annotated[bool, typer.Option("--paid", help="Test models that cost money, too.")]
Budget = Annotated[
    str, typer.Option("--budget", metavar="USD", help="What the run may cost at most, or none for no limit.")
]
Timeout = Annotated[float, seconds("Seconds for each call.")]
Wait = Annotated[float | None, seconds("Wait so many seconds for a gateway that is still starting.", "--wait")]
Repeat = Annotated[
    int,
    typer.Option(
        "--repeat", metavar="N", min=1, max=MOST_RUNS, help="Ask each model so often: all must pass; median and worst."
    ),
]
Jobs = Annotated[
    int, typer.Option("--jobs", metavar="N", min=1, max=MOST_AT_ONCE, help="Models asked at the same time.")
]
Retries = Annotated[
    int,
    typer.Option("--retries", metavar="N", min=0, max=MOST_RETRIES, help="Ask again after a failure, and say so."),
]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Ask no more models after one that did not pass.")]
# Where it is told, too
JUnit = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write a JUnit report, whatever happens.", show_default=False),
]
GitHub = Annotated[
    bool, typer.Option("--github", help="Annotations and job summary of GitHub Actions; there by itself.")
]


def usd(text: str) -> float | None:
    """Read a budget: a number of USD, or `none` for no limit."""
    if text == "none":
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise typer.BadParameter(f"{text!r} is neither a number of USD, 0 or more, nor none", param_hint="'--budget'")
    return amount
