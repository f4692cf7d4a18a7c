"""One browser and one demo hub for all tests, which leave it as they found it; one dashboard for each module."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Watch, artefacts, chromium, watched
from tests.browser.demo_hub import DemoHub, demo_hub
from tests.browser.site import Site, site

Watched = Callable[..., Watch]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return artefacts(tmp_path_factory)


@pytest.fixture(scope="package")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    with demo_hub(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(scope="module")
def dashboard(demo: DemoHub) -> Iterator[Site]:
    with site(demo.hub) as found:
        yield found


@pytest.fixture
def watch(browser: Browser, pictures: Path, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """Give the way to open a page under watch, which is held to its promises when the test ends."""
    with ExitStack() as open_pages:
        count = iter(range(1, 100))

        def opened(expected: str | None = None, **options: Any) -> Watch:
            name = f"{request.node.name}-{next(count)}".replace("/", "-")
            found = open_pages.enter_context(watched(browser, name, pictures, **options))
            found.expected = expected
            return found

        yield opened
