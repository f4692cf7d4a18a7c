"""What was made."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.operations.stack.init import Initialised
from hubctl.render.parts import notes, page


@page.register
def _(result: Initialised) -> RenderableType:
    lines = [
        Text.assemble((_mark, color), f" {verb} ", name)
        for verb, names, color, _mark in (
            ("made", result.made, "green", "+"),
            ("kept", result.kept, "dim", "="),
        )
        for name in names
    ]
    return Group(*lines, *notes(result.notes), Text(f"A hub is in {result.root}. Next: `{result.next_command}` there."))
