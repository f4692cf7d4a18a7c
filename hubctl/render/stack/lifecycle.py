"""The stack: stopped, and its logs."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.core.text.printable import printable
from hubctl.operations.stack.lifecycle import LogEntry, Logs, Stopped
from hubctl.render.parts import notes, page


@page.register
def _(result: Stopped) -> RenderableType:
    done = "stopped" if result.was_running else "nothing was running"
    data = "no named volume is left" if result.volumes_deleted else "data kept"
    return Group(Text(f"{done}; {data}"), *notes(result.notes))


@page.register
def _(result: Logs) -> RenderableType:
    return Group(*(_log_line(line.service, line.text) for line in result.lines))


@page.register
def _(result: LogEntry) -> RenderableType:
    return _log_line(result.service, result.text)


def _log_line(service: str, text: str) -> Text:
    return Text.assemble((f"{service} | ", "dim"), printable(text))
