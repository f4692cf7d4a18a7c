"""What counts as this hub's from now on."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.operations.stack.adopt import Adopted
from hubctl.render.parts import notes, page


@page.register
def _(result: Adopted) -> RenderableType:
    is_named = f"is the Compose project {result.project}"
    to_be_named = "gets a new name as a Compose project, chosen when this runs without --dry-run"
    lines = [Text(f"the hub in {result.root} {is_named if result.project else to_be_named}")]
    for mark, what, names in (
        ("+", "container", result.containers),
        ("+", "volume", result.volumes),
        ("<", "moved from", map(str, result.moved_from)),
        ("-", "left under the old name, not deleted: volume", result.left),
    ):
        lines += [Text(f"{mark} {what} {name}") for name in names]
    return Group(*lines, *notes(result.notes))
