"""Env files; every expected value was given by Docker Compose 2.26."""

import pytest

from hubctl.core.text import env_text

CALLER = {"SET": "shell", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=", ""),
        ("A=b", "b"),
        ("A= b c  ", "b c"),
        ("A = v", "v"),
        ("A: v", "v"),
        ("A : v", "v"),
        ("export A=1", "1"),
        ("export\tA=1", "1"),
        ("\t A=1", "1"),
        ("\ufeffA=1", "1"),
        ("A=1\r\n", "1"),
        ('A="1"\r\n', "1"),
        ("A=b#c", "b#c"),
        ("A=b #c", "b"),
        ("A=b\t#c", "b\t#c"),
        ("A=  # c", "# c"),
        ('A="x" # c', "x"),
        ('A="x # y"', "x # y"),
        ("A=''", ""),
        ("A='it\\'s'", "it's"),
        ("A='a\\nb'", "a\\nb"),
        ("A='x\\\\'", "x\\\\"),
        ("A='a\nb'", "a\nb"),
        ('A="a\nb"', "a\nb"),
        ('A="a\\nb\\tc\\\\d\\"e\\$f"', 'a\nb\tc\\d"e$f'),
        ('A="\\x41\\0101\\101\\a\\q\\c"', "\\x41A\\101\a\\q\\c"),
        ('A="\\0777\\07"', "\\777\\7"),
        ('A="\\\\$SET"', "\\shell"),
        ("A=a\\nb", "a\\nb"),
        ("A=$SET", "shell"),
        ('A="${SET}"', "shell"),
        ("A='$SET'", "$SET"),
        ("A=\\$SET", "\\shell"),
        ('A="\\${SET}"', "${SET}"),
        ("A=pa$$wd", "pa$wd"),
        ("A='pa$$wd'", "pa$$wd"),
        ("A=sk-$ecret", "sk-"),
        ("A=${EMPTY:-x}", "x"),
        ("A=a;b`ls`", "a;b`ls`"),
    ],
)
def test_values_are_read_as_compose_reads_them(text: str, value: str) -> None:
    read = env_text.read(text, CALLER)
    assert (read.values(), read.problems) == ({"A": value}, ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('A="secret', 1),
        ("OK=1\nA='secret\n\nB=2", 2),
        ("A='secret\\'", 1),
        ("secret key=1", 1),
        ("secret*=1", 1),
        ("OK=1\n\nsecret", 3),
        ('A="x"secret', 1),
        ("=secret", 1),
        ("A=${secret", 1),
        ("\nA=x${secret:?secret}", 2),
        ('A="${NO:-secret\\n}"', 1),
    ],
)
def test_what_compose_refuses_is_a_problem_without_the_value(text: str, line: int) -> None:
    problems = env_text.read(text, CALLER).problems
    assert [problem.line for problem in problems] == [line]
    assert "secret" not in problems[0].message


def test_reading_goes_on_behind_a_refused_line() -> None:
    assert env_text.read("A B=1\nC='x\nD=2\n", {}).values() == {"D": "2"}


def test_the_last_assignment_counts_and_all_are_kept_in_order() -> None:
    read = env_text.read("A=1\n# A=9\nB=2\nA=3\n", {})
    assert read.values() == {"A": "3", "B": "2"}
    assert [(a.name, a.value, a.line) for a in read.assignments] == [("A", "1", 1), ("B", "2", 3), ("A", "3", 4)]


def test_a_name_alone_takes_the_callers_value() -> None:
    read = env_text.read("SET\nNOSUCH\nexport EMPTY\n", CALLER)
    assert read.values() == {"SET": "shell", "EMPTY": ""}
    assert [a.value for a in read.assignments] == [None, None, None]


def test_the_callers_variables_go_before_earlier_lines() -> None:
    assert env_text.read("SET=file\nE=1\nA=$SET$E\n", CALLER).values()["A"] == "shell1"


def test_a_value_may_name_its_own_earlier_value() -> None:
    assert env_text.read("A=x\nA=$A-y\n", {}).values() == {"A": "x-y"}


def test_lines_are_those_where_the_assignment_starts() -> None:
    text = "\r\n# c\r\nA=\"1\r\n2\"\r\n\r\nexport B=3\nC\nD='4\n5' # x\nE=6"
    assert [(a.name, a.line) for a in env_text.read(text, {}).assignments] == [
        ("A", 3),
        ("B", 6),
        ("C", 7),
        ("D", 8),
        ("E", 10),
    ]


def test_statements_say_exactly_what_part_of_the_text_they_are() -> None:
    text = "\ufeff# c\nexport A = 'x' # tail\nB: y # z\r\nC\nD D=1\n"
    found = list(env_text.statements(text))
    assert [s.raw for s in found] == ["export A = 'x'", "B: y # z\r", "C", "D D=1"]
    assert all(text[s.start : s.start + len(s.raw)] == s.raw for s in found)


def test_no_repr_shows_a_value() -> None:
    read = env_text.read("A=topsecret\nSET\n", {"SET": "topsecret"})
    assert "topsecret" not in repr((read, list(env_text.statements("A=topsecret\n"))))
