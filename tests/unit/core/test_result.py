"""Results as documents."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hubctl.core.result import Result, document, error_document, plain


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Whole(Result):
    root: Path
    parts: tuple[Part, ...]
    by_name: dict[object, Part]
    none: None = None

    @property
    def extra(self) -> str:
        return "not a field, so not a key"


WHOLE = Whole(Path("/hub"), (Part("a", "sk-secret"),), {4: Part("b", "sk-secret")})


def test_fields_become_keys_and_secrets_stay_out_at_every_depth() -> None:
    assert plain(WHOLE) == {"root": "/hub", "parts": [{"name": "a"}], "by_name": {"4": {"name": "b"}}, "none": None}
    assert "sk-secret" not in repr(WHOLE)


@pytest.mark.parametrize(
    ("value", "reduced"),
    [((1, (2,)), [1, [2]]), ([Path("a")], ["a"]), (None, None), (1.5, 1.5), ("x", "x"), (True, True), ({}, {})],
)
def test_plain_values_are_those_of_json(value: object, reduced: object) -> None:
    assert plain(value) == reduced
    assert json.loads(json.dumps(plain(value))) == reduced


def test_a_class_is_not_taken_for_one_of_its_values() -> None:
    assert plain(Part) is Part


def test_documents_have_exactly_these_keys() -> None:
    assert document(WHOLE) == {"schema": 1, "ok": True, "data": plain(WHOLE)}
    assert error_document("bad_file", "it is gone", None) == {
        "schema": 1,
        "ok": False,
        "error": {"code": "bad_file", "message": "it is gone", "hint": None},
    }


def test_a_result_is_well_unless_it_says_otherwise() -> None:
    assert WHOLE.exit_code == 0
