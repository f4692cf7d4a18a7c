"""Where the dashboard is."""

from rich.console import RenderableType
from rich.text import Text

from hubctl.operations.dashboard import Opened
from hubctl.render.parts import page


@page.register
def _(result: Opened) -> RenderableType:
    return Text(result.url, no_wrap=True, overflow="ignore")
