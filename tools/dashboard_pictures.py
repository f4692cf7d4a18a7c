"""Takes the pictures of the dashboard for the docs: `python -m tools.dashboard_pictures HUB`, of a hub that runs."""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.browser.chromium import chromium
from tests.browser.site import Site, site, wait_well
from tests.real_hub import RealHub

DOCS = Path(__file__).parents[1] / "docs"
SIZE: ViewportSize = {"width": 1280, "height": 1240}
# So many snapshots make a line to look at.
SEEN_MS = 75_000


def main(root: Path) -> None:
    """Look at the hub for a while, ask it something, and take a picture in the light and one in the dark."""
    with site(RealHub(root, dict(os.environ))) as there, chromium() as browser:
        page = browser.new_page(viewport=SIZE)
        there.open(page)
        page.wait_for_timeout(SEEN_MS)
        for scheme, name in (("light", "dashboard.png"), ("dark", "dashboard-dark.png")):
            page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
            _ask(there, page)
            page.screenshot(path=DOCS / name)


def _ask(there: Site, page: Page) -> None:
    there.open(page)
    wait_well(page)
    page.get_by_role("button", name="Send").click()
    page.locator("#try-answer .verdict").wait_for()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
