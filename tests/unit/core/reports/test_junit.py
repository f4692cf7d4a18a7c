"""Cases as JUnit XML, read back by a program that is not ours."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Properties, Skipped, TestCase, TestSuite

from hubctl.core.reports.cases import SUITE, Case
from hubctl.core.reports.junit import junit

CASES = [
    Case("llama3", "passed", 1.25, figures={"latency_s": 1.25, "demo": True}, output="Yes, I am."),
    Case("gpt", "failure", 0.5, "HTTP 500: <b>&\"'"),
    Case("away", "error", message="nothing listens"),
    Case("dear", "skipped", message="asking it costs money"),
]


def suite_of(text: str) -> TestSuite:
    (suite,) = JUnitXml.fromstring(text.encode())
    assert isinstance(suite, TestSuite)
    return suite


def cases_of(text: str) -> list[TestCase]:
    return list(suite_of(text))


def test_the_totals_are_those_of_the_cases() -> None:
    suite = suite_of(junit(CASES))
    assert (suite.name, suite.tests, suite.failures, suite.errors, suite.skipped, suite.time) == (
        SUITE,
        4,
        1,
        1,
        1,
        1.75,
    )


def test_each_case_has_its_kind_its_message_and_its_time() -> None:
    passed, failed, error, skipped = cases_of(junit(CASES))
    assert (passed.name, passed.classname, passed.time, passed.is_passed) == ("llama3", SUITE, 1.25, True)
    assert [(type(case.result[0]), case.result[0].message) for case in (failed, error, skipped)] == [
        (Failure, "HTTP 500: <b>&\"'"),
        (Error, "nothing listens"),
        (Skipped, "asking it costs money"),
    ]


def test_a_case_carries_its_figures_and_what_was_answered() -> None:
    passed = cases_of(junit(CASES))[0]
    figures = {each.name: each.value for block in passed.iterchildren(Properties) for each in block}  # type: ignore[no-untyped-call]
    assert figures == {"latency_s": "1.25", "demo": "true"}
    assert passed.system_out == "Yes, I am."


def test_without_cases_it_is_still_a_report() -> None:
    assert suite_of(junit([])).tests == 0


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31m", "a\ud800b", "a\ufffeb", "\x85"])
def test_what_xml_cannot_hold_is_replaced(text: str) -> None:
    (case,) = cases_of(junit([Case(text, "failure", message=text, figures={"x": text}, output=text)]))
    assert "\N{REPLACEMENT CHARACTER}" in case.name


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_gives_a_report_that_can_be_read(text: str) -> None:
    assert len(cases_of(junit([Case(text, "error", message=text, figures={"x": text}, output=text)]))) == 1


def test_it_is_a_file_that_can_be_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "r.xml"
    path.write_text(junit([Case("模型", "passed")]), encoding="utf-8")
    (suite,) = JUnitXml.fromfile(str(path))
    assert next(iter(suite)).name == "模型"
