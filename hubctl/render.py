"""A result as human text: one function per result type, for wide and narrow terminals alike."""

from collections.abc import Sequence
from functools import singledispatch
from itertools import compress

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from hubctl.core.printable import printable
from hubctl.core.result import Result
from hubctl.operations.init import Initialised
from hubctl.operations.models import Model, Models
from hubctl.operations.restart import Restarted
from hubctl.operations.smoke import ChatCheck, SmokeTest
from hubctl.operations.stack import LogEntry, Logs, Stopped
from hubctl.operations.status import StackStatus

MOST_NOTES = 5

_COLORS = {
    "healthy": "green",
    "passed": "green",
    "active": "green",
    "starting": "yellow",
    "degraded": "yellow",
    "skipped": "yellow",
    "unknown": "yellow",
    "disabled": "dim",
    "stopped": "dim",
}
_SIGNS = {"green": "●", "yellow": "◐", "dim": "○", "red": "✗"}


@singledispatch
def render(result: Result) -> RenderableType:
    """Render a result for a person."""
    raise NotImplementedError(type(result).__name__)


@render.register
def _(result: StackStatus) -> RenderableType:
    table = _Rows("", "SERVICE", "STATE", "DETAIL", ADDRESS=100, VERSION=70, ms=60)
    for service in result.services:
        table.add_row(
            _sign(service.state),
            _plain(service.service),
            _word(service.state),
            _plain(service.detail),
            _plain(service.url or ""),
            _plain(service.version or ""),
            Text(f"{service.latency_ms:.0f}" if service.latency_ms is not None else "", justify="right"),
        )
    hub = result.hub
    made = f"{hub.project}, {hub.runtime}" if hub.project else hub.runtime
    head = Text.assemble(_word(result.state), f"  {printable(str(hub.root))}  ({made})")
    lines: list[RenderableType] = [head, table]
    if result.engine.state == "unreachable":
        lines.append(_plain(result.engine.detail, "red"))
    return Group(*lines, *_notes(result.notes))


@render.register
def _(result: Models) -> RenderableType:
    table = _Rows("", "MODEL", "STATE", TARGET=90, LISTED=50, PULLED=60, KEY=110, LINE=70)
    for model in result.models:
        table.add_row(
            _sign(model.state),
            _plain(model.name),
            _word(f"{model.state}, demo" if model.demo else model.state),
            _plain(f"= {model.alias_of}" if model.alias_of else model.target or ""),
            _yes_no(model.listed),
            _pulled(model),
            _plain(f"{model.key.variable}: {'set' if model.key.present else 'missing'}" if model.key else ""),
            Text(str(model.line or ""), justify="right"),
        )
    return Group(table, *_notes(result.notes))


@render.register
def _(result: SmokeTest) -> RenderableType:
    table = _Rows("", "MODEL", "OUTCOME", "s", TOKENS=90, ANSWER=0)
    for check in result.results:
        table.add_row(
            _sign(check.outcome),
            _plain(check.model),
            _word(f"{check.outcome}, demo" if check.demo else check.outcome),
            Text(f"{check.latency_s:.2f}" if check.latency_s is not None else "", justify="right"),
            Text(str(check.completion_tokens or ""), justify="right"),
            _answer(check),
        )
    counts = f"{result.passed} passed, {result.failed} failed, {result.errors} errors, {result.skipped} skipped"
    return Group(table, Text(counts))


@render.register
def _(result: Restarted) -> RenderableType:
    lines = [Text(f"{result.service} was {result.change.effect}: {result.change.reason}")]
    lines += [
        Text.assemble(_sign("passed" if proof.ok else "failed"), f" {proof.check}: ", printable(proof.detail))
        for proof in result.proof
    ]
    return Group(*lines)


@render.register
def _(result: Initialised) -> RenderableType:
    lines = [
        Text.assemble((_mark, color), f" {verb} ", name)
        for verb, names, color, _mark in (
            ("made", result.made, "green", "+"),
            ("kept", result.kept, "dim", "="),
        )
        for name in names
    ]
    return Group(*lines, *_notes(result.notes), Text(f"A hub is in {result.root}. Next: `hubctl up` there."))


@render.register
def _(result: Stopped) -> RenderableType:
    done = "stopped" if result.was_running else "nothing was running"
    return Text(f"{done}; data {'deleted' if result.volumes_deleted else 'kept'}")


@render.register
def _(result: Logs) -> RenderableType:
    return Group(*(_log_line(line.service, line.text) for line in result.lines))


@render.register
def _(result: LogEntry) -> RenderableType:
    return _log_line(result.service, result.text)


class _Rows:
    """A table that leaves out columns where the terminal is too narrow for them: each has a least width it needs."""

    def __init__(self, *always: str, **from_width: int) -> None:
        self._columns = dict.fromkeys(always, 0) | from_width
        self._rows: list[tuple[Text, ...]] = []

    def add_row(self, *cells: Text) -> None:
        """Add a row: a cell for every column, whether it will be shown or not."""
        self._rows.append(cells)

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        shown = [least <= options.max_width for least in self._columns.values()]
        table = Table(box=None, pad_edge=False, header_style="dim")
        for name in compress(self._columns, shown):
            table.add_column(name, overflow="fold")
        for row in self._rows:
            table.add_row(*compress(row, shown))
        yield table


def _plain(text: str, style: str = "") -> Text:
    return Text(printable(text), style=style)


def _color(word: str) -> str:
    return _COLORS.get(word.partition(",")[0], "red")


def _word(word: str) -> Text:
    return Text(word, style=_color(word))


def _sign(word: str) -> Text:
    return Text(_SIGNS[_color(word)], style=_color(word))


def _yes_no(value: bool | None) -> Text:
    return Text({True: "yes", False: "no", None: ""}[value], style="red" if value is False else "")


def _pulled(model: Model) -> Text:
    if model.pulled and model.size_bytes:
        return Text(f"{model.size_bytes / 1e9:.1f} GB")
    return _yes_no(model.pulled)


def _answer(check: ChatCheck) -> Text:
    return (
        _plain(check.reason, "red" if check.outcome == "failed" else "") if check.reason else _plain(check.reply or "")
    )


def _notes(notes: Sequence[str]) -> list[Text]:
    more = [f"and {len(notes) - MOST_NOTES} more, with --json"] if len(notes) > MOST_NOTES else []
    return [_plain(f"note: {note}", "yellow") for note in (*notes[:MOST_NOTES], *more)]


def _log_line(service: str, text: str) -> Text:
    return Text.assemble((f"{service} | ", "dim"), printable(text))
