"""Opening a page in the browser of this machine, so that no other user of it can read the address."""

import html
import webbrowser
from collections.abc import Mapping
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.errors import HubError

FILE = "dashboard.html"
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def show(url: str, folder: Path, environment: Mapping[str, str]) -> str | None:
    """Open an address that holds a secret; gives what kept from it in words.

    The arguments of a process can be read by every user: the browser is started with a private file that leads there.
    """
    if not any(environment.get(name) for name in _SCREENS) and not hasattr(webbrowser, "MacOSXOSAScript"):
        return "no browser can be opened here; open the address above"
    page = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={html.escape(url)}">'
    try:
        disk.write_private(folder / FILE, page.encode())
    except HubError as error:
        return f"{error.message}; open the address above"
    opened = webbrowser.open((folder / FILE).absolute().as_uri())
    return None if opened else "no browser could be opened; open the address above"


def forget(folder: Path) -> None:
    """Remove the file."""
    (folder / FILE).unlink(missing_ok=True)
