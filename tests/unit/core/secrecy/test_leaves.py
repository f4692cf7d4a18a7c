"""A result is masked text by text: keys, states, figures and what was asked for stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hubctl.core.result import Result, document
from hubctl.core.secrecy import leaves
from hubctl.core.secrecy.gather import Gathered
from hubctl.core.secrecy.masker import Masker


@dataclass(frozen=True, slots=True)
class Part:
    state: Literal["healthy", "stopped"] | None
    detail: str
    count: int


@dataclass(frozen=True, slots=True)
class Whole(Result):
    parts: tuple[Part, ...]
    by_name: Mapping[str, str]
    token: str = field(metadata={leaves.ASKED_FOR: True})
    path: Path = Path("/hub")
    note: str | None = None
    is_on: bool = True


def test_only_free_texts_are_masked() -> None:
    mask = Masker(lambda: Gathered(frozenset({"stopped1", "byname77", "hunter2", "1234567"})))
    found = Whole(
        (Part("stopped", "said hunter2", 1234567),), {"byname77": "byname77"}, token="hunter2", note="stopped1"
    )
    shown = document(leaves.masked(found, mask))
    assert shown["data"] == {
        "parts": [{"state": "stopped", "detail": "said …", "count": 1234567}],
        "by_name": {"byname77": "…"},
        "token": "hunter2",
        "path": "/hub",
        "note": "…",
        "is_on": True,
    }
    assert found.parts[0].detail == "said hunter2"


def test_a_state_stays_even_where_a_secret_is_the_same_word() -> None:
    found = Whole((Part("healthy", "x", 1),), {}, token="")
    assert leaves.masked(found, lambda _: "…").parts[0] == Part("healthy", "…", 1)


def test_one_secret_among_thousands_of_parts_is_hidden_and_the_others_are_the_same_objects() -> None:
    mask = Masker(lambda: Gathered(frozenset({"hunter2"})))
    parts = tuple(Part(None, f"said word{number}", number) for number in range(3, 3000))
    found = Whole((*parts, Part("stopped", "said hunter2", 1)), {}, token="")
    shown = leaves.masked(found, mask)
    assert shown.parts == (*parts, Part("stopped", "said …", 1))
    assert shown.parts[0] is parts[0]
    assert leaves.masked(shown, mask).parts is shown.parts
