"""Whatever an env file holds, an edit changes exactly the one variable, or is refused."""

from contextlib import suppress
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from hubctl.core.text import env_edit, env_text
from hubctl.core.text.env_statements import statements
from hubctl.errors import EditRefused

HERE = Path("some.env")
BOM = "\ufeff"
NAMES = ["KEY", "OTHER", "KEY_2"]

values = st.one_of(
    st.text(alphabet=st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), max_size=60),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=60),
    st.text(alphabet="ab $#'\"\\={}\t", max_size=20),
)
plain = st.text(alphabet="abc-_.0 ", max_size=8)


@st.composite
def assignments(draw: st.DrawFn) -> str:
    start = draw(st.sampled_from(["", "", "export ", "  ", "\t export  ", "#", "# export ", " ## "]))
    sign = draw(st.sampled_from(["=", "=", " = ", ": ", "= "]))
    quote = draw(st.sampled_from(["", "", "'", '"']))
    tail = draw(st.sampled_from(["", "", " # tail", "\t# tail", "  "]))
    return f"{start}{draw(st.sampled_from(NAMES))}{sign}{quote}{draw(plain)}{quote}{tail}"


ODD = ["", "# words", "KEY", "export OTHER", "OTHER='1' KEY=2", "OTHER=$KEY", "NO NAME=1", "OTHER='a", 'OTHER="']
lines = st.one_of(assignments(), st.sampled_from(ODD))


@st.composite
def texts(draw: st.DrawFn) -> str:
    body = "".join(
        line + draw(st.sampled_from(["\n", "\n", "\n", "\r\n"])) for line in draw(st.lists(lines, max_size=8))
    )
    return draw(st.sampled_from(["", BOM])) + body + draw(st.one_of(st.just(""), lines))


def _others(text: str) -> list[tuple[str, str]]:
    return [(s.kind, s.raw.rstrip("\r")) for s in statements(text) if s.name != "KEY"]


def _assigned(text: str, value: str) -> str | None:
    try:
        return env_edit.assign(text, "KEY", value, HERE)
    except EditRefused:
        return None


@given(texts(), values)
@example("KEY=a\t# c\n", "")
@example("OTHER='a\nKEY=1", "it's")
def test_an_assigned_value_is_read_back_and_every_other_statement_stays(text: str, value: str) -> None:
    after = _assigned(text, value)
    if after is None:
        return
    # Whatever the caller's variables are: the value has none in it, and no name alone takes its place.
    assert env_text.read(after, {"KEY": "shell", "a": "x", "b": "y"}).values()["KEY"] == value
    assert _others(after) == _others(text)
    assert env_edit.assign(after, "KEY", value, HERE) == after


@given(texts(), values)
def test_at_most_one_line_is_another_one(text: str, value: str) -> None:
    after = _assigned(text, value)
    if after is None or after == text:
        return
    old, new = text.split("\n"), after.split("\n")
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    replaced, by = old[start : len(old) - end], new[start : len(new) - end]
    assert len(by) == 1 or "\n".join(by).startswith("\n".join(replaced))
    assert len(replaced) <= 1


@given(texts(), values)
def test_a_new_variable_taken_away_gives_the_same_bytes(text: str, value: str) -> None:
    if any(statement.name == "KEY" for statement in statements(text)):
        return
    after = _assigned(text, value)
    if after is not None:
        assert env_edit.remove(after, "KEY", HERE) == text


@given(texts())
def test_a_removed_variable_is_gone_and_every_other_statement_stays(text: str) -> None:
    try:
        after = env_edit.remove(text, "KEY", HERE)
    except EditRefused:
        return
    assert "KEY" not in [statement.name for statement in statements(after)]
    assert _others(after) == _others(text)
    assert env_edit.remove(after, "KEY", HERE) == after
    assert after.startswith(BOM) == text.startswith(BOM)
    rest = iter(text.removeprefix(BOM).splitlines())
    assert all(line in rest for line in after.removeprefix(BOM).splitlines()), "some of the old lines, in their order"


@given(values)
def test_a_well_formed_file_takes_any_value_of_one_line(value: str) -> None:
    for line in ("KEY=x", "export KEY = 'x' # c", 'KEY: "x"', "KEY", "KEY=\t# c", "#KEY="):
        text = f"\ufeffA='1'\r\n{line}\r\nB=\"2\"\r\n"
        assert env_text.read(env_edit.assign(text, "KEY", value, HERE), {}).values()["KEY"] == value


@given(st.text(alphabet="KEY=:'\"\\$ {}#\n\r\t-x?", max_size=60))
def test_any_text_is_edited_or_refused(text: str) -> None:
    with suppress(EditRefused):
        assert env_text.read(env_edit.assign(text, "KEY", "v", HERE), {}).values()["KEY"] == "v"
