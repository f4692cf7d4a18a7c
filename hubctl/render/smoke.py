"""What the models answered."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.operations.judgement import ChatCheck
from hubctl.operations.smoke import SmokeTest
from hubctl.render.parts import Rows, page, plain, sign, word


@page.register
def _(result: SmokeTest) -> RenderableType:
    table = Rows("", "MODEL", "OUTCOME", "s", TOKENS=90, ANSWER=0)
    for check in result.results:
        table.add_row(
            sign(check.outcome),
            plain(check.model),
            word(f"{check.outcome}, demo" if check.demo else check.outcome),
            Text(f"{check.latency_s:.2f}" if check.latency_s is not None else "", justify="right"),
            Text(str(check.completion_tokens or ""), justify="right"),
            _answer(check),
        )
    counts = f"{result.passed} passed, {result.failed} failed, {result.errors} errors, {result.skipped} skipped"
    return Group(table, Text(counts))


def _answer(check: ChatCheck) -> Text:
    return plain(check.reason, "red" if check.outcome == "failed" else "") if check.reason else plain(check.reply or "")
