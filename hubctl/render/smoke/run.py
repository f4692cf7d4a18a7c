"""What the models answered."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.operations.smoke.run import SmokeTest
from hubctl.operations.smoke.verdict import ChatCheck
from hubctl.render.parts import Rows, page, plain, sign, word


@page.register
def _(result: SmokeTest) -> RenderableType:
    table = Rows("", "MODEL", "OUTCOME", "s", FIRST=80, TOKENS=90, ANSWER=0)
    for check in result.results:
        table.add_row(
            sign(check.outcome),
            plain(check.model),
            word(f"{check.outcome}, demo" if check.demo else check.outcome),
            _seconds(check.latency_s, check.worst_latency_s, check.runs),
            _seconds(check.ttft_s, check.worst_ttft_s, check.runs),
            Text(str(check.completion_tokens or ""), justify="right"),
            _answer(check),
        )
    return Group(table, Text(_counts(result)))


def _seconds(median: float | None, worst: float | None, runs: int) -> Text:
    """A time; of several runs the median, and the worst behind it."""
    if median is None:
        return Text()
    return Text(f"{median:.2f}/{worst:.2f}" if runs > 1 and worst is not None else f"{median:.2f}", justify="right")


def _answer(check: ChatCheck) -> Text:
    return plain(check.reason, "red" if check.outcome == "failed" else "") if check.reason else plain(check.reply or "")


def _counts(result: SmokeTest) -> str:
    counts = f"{result.passed} passed, {result.failed} failed, {result.errors} errors, {result.skipped} skipped"
    spent_usd = sum(check.cost_usd or 0.0 for check in result.results)
    unknown = any(check.cost_usd is None and check.outcome == "passed" for check in result.results)
    if not spent_usd:
        return f"{counts}; at an unknown cost" if unknown else counts
    return f"{counts}; cost {spent_usd:.4f} USD{', and what is unknown' if unknown else ''}"
