"""Draws docs/status.svg from what `hubctl status` says of a hub that runs: python docs/picture.py HUB."""

import re
import sys
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from hubctl.hub import Hub
from hubctl.operations.stack import status
from hubctl.output import Output
from hubctl.render import render
from hubctl.settings import Settings

PICTURE = Path(__file__).with_name("status.svg")
# Rich's own format fetches a font from the network; the reader's monospace font will do.
WITHOUT_FONTS = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def main(folder: Path) -> None:
    """Look at the hub and draw what a terminal of 100 columns shows."""
    hub = Hub(Settings.read(), Output(as_json=False, color=True), folder=folder)
    result = status.check(hub.root, hub.runtime, hub.credentials, timeout_s=5.0)
    console = Console(record=True, width=100, force_terminal=True, file=StringIO(), highlight=False)
    console.print("$ hubctl status", style="bold")
    console.print(render(result))
    PICTURE.write_text(console.export_svg(title="hubctl", code_format=WITHOUT_FONTS), encoding="utf-8")


main(Path(sys.argv[1]))
