"""What was taken back, or can be no more."""

from rich.console import RenderableType
from rich.text import Text

from hubctl.operations.change.undo import Forgotten
from hubctl.render.parts import page


@page.register
def _(result: Forgotten) -> RenderableType:
    done = f"{result.receipts} receipts and the proven configs deleted: nothing can be undone or rolled back to"
    kept = (f"{path} may still hold keys; delete it once you need nothing of it" for path in result.rejected)
    return Text("\n".join((done, *kept)))
