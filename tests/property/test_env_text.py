"""Whatever an env file holds, reading it ends, and what is said about it keeps its values to itself."""

from hypothesis import given
from hypothesis import strategies as st

from hubctl.core.text import env_text
from hubctl.core.text.env_statements import statements

texts = st.one_of(st.text(), st.text(alphabet="AB=:'\"\\$ {}#\n\r\t-x?", max_size=80))


@given(texts)
def test_any_text_is_read(text: str) -> None:
    read = env_text.read(text, {"A": "1"})
    assert set(read.values()) <= {assignment.name for assignment in read.assignments}


@given(texts)
def test_statements_are_parts_of_the_text_in_order(text: str) -> None:
    end = 0
    for statement in statements(text):
        assert statement.raw
        assert statement.start >= end
        assert text[statement.start : statement.start + len(statement.raw)] == statement.raw
        assert statement.line == text.count("\n", 0, statement.start) + 1
        end = statement.start + len(statement.raw)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="'\\\n\r\x00")))
def test_a_single_quoted_value_is_what_is_written(value: str) -> None:
    assert env_text.read(f"KEY='{value}'\n", {}).values() == {"KEY": value}
