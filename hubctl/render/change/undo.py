"""What was taken back, or can be no more."""

from rich.console import RenderableType
from rich.text import Text

from hubctl.operations.change.undo import Forgotten
from hubctl.render.parts import page


@page.register
def _(result: Forgotten) -> RenderableType:
    return Text(f"{result.receipts} receipts and the proven configs deleted: nothing can be undone or rolled back to")
