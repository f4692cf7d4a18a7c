"""What the pages of all nouns are made of: tables for narrow terminals, words with their colour and sign, notes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import singledispatch
from itertools import compress
from typing import Protocol, TypeVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from hubctl.core.result import Result
from hubctl.core.text.printable import printable
from hubctl.progress import ByteProgress

MOST_NOTES = 5
MOST_FINDINGS = 1_000
_SEVERITIES = ("error", "warning", "info")


class _Judged(Protocol):
    @property
    def severity(self) -> str: ...


Judged = TypeVar("Judged", bound=_Judged)

_COLORS = {
    "healthy": "green",
    "passed": "green",
    "proved": "green",
    "active": "green",
    "starting": "yellow",
    "degraded": "yellow",
    "skipped": "yellow",
    "unknown": "yellow",
    "disabled": "dim",
    "not configured": "dim",
    "stopped": "dim",
}
_SIGNS = {"green": "●", "yellow": "◐", "dim": "○", "red": "✗"}


@singledispatch
def page(result: Result) -> RenderableType:
    """Give a result's page; the module of its noun registers it."""
    raise NotImplementedError(type(result).__name__)


class Rows:
    """A table that leaves out columns which say nothing, or for which the terminal is too narrow, and names the latter.

    Those always shown are named first; each other one with the least width of the terminal that it needs.
    """

    def __init__(self, *always: str, **from_width: int) -> None:
        self._columns = dict.fromkeys(always, 0) | from_width
        self._rows: list[tuple[Text, ...]] = []

    def add_row(self, *cells: Text) -> None:
        """Add a row: a cell for every column, whether it will be shown or not."""
        self._rows.append(cells)

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        filled = [any(row[index] for row in self._rows) for index in range(len(self._columns))]
        shown = [
            least == 0 or (least <= options.max_width and any_said)
            for least, any_said in zip(self._columns.values(), filled, strict=True)
        ]
        table = Table(box=None, pad_edge=False, header_style="dim")
        for name in compress(self._columns, shown):
            table.add_column(name, overflow="fold")
        for row in self._rows:
            table.add_row(*compress(row, shown))
        yield table
        said = compress(self._columns, filled)
        if left_out := [name for name in said if self._columns[name] > options.max_width]:
            yield Text(f"no room for {', '.join(left_out)}: a wider terminal or `--json` shows this", style="dim")


def plain(text: str, style: str = "") -> Text:
    """Text from anywhere, harmless for a terminal."""
    return Text(printable(text), style=style)


def _color(state: str) -> str:
    return _COLORS.get(state.partition(",")[0], "red")


def word(state: str) -> Text:
    """A state in its colour."""
    return Text(state, style=_color(state))


def sign(state: str) -> Text:
    """The sign of a state: full, half, empty, or a cross."""
    return Text(_SIGNS[_color(state)], style=_color(state))


def yes_no(value: bool | None) -> Text:
    """Yes or no; nothing for what is not known."""
    return Text({True: "yes", False: "no", None: ""}[value], style="red" if value is False else "")


def notes(texts: Sequence[str]) -> list[Text]:
    """A line for each note, up to a number."""
    more = [f"and {len(texts) - MOST_NOTES} more, with --json"] if len(texts) > MOST_NOTES else []
    return [plain(f"note: {text}", "yellow") for text in (*texts[:MOST_NOTES], *more)]


@contextmanager
def bar(console: Console) -> Iterator[ByteProgress]:
    """Give a way to show how many bytes are there, by a bar that goes away in the end."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    # What is being done comes last: it is the longest, and the first to be cut on a narrow terminal.
    columns = (
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", visible=False)
        yield lambda doing, done, total: progress.update(
            task, description=printable(doing), completed=done, total=total, visible=True
        )


def worst(findings: Sequence[Judged]) -> tuple[list[Judged], list[Text]]:
    """Choose what to print of findings, in their order, and say how many more there are: nobody reads thousands."""
    numbers = sorted(range(len(findings)), key=lambda number: _SEVERITIES.index(findings[number].severity))
    printed = sorted(numbers[:MOST_FINDINGS])
    more = len(findings) - len(printed)
    words = f"{more:,} more findings are not shown, none worse than these: `--json` lists them all"
    return [findings[number] for number in printed], [plain(words, "yellow")] if more else []
