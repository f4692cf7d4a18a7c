"""What was pulled, and what is left to do."""

from rich.console import Group, RenderableType

from hubctl.operations.models.pull import Pulled
from hubctl.render import render
from hubctl.render.parts import page, plain


@page.register
def _(result: Pulled) -> RenderableType:
    size = f" ({result.size_bytes / 1e9:.1f} GB)" if result.size_bytes is not None else ""
    lines: list[RenderableType] = [plain(f"pulled {result.model}{size}")]
    if result.added:
        lines.append(render(result.added))
    if result.next_command:
        lines.append(plain(f"clients can ask for it after `{result.next_command}`"))
    return Group(*lines)
