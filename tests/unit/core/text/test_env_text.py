"""Env files; every expected value was given by Docker Compose 2.26."""

import itertools

import pytest

from hubctl.core.text import env_text
from hubctl.core.text.env_statements import statements

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
    found = list(statements(text))
    assert [s.raw for s in found] == ["export A = 'x'", "B: y # z\r", "C", "D D=1"]
    assert all(text[s.start : s.start + len(s.raw)] == s.raw for s in found)


def test_no_repr_shows_a_value() -> None:
    read = env_text.read("A=topsecret\nSET\n", {"SET": "topsecret"})
    assert "topsecret" not in repr((read, list(statements("A=topsecret\n"))))


def test_a_text_is_taken_apart_once_while_what_it_asks_for_stays_the_same() -> None:
    text = "A=1\nB=$X\nY\nC=${Z:-$V}\n"
    read = env_text.read(text, {"X": "1", "OTHER": "1"})
    assert env_text.read(text, {"OTHER": "2", "X": "1"}) is read
    for name in "XYZV":
        assert env_text.read(text, {"X": "1", name: "2"}) != read, name


def test_values_that_repeat_each_other_end_at_what_a_program_can_get() -> None:
    text = "A=0123456789\n" + "".join(f"{b}=${a}${a}\n" for a, b in itertools.pairwise("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    read = env_text.read(text, {})
    assert [(each.line, each.message) for each in read.problems] == [
        (15, "the value is longer than 128 KiB, the most that Linux gives a program in one variable")
    ]
    assert len(read.values()["N"]) == 10 * 2**13
    assert read.values()["O"] == ""


def test_a_value_that_no_program_can_get_is_refused_however_it_is_written() -> None:
    for value in (
        "x" * 131_072,
        f"'{'x' * 131_072}'",
        "${N:-" + "x" * 131_072 + "}",
        f'"{"$X" * 2}"',
        "${X:-1}${X+$X}",
    ):
        [problem] = env_text.read(f"A={value}\n", {"X": "x" * 70_000}).problems
        assert problem.message.startswith("the value is longer than 128 KiB"), value[:9]
    assert env_text.read(f"A={'x' * 131_071}\n", {}).problems == ()


def test_variables_that_make_a_file_too_long_are_refused_once() -> None:
    read = env_text.read("A=" + "x" * 100_000 + "\n" + "B=$A\n" * 200 + "C=${A}c\nD=d\nE\n", {"E": "e"})
    [problem] = read.problems
    assert problem.line > 80
    assert problem.message == "from here on, variables make the values of this file longer than 8 MB"
    assert {name: value for name, value in read.values().items() if name in "CDE"} == {"C": "c", "D": "d", "E": "e"}


@pytest.mark.parametrize("end", ["", "A=1", "\n", "\nA=1", "A"])
def test_blanks_behind_export_are_read_once(end: str) -> None:
    """Reading them again from each of their places would take days."""
    [statement] = statements("export" + " " * 2_000_000 + end)
    assert (statement.name, statement.kind) == (("A", "bare") if "=" in end else ("", "refused"))


def test_braces_on_one_line_are_read_once() -> None:
    assert env_text.read("A=" + "${X}" * 30_000 + "\n", {"X": "1"}).values() == {"A": "1" * 30_000}
