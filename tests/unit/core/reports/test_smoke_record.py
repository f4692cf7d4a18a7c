"""The record of smoke tests as text, and what a verdict is still worth."""

import json
from typing import Any

import pytest

from hubctl.core.reports.smoke_record import Verdict, age, judged, mark, read, write

PASSED = Verdict(passed=True, reason=None, at=1000.0, about="abc")
FAILED = Verdict(passed=False, reason="no key", at=1000.0, about="abc")


def test_what_is_written_is_read_back() -> None:
    verdicts = {"llama3": PASSED, "模型": FAILED, "d": Verdict(passed=True, reason="x", at=1.5, about="", demo=True)}
    assert read(write(verdicts)) == verdicts


GOOD: dict[str, Any] = json.loads(write({"m": PASSED}))["models"]["m"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"version": 2, "models": {}}',
        '{"version": 1}',
        '{"version": 1, "models": []}',
        json.dumps({"version": 1, "models": {"m": None}}),
        *(json.dumps({"version": 1, "models": {"m": {**GOOD, name: None}}}) for name in GOOD if name != "reason"),
        *(json.dumps({"version": 1, "models": {"m": {k: v for k, v in GOOD.items() if k != name}}}) for name in GOOD),
    ],
)
def test_what_is_no_record_holds_no_verdict(text: str) -> None:
    assert read(text) == {}


def test_one_bad_verdict_does_not_spoil_the_others() -> None:
    assert read(json.dumps({"version": 1, "models": {"m": GOOD, "n": 5}})) == {"m": PASSED}


@pytest.mark.parametrize(
    ("verdict", "about", "usable", "reason"),
    [
        (PASSED, "abc", "yes", "answered 2 min ago"),
        (FAILED, "abc", "no", "failed 2 min ago: no key"),
        (None, "abc", "unknown", "never tested: `hubctl test-model` does"),
        (PASSED, "abd", "unknown", "tested 2 min ago, but its entry or key was changed since"),
        (FAILED, "abd", "unknown", "tested 2 min ago, but its entry or key was changed since"),
        (
            Verdict(passed=True, reason=None, at=1000.0, about="abc", demo=True),
            "abc",
            "unknown",
            "a canned answer 2 min ago (demo) proves nothing of the model",
        ),
    ],
)
def test_a_verdict_is_worth_what_it_was_about(verdict: Verdict | None, about: str, usable: str, reason: str) -> None:
    assert judged(verdict, about, 1130.0) == (usable, reason)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-50, "just now"),
        (0, "just now"),
        (59.9, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86_399, "23 h ago"),
        (86_400, "1 d ago"),
        (8_640_000, "100 d ago"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert age(seconds) == words


def test_a_mark_is_of_everything_in_order_and_tells_nothing_of_it() -> None:
    marks = {mark(texts) for texts in ([], [""], ["a", "b"], ["b", "a"], ["ab"], ["a", "", "b"], ["sk-secret"])}
    assert len(marks) == 6  # nothing, and one empty text, are the same
    assert all(len(each) == 8 for each in marks)
