"""The state of every service."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.core.text.printable import printable
from hubctl.operations.stack.status import StackStatus
from hubctl.render.parts import Rows, notes, page, plain, sign, word


@page.register
def _(result: StackStatus) -> RenderableType:
    table = Rows("", "SERVICE", "STATE", "DETAIL", ADDRESS=100, VERSION=70, ms=60)
    for service in result.services:
        table.add_row(
            sign(service.state),
            plain(service.service),
            word(service.state),
            plain(service.detail),
            plain(service.url or ""),
            plain(service.version or ""),
            Text(f"{service.latency_ms:.0f}" if service.latency_ms is not None else "", justify="right"),
        )
    hub = result.hub
    made = f"{hub.project}, {hub.runtime}" if hub.project else hub.runtime
    head = Text.assemble(word(result.state), f"  {printable(str(hub.root))}  ({made})")
    lines: list[RenderableType] = [head, table]
    drifts = (drift for service in result.services for drift in service.drift)
    lines += [plain(f"drift  {drift.detail}", "yellow") for drift in drifts]
    if result.engine.state == "unreachable":
        lines.append(plain(result.engine.detail, "red"))
    return Group(*lines, *notes(result.notes))
