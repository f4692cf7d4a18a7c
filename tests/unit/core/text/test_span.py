"""Places in a text, counted as editors, SARIF and GitHub count them."""

from pathlib import Path

import pytest

from hubctl.core.compose.text import parse
from hubctl.core.judging.config import Config
from hubctl.core.text.span import Lines, Span, located
from hubctl.core.text.yaml_nodes import read
from hubctl.errors import BadFile

TEXT = "a: \U0001f600 x\n\tb: c  # d\r\n\n# e\n"


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("x", Span(1, 6, 1, 7)),  # a character beyond the first 65,536 is one column
        ("b", Span(2, 2, 2, 3)),  # and so is a tab
        ("c  # d\r", Span(2, 5, 2, 11)),  # what ends a line is none
        ("c  ", Span(2, 5, 2, 6)),
        ("x\n\tb", Span(1, 6, 2, 3)),
        ("\n\n", Span(2, 2, 2, 6)),  # blanks alone stand for their line
    ],
)
def test_a_span_is_counted_in_characters_without_the_blanks_around_it(words: str, span: Span) -> None:
    start = TEXT.index(words)
    assert Lines(TEXT).span(start, start + len(words)) == span


@pytest.mark.parametrize(
    ("number", "span"),
    [
        (1, Span(1, 1, 1, 7)),
        (2, Span(2, 2, 2, 6)),
        (3, Span(3, 1, 3, 1)),
        (4, Span(4, 1, 4, 4)),
        (5, Span(5, 1, 5, 1)),
        (9, Span(9, 1, 9, 1)),
    ],
)
def test_a_line_is_its_content_without_indentation_and_comment(number: int, span: Span) -> None:
    assert Lines(TEXT).line(number) == span


def test_a_byte_order_mark_is_no_column() -> None:
    text = "\ufeffk: v\n"
    lines = Lines(text)
    assert lines.span(1, 2) == Span(1, 1, 1, 2)
    assert lines.line(1) == Span(1, 1, 1, 5)
    assert read(text).value_span("k") == Span(1, 4, 1, 5)


@pytest.mark.parametrize(
    ("text", "path", "key", "value"),
    [
        ("k: é\U0001f600 # c\n", ("k",), Span(1, 1, 1, 2), Span(1, 4, 1, 6)),
        ("k:\t'v'\r\nl: w\r\n", ("l",), Span(2, 1, 2, 2), Span(2, 4, 2, 5)),
        ("# a\u2028# b\nk: v\n", ("k",), Span(2, 1, 2, 2), Span(2, 4, 2, 5)),  # YAML ends a line there, editors do not
        ("k: {a: [b,\n c]} # d\n", ("k",), Span(1, 1, 1, 2), Span(1, 4, 2, 5)),
        ("k: |\n  a\n\n  b\n\n\nl:\n", ("k",), Span(1, 1, 1, 2), Span(1, 4, 4, 4)),
        ("k:\n  v\n", ("k",), Span(1, 1, 1, 2), Span(1, 1, 1, 2)),
        ("k: # c\n", ("k",), Span(1, 1, 1, 2), Span(1, 1, 1, 2)),
        ("a: &x v\nk: *x\n", ("k",), Span(2, 1, 2, 2), Span(2, 1, 2, 2)),
        ("k:\n  - - a: b\n", ("k", 0, 0), Span(2, 7, 2, 8), Span(2, 7, 2, 8)),
        ("k:\n  -   # c\n", ("k", 0), Span(2, 3, 2, 4), Span(2, 3, 2, 4)),
        ("k:\n  a: b\n", ("k", "gone", 3), Span(1, 1, 1, 2), Span(1, 1, 1, 2)),
        ("\n\nk: v\n", (), Span(3, 1, 3, 2), Span(3, 1, 3, 2)),
        ("", ("k",), Span(1, 1, 1, 1), Span(1, 1, 1, 1)),
    ],
)
def test_a_key_and_its_value_have_places(text: str, path: tuple[str | int, ...], key: Span, value: Span) -> None:
    document = read(text)
    assert document.span(*path) == key
    assert document.value_span(*path) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: \x01b\n", (1, 4)),
        ("a: 1\nb\xe9: \x7fc\n", (2, 5)),  # the C reader counts bytes
        ("\ufeffa: \x01b\n", (1, 4)),
        ("\ufeffa: 1\nb\xe9: \U0001f600\x01c\n", (2, 6)),
    ],
)
def test_a_character_that_yaml_forbids_is_found_where_it_stands_in_a_config_and_in_a_compose_file(
    text: str, place: tuple[int, int]
) -> None:
    problem = Config.read(text, Path("c.yaml")).problem
    assert problem is not None
    assert (problem.line, problem.column) == place
    with pytest.raises(BadFile, match=f"line {place[0]}: a character that YAML does not allow") as caught:
        parse(text, Path("compose.yml"))
    assert caught.value.place == place


def test_a_place_is_named_as_far_as_it_is_known() -> None:
    assert [located("f", 3, 7), located("f", 3, None), located("f", None, None)] == ["f:3:7", "f:3", "f"]
