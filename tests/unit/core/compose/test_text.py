"""Compose YAML, read tolerantly."""

from pathlib import Path

import pytest

from hubctl import errors
from hubctl.core.compose.text import Tagged, Text, parse

FILE = Path("compose.yaml")


def test_scalars_stay_text_as_compose_sees_them() -> None:
    data = parse("a: 8022:22\nb: no\nc: 0644\nd: 2020-99-99\ne: ~\nf: ''\ng: 'null'\n", FILE).data
    assert data == {"a": "8022:22", "b": "no", "c": "0644", "d": "2020-99-99", "e": None, "f": "", "g": "null"}


def test_a_scalar_knows_its_file_and_line() -> None:
    value = parse("a:\n  - x\n  - y\n", FILE).data["a"]
    assert isinstance(value, list)
    assert [(item, item.file, item.line) for item in value if isinstance(item, Text)] == [
        ("x", FILE, 2),
        ("y", FILE, 3),
    ]


def test_merge_keys_give_what_the_mapping_does_not_say_itself() -> None:
    data = parse("x: &x {image: a, command: c}\ny: &y {command: d}\nz:\n  image: b\n  <<: [*y, *x]\n", FILE).data
    assert data["z"] == {"image": "b", "command": "d"}


def test_override_and_reset_are_kept_and_other_tags_say_nothing() -> None:
    data = parse("a: !override [1]\nb: !reset null\nc: !vault x\nd: !!int y\n", FILE).data
    assert data == {"a": Tagged("!override", ["1"]), "b": Tagged("!reset", None), "c": "x", "d": "y"}


@pytest.mark.parametrize(
    ("text", "data", "line"),
    [
        ("a: *gone\nb: 1\n", {"a": None, "b": "1"}, 1),
        ("a: &a [*a]\n", {"a": [None]}, 1),
        ("a:\n  b: 1\n\t \nc: 2\n", {"a": {"b": "1"}, "c": "2"}, 3),
        ("a: 1\nb: |\n  keep\t\n\t# x\nc: 2\n", {"a": "1", "b": "keep\t\n", "c": "2"}, 4),
        ("a: 1\na: 2\n", {"a": "2"}, 2),
        ("a: 1\n---\nb: 2\n", {"a": "1"}, 2),
        ("# nothing\n", {}, 1),
    ],
)
def test_what_can_be_passed_over_is_a_note(text: str, data: dict[str, object], line: int) -> None:
    parsed = parse(text, FILE)
    assert parsed.data == data
    assert [note.line for note in parsed.notes] == [line]


def test_tabs_behind_a_value_are_read_as_compose_reads_them() -> None:
    assert parse("a:\t\n  - b\t \n  - c\t# d\n", FILE) == parse("a:\n  - b\n  - c\n", FILE)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b: c", "line 1, column 5"),
        ("a:\n\tb: 1", "line 2, column 1"),
        ("a: [1,\nb", "line 2"),
        ("a: 'x\n", "line 2"),
        ("<<<<<<< HEAD\na: 1\n", "line 2"),
        ("{{ x }}: 1", "line 1"),
        ("- a\n", "line 1"),
        ("text", "line 1"),
        ("a: 1\nb: \x00", "line 2"),
        ("a: \ud800", "line 1"),
        ("[" * 100_000, "line 1"),
        ("- " * 100_000, "line 1"),
        ("a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"b: &a [{','.join(['*a'] * 10)}]\n" for _ in range(9)), "line 6"),
    ],
)
def test_what_nobody_can_read_is_one_clear_error(text: str, place: str) -> None:
    with pytest.raises(errors.BadFile) as caught:
        parse(text, FILE)
    assert f"compose.yaml, {place}" in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint
