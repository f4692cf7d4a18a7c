"""Edits of one variable as tables: before, what is asked for, after."""

from pathlib import Path

import pytest

from hubctl.core.text import env_edit
from hubctl.errors import EditRefused

HERE = Path("hub/env/litellm.env")


def assign(text: str, value: str = "new") -> str:
    return env_edit.assign(text, "KEY", value, HERE)


def remove(text: str) -> str:
    return env_edit.remove(text, "KEY", HERE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("KEY=old\n", "KEY=new\n"),
        ("KEY=old", "KEY=new"),
        ("KEY=\n", "KEY=new\n"),
        ("KEY=", "KEY=new"),
        ("KEY = old\n", "KEY = new\n"),
        ("KEY = \n", "KEY = new\n"),
        ("KEY: old\n", "KEY: new\n"),
        ("  export\tKEY=old  \n", "  export\tKEY=new  \n"),
        ("KEY='old'\n", "KEY='new'\n"),
        ('KEY = "old"\n', 'KEY = "new"\n'),
        ('KEY="it\'s"\n', 'KEY="new"\n'),
        ("KEY=''\n", "KEY='new'\n"),
        ("KEY=old  # why\n", "KEY=new  # why\n"),
        ("KEY='old' # why\n", "KEY='new' # why\n"),
        ("KEY='old'# why\n", "KEY='new'# why\n"),
        ("KEY=  # why\n", "KEY=new  # why\n"),
        ("KEY=#old # why\n", "KEY=new # why\n"),
        ("KEY=\t# why\n", "KEY='new'\t# why\n"),
        ("KEY=old\t# why\n", "KEY='new'\t# why\n"),
        ("A=1\r\nKEY=old\r\nB=2\r\n", "A=1\r\nKEY=new\r\nB=2\r\n"),
        ("KEY=\r\nB=2\r\n", "KEY=new\r\nB=2\r\n"),
        ("KEY=  # why\r\n", "KEY=new  # why\r\n"),
        ("\ufeffKEY=old\n", "\ufeffKEY=new\n"),
        ("KEY=1\n# KEY=2\nKEY=3\nKEYS=4\n", "KEY=1\n# KEY=2\nKEY=new\nKEYS=4\n"),
        ("KEY=${OLD\n", "KEY=new\n"),
        ("KEY=$A\n", "KEY=new\n"),
        ("KEY\n", "KEY=new\n"),
        ("KEY=1\nexport KEY \r\nB=2\n", "KEY=1\nexport KEY=new \r\nB=2\n"),
        ("KEY='a' B=1\n", "KEY='new' B=1\n"),
        ("A='1' KEY=old\n", "A='1' KEY=new\n"),
        ("NO NAME=1\nKEY=old\nA='\n", "NO NAME=1\nKEY=new\nA='\n"),
    ],
)
def test_the_last_assignment_gets_the_value_in_its_own_style(before: str, after: str) -> None:
    assert assign(before) == after
    assert assign(after) == after


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("KEY=old\n", "a b", "KEY='a b'\n"),
        ("KEY=old # c\n", "a#b", "KEY='a#b' # c\n"),
        ("KEY=old\n", "$A", "KEY='$A'\n"),
        ("KEY=old\n", "it's", "KEY='it\\'s'\n"),
        ("KEY=old\n", "a\\b", 'KEY="a\\\\b"\n'),
        ("KEY='old'\n", "a\\'b$", 'KEY="a\\\\\'b\\$"\n'),
        ('KEY="old"\n', "$A\"'\\", 'KEY="\\$A\\"\'\\\\"\n'),
        ("KEY=old\n", "", "KEY=''\n"),
        ("KEY=old # c\n", "", "KEY='' # c\n"),
        ("KEY=old\n", "ключ", "KEY='ключ'\n"),
        ("KEY=$A\n", "$A", "KEY='$A'\n"),
        ("A=x\nKEY=$A\n", "x", "A=x\nKEY=x\n"),
        ("KEY=${A:-x}\n", "x", "KEY=x\n"),
        ("KEY=$A\n", "", "KEY=''\n"),
    ],
)
def test_a_value_is_written_so_that_compose_reads_exactly_it(before: str, value: str, after: str) -> None:
    assert assign(before, value) == after
    assert assign(after, value) == after


@pytest.mark.parametrize(
    "text",
    [
        "KEY=new\n",
        "KEY = new # c\n",
        "KEY='new'\n",
        'KEY="ne\\0167"',
        "KEY: new\r\n",
        "KEY=old\nKEY=new\n",
        "KEY='new' x",
    ],
)
def test_a_value_that_is_there_changes_nothing(text: str) -> None:
    assert assign(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "KEY=new\n"),
        ("\ufeff", "\ufeffKEY=new\n"),
        ("\n", "\nKEY=new\n"),
        ("A=1\n", "A=1\nKEY=new\n"),
        ("A=1", "A=1\nKEY=new"),
        ("A=1\r\n", "A=1\r\nKEY=new\r\n"),
        ("A=1\r\nB=2", "A=1\r\nB=2\r\nKEY=new"),
        ("A=1\r", "A=1\r\r\nKEY=new"),
        ("# only words", "# only words\nKEY=new"),
        ("A=1\n#KEY=\nB=2\n", "A=1\n#KEY=\nKEY=new\nB=2\n"),
        ("#KEY=1\n# export KEY = 2\r\nB=2\n", "#KEY=1\n# export KEY = 2\r\nKEY=new\r\nB=2\n"),
        ("\ufeff#KEY=", "\ufeff#KEY=\nKEY=new"),
        ("  ## KEY=1 # c\nB=2", "  ## KEY=1 # c\nKEY=new\nB=2"),
        ("A='\n#KEY=\n'\nB=2\n", "A='\n#KEY=\n'\nB=2\nKEY=new\n"),
        ("A='1' #KEY=\nB=2\n", "A='1' #KEY=\nB=2\nKEY=new\n"),
        ("#KEYS=1\n#MY_KEY=2\n#KEY is good\n", "#KEYS=1\n#MY_KEY=2\n#KEY is good\nKEY=new\n"),
        ("NO NAME=1\n", "NO NAME=1\nKEY=new\n"),
        ("#KEY=\nA='\n", "#KEY=\nKEY=new\nA='\n"),
    ],
)
def test_a_new_variable_gets_a_line_of_its_own_and_removing_it_gives_the_same_bytes(before: str, after: str) -> None:
    assert assign(before) == after
    assert assign(after) == after
    assert remove(after) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("KEY=1\n", ""),
        ("A=1\nKEY=1 # c\nB=2\n", "A=1\nB=2\n"),
        ("A=1\nKEY\nexport KEY='1' # c\r\nB=2\n#KEY=3\n", "A=1\nB=2\n#KEY=3\n"),
        ("\ufeff  KEY=1\nB=2\n", "\ufeffB=2\n"),
        ("A=1\nKEY=1\nKEY=2", "A=1"),
        ("KEY=1\n\nKEY=2\n", "\n"),
        ("A\nKEY=2", "A\n"),
        ("KEYS=1\nKEY_2=1\n", "KEYS=1\nKEY_2=1\n"),
        ("NO NAME=1\nKEY=1\nA='\n", "NO NAME=1\nA='\n"),
        ("A=$KEY\nKEY=1\n", "A=$KEY\n"),
    ],
)
def test_every_line_that_sets_the_name_goes_and_nothing_else(before: str, after: str) -> None:
    assert remove(before) == after
    assert remove(after) == after


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("A=1\nKEY='topsecret\n2'\n", 2, "more than one line"),
        ("export\nKEY=topsecret\n", 1, "more than one line"),
        ("A=1\nKEY='topsecret\n", 2, "the quote is not closed"),
        ("KEY='tops'ecret'\nB=2\n", 1, "letters, digits"),
        ('A=1\nKEY=1\nexport KEY="topsecret\n', 3, "the quote is not closed"),
        ("A=1\nKEY", 2, "a name without `=` at the end of the file"),
        ("A='topsecret\nKEY=1\n", 1, "reads nothing behind it"),
    ],
)
def test_a_line_that_cannot_be_changed_is_refused_by_number(text: str, line: int, cause: str) -> None:
    for edit in (assign, remove):
        with pytest.raises(EditRefused) as caught:
            edit(text)
        assert caught.value.message.startswith(f"{HERE}, line {line}: ")
        assert cause in caught.value.message
        assert "ecret" not in f"{caught.value!r} {caught.value.hint}"
        assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "line"),
    [("A='1\n", 1), ('OK=1\nA="1\nB=2\n', 2), ("A=1\nB", 2)],
)
def test_a_new_variable_is_refused_where_compose_would_not_read_it_or_read_another_line_anew(
    text: str, line: int
) -> None:
    with pytest.raises(EditRefused, match=f"line {line}: "):
        assign(text)
    assert remove(text) == text


def test_a_line_that_holds_another_variable_too_is_not_removed() -> None:
    with pytest.raises(EditRefused, match="line 1: "):
        remove("KEY='1' B=2\n")


@pytest.mark.parametrize("value", ["a\nb", "a\r", "a\0b", "a\udc80"])
def test_a_value_that_no_line_can_carry_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(EditRefused) as caught:
        env_edit.assign("KEY=topsecret\n", "KEY", f"topsecret{value}", HERE)
    assert "topsecret" not in f"{caught.value!r} {caught.value.hint}"


def test_a_name_that_no_env_file_can_carry_is_refused() -> None:
    with pytest.raises(EditRefused):
        env_edit.assign("A=1\n", "NO NAME", "topsecret", HERE)
