"""Cases as GitHub Actions shows them."""

import pytest

from hubctl.core.reports.cases import Case
from hubctl.core.reports.github import MOST_ANNOTATIONS, annotations, summary


def test_what_did_not_pass_is_an_error_and_a_remark_is_a_warning() -> None:
    cases = [
        Case("a", "passed"),
        Case("b", "passed", message="passed at try 2"),
        Case("c", "failure", message="HTTP 500"),
        Case("d", "error", message="away"),
        Case("e", "skipped", message="costs money"),
    ]
    assert annotations(cases) == [
        "::error title=hubctl test-model c::HTTP 500",
        "::error title=hubctl test-model d::away",
        "::warning title=hubctl test-model b::passed at try 2",
    ]


@pytest.mark.parametrize(
    ("name", "message", "line"),
    [
        ("llama3:3b", "100% x", "::error title=hubctl test-model llama3%3A3b::100%25 x"),
        ("a,b", "one\ntwo\r", "::error title=hubctl test-model a%2Cb::one%0Atwo%0D"),
        ("a::b", "::add-mask::x", "::error title=hubctl test-model a%3A%3Ab::::add-mask::x"),
        ("a\n::error::b", "", "::error title=hubctl test-model a%0A%3A%3Aerror%3A%3Ab::failure"),
    ],
)
def test_nothing_in_a_text_can_end_its_command(name: str, message: str, line: str) -> None:
    assert annotations([Case(name, "failure", message=message)]) == [line]


def test_there_are_no_more_than_github_shows() -> None:
    cases = [Case(f"m{n}", "failure", message="no") for n in range(50)]
    assert len(annotations(cases)) == MOST_ANNOTATIONS


def test_the_summary_is_a_table_with_a_row_for_each_model() -> None:
    cases = [
        Case("llama3", "passed", 1.234, output="Yes.", figures={"demo": True}),
        Case("gpt", "skipped", message="costs money"),
    ]
    assert summary(cases).splitlines() == [
        "### hubctl test-model: 1 passed, 0 failed, 0 errors, 1 skipped",
        "",
        "| | model | s | |",
        "|---|---|---:|---|",
        "| ✅ | llama3 | 1.23 | demo: Yes. |",
        "| ⏭️ | gpt |  | costs money |",
        "",
    ]


@pytest.mark.parametrize(
    "text", ["a|b", "a\nb", "<img src=x>", "[x](http://e)", "`code`", "@somebody", "\x1b[2J", "a&b"]
)
def test_no_text_leaves_its_cell(text: str) -> None:
    row = summary([Case(text, "failure", message=text)]).splitlines()[4]
    assert row.count("|") == 5
    assert not set(row) & set("<>[]`@\x1b\n")
