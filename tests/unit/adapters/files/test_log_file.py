"""A log is read from its end, and followed through whatever happens to its file."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from hubctl.adapters.files import log_file
from hubctl.core.text.line_cutter import LONGEST_BYTES

GIGABYTE = 1_000_000_000


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "gateway.log"


def read(log: Path, tail: int | None = None, *, going: Callable[[], bool] = lambda: False) -> list[str]:
    return list(log_file.lines(log, tail, going=going))


@pytest.mark.parametrize(
    ("content", "tail", "lines"),
    [
        (b"a\nb\nc\n", None, ["a", "b", "c"]),
        (b"a\nb\nc\n", 2, ["b", "c"]),
        (b"a\nb\nc", 2, ["b", "c"]),
        (b"a\nb\nc\n", 9, ["a", "b", "c"]),
        (b"a\nb\nc\n", 0, []),
        (b"a\n\n\n", 2, ["", ""]),
        (b"\n", 1, [""]),
        (b"", 5, []),
        (b"no newline", 5, ["no newline"]),
        (b"a\r\nb\r\n", 1, ["b"]),
        (b"good\nb\xff\xc3d\n", 1, ["b\ufffd\ufffdd"]),
    ],
)
def test_the_last_lines_are_those_asked_for(log: Path, content: bytes, tail: int | None, lines: list[str]) -> None:
    log.write_bytes(content)
    assert read(log, tail) == lines


@pytest.mark.parametrize("tail", [1, 7, 400, 5000])
def test_lines_begin_in_the_right_place_wherever_the_pieces_of_the_file_end(log: Path, tail: int) -> None:
    whole = [f"{number} {'x' * (number % 997)}" for number in range(5000)]
    log.write_text("\n".join(whole) + "\n")
    assert read(log, tail) == whole[-tail:]


def test_there_are_no_lines_without_a_file(log: Path) -> None:
    assert read(log) == []


@pytest.mark.parametrize("end", [b"\n" + b"last words\n" * 5, b""])
def test_the_end_of_a_gigabyte_takes_no_memory(log: Path, end: bytes) -> None:
    with log.open("wb") as file:  # sparse: one line of a gigabyte, with and without an end
        file.truncate(GIGABYTE)
        file.seek(0, 2)
        file.write(end)
    tracemalloc.start()
    lines = read(log, 5)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    cut = f"{chr(0) * LONGEST_BYTES}… ({GIGABYTE - LONGEST_BYTES} bytes more)"
    assert lines == (["last words"] * 5 if end else [cut])
    assert peak_bytes < 2_000_000


class Steps:
    """Says that it goes on, and does the next step before each further look at the log."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self._steps = list(steps)

    def __call__(self) -> bool:
        if self._steps:
            self._steps.pop(0)()
        return bool(self._steps)


def appended(log: Path, content: bytes) -> Callable[[], object]:
    def append() -> None:
        with log.open("ab") as file:
            file.write(content)

    return append


def nothing() -> None:
    """Only look."""


def test_a_line_is_given_once_it_is_whole(log: Path) -> None:
    log.write_bytes(b"old\nfirst")
    steps = Steps(nothing, appended(log, b" ha"), appended(log, b"lf\nnext\n"), appended(log, b"last"))
    assert read(log, 1, going=steps) == ["first half", "next", "last"]


def test_a_log_that_is_truncated_is_read_on_from_its_beginning(log: Path) -> None:
    log.write_bytes(b"a long first run\nhalf a li")
    steps = Steps(nothing, lambda: log.write_bytes(b"second\n"), appended(log, b"run\n"))
    assert read(log, 2, going=steps) == ["a long first run", "half a li", "second", "run"]


def test_a_log_that_is_replaced_is_read_on_from_its_beginning(log: Path) -> None:
    log.write_bytes(b"first\n")
    old = log.with_suffix(".log.1")
    steps = Steps(
        nothing,
        lambda: (appended(log, b"last of it\n")(), log.rename(old)),
        lambda: log.write_bytes(b"a new file, longer than the old one\n"),
        nothing,
        appended(log, b"end\n"),
    )
    assert read(log, 1, going=steps) == ["first", "last of it", "a new file, longer than the old one", "end"]
