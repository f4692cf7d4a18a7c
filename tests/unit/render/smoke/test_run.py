"""The page of a smoke test, for wide and narrow terminals."""

from dataclasses import replace

import pytest
from rich.console import Console

from hubctl.operations.smoke.run import SmokeTest, counted
from hubctl.operations.smoke.verdict import ChatCheck
from hubctl.render import render

PASSED = ChatCheck(
    "llama3", "passed", None, latency_s=1.2, ttft_s=0.31, completion_tokens=7, cost_usd=0.0, reply="Yes.", runs=1
)
FAILED = ChatCheck("gpt", "failed", "the provider refuses the key")


def shown(result: SmokeTest, width: int = 100) -> list[str]:
    console = Console(width=width, color_system=None)
    with console.capture() as text:
        console.print(render(result))
    return [line.rstrip() for line in text.get().splitlines()]


def words(line: str) -> list[str]:
    return line.split()


def test_each_model_has_a_row_with_its_figures_and_its_answer_or_the_reason() -> None:
    head, passed, failed, counts = shown(counted([PASSED, FAILED]))
    assert words(head) == ["MODEL", "OUTCOME", "s", "FIRST", "TOKENS", "ANSWER"]
    assert words(passed) == ["●", "llama3", "passed", "1.20", "0.31", "7", "Yes."]
    assert words(failed) == ["✗", "gpt", "failed", *FAILED.reason.split()]  # type: ignore[union-attr]
    assert counts == "1 passed, 1 failed, 0 errors, 0 skipped"


def test_of_several_runs_median_and_worst_are_shown() -> None:
    many = replace(PASSED, runs=3, worst_latency_s=9.0, worst_ttft_s=0.5)
    assert words(shown(counted([many]))[1])[3:5] == ["1.20/9.00", "0.31/0.50"]


@pytest.mark.parametrize(
    ("costs", "end"),
    [
        ([0.0], ""),
        ([0.25, 0.5], "; cost 0.7500 USD"),
        ([None], "; at an unknown cost"),
        ([0.25, None], "; cost 0.2500 USD, and what is unknown"),
    ],
)
def test_the_cost_is_told_where_there_is_one(costs: list[float | None], end: str) -> None:
    result = counted([replace(PASSED, cost_usd=cost) for cost in costs])
    assert shown(result)[-1] == f"{len(costs)} passed, 0 failed, 0 errors, 0 skipped{end}"


def test_on_a_narrow_terminal_the_figures_give_way_and_no_line_is_too_long() -> None:
    lines = shown(counted([PASSED, FAILED]), width=60)
    assert words(lines[0]) == ["MODEL", "OUTCOME", "s", "ANSWER"]
    assert max(map(len, lines)) <= 60
    assert " ".join(lines[-3:-1]) == "no room for FIRST, TOKENS: a wider terminal or `--json` shows this"


def test_a_canned_answer_says_so() -> None:
    assert "passed, demo" in shown(counted([replace(PASSED, demo=True)]))[1]
