"""How long until all of the dashboard's page is there to be used, on loopback."""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from benchmarks.timing import Bar

ROUNDS = 9


def bars() -> Iterator[Bar]:
    """Open the page of a demo hub in Chromium; nothing where one of them is missing."""
    if not which("chromium") or not which("redis-server") or not Path(sys.executable).with_name("litellm").exists():
        print("skip the dashboard's page: it needs Chromium, redis-server and the LiteLLM proxy")
        return
    from tests.browser.chromium import chromium
    from tests.browser.demo_hub import demo_hub
    from tests.browser.site import site

    folder = tempfile.TemporaryDirectory()
    with folder, demo_hub(Path(folder.name)) as demo, site(demo.hub) as there, chromium() as browser:
        page = browser.new_page()
        times = [float(there.open(page).evaluate("document.documentElement.dataset.ready")) for _ in range(ROUNDS)]
    first, *others = (each / 1000 for each in times)
    detail = f"median of {len(others)} from {min(others):.2f} to {max(others):.2f} s, the first {first:.2f} s"
    yield Bar("the dashboard's page is ready", statistics.median(others), 1.0, "s", detail)
