"""Variables in texts; every expected value was given by Docker Compose 2.26."""

import pytest

from hubctl.core.text.interpolation import interpolate

VARIABLES = {"SET": "shell", "EMPTY": "", "_x": "under"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("plain", "plain"),
        ("$SET", "shell"),
        ("${SET}", "shell"),
        ("a${SET}b$SET", "ashellbshell"),
        ("$SET.x", "shell.x"),
        ("$_x", "under"),
        ("$$SET", "$SET"),
        ("$$$SET", "$shell"),
        ("pa$$wd", "pa$wd"),
        ("$1 $ $-x $(ls)", "$1 $ $-x $(ls)"),
        ("${NO:-x}", "x"),
        ("${NO-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${NO:-}", ""),
        ("${SET:+x}", "x"),
        ("${EMPTY:+x}", ""),
        ("${EMPTY+x}", "x"),
        ("${NO+x}", ""),
        ("${EMPTY?must}", ""),
        ("${SET:?must}-${NO:-b}", "shell-b"),
        ("${NO:-${SET}z}", "shellz"),
        ("${NO:-$SET}", "shell"),
        ("${NO:-$$x}", "$x"),
        ("${NO:-a-b}", "a-b"),
        ("${NO-a:-b}", "a:-b"),
        ('${NO:-{"a":1}}', '{"a":1}'),
        ("${NO:-{x}", "{x"),
        ("{${SET}}", "{shell}"),
    ],
)
def test_variables_are_put_in_as_compose_does(before: str, after: str) -> None:
    result = interpolate(before, VARIABLES)
    assert (result.text, result.unset, result.missing, result.broken) == (after, (), (), False)


@pytest.mark.parametrize("text", ["${", "${}", "${SET", "${1}", "${NO:x}", "${NO :-x}", "${ SET}", "${NO:-a\nb}"])
def test_what_compose_refuses_is_left_as_written_and_said(text: str) -> None:
    result = interpolate(f"$SET {text}", VARIABLES)
    assert result.broken
    assert result.text == f"shell {text}"


def test_unset_variables_are_named_once_and_read_as_empty() -> None:
    result = interpolate("<$NO ${NO} ${OTHER:-$THIRD}>", VARIABLES)
    assert (result.text, result.unset) == ("<  >", ("NO", "THIRD"))


def test_an_unused_default_is_not_looked_at() -> None:
    assert interpolate("${SET:-$NO}", VARIABLES).unset == ()


@pytest.mark.parametrize("text", ["${NO:?say}", "${EMPTY:?say}", "${NO?say}"])
def test_required_variables_are_missing_where_compose_stops(text: str) -> None:
    result = interpolate(text, VARIABLES)
    assert (result.text, len(result.missing)) == ("", 1)


@pytest.mark.parametrize("text", ["${" * 50_000, "${A:-" * 50_000 + "}" * 50_000, "$" * 99_999])
def test_hostile_texts_end_soon(text: str) -> None:
    assert isinstance(interpolate(text, {}).text, str)


def test_the_text_never_shows_in_the_repr() -> None:
    assert "shell" not in repr(interpolate("$SET", VARIABLES))
