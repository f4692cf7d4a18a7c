"""Headless Chromium, and pages under watch: a clean console, no request beyond loopback, a picture at the end."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.real_servers import missing

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Chromium breaks requests off when containers elsewhere on the machine come and go; the page asks again.
MACHINE = "ERR_NETWORK_CHANGED"
# How long a page may take for what it does in a second: machines that run tests are shared, and often slow.
PATIENCE_MS = 20_000
LOOPBACK = {"127.0.0.1", "localhost"}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the distribution's Chromium until the block ends; a machine without one skips."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None) or missing("Chromium", "apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What a page said and asked for. `expected` are console lines that the test itself brings about."""

    page: Page
    expected: str | None = None
    console: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", lambda line: self.console.append(f"{line.type}: {line.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))

    def settle(self) -> None:
        """Hold the page to its promises."""
        known = re.compile(f"{MACHINE}|{self.expected}" if self.expected else MACHINE)
        said = [line for line in self.console if not known.search(line)]
        assert said == [], said
        assert self.hosts <= LOOPBACK, self.hosts


@contextmanager
def watched(browser: Browser, name: str, folder: Path, **options: Any) -> Iterator[Watch]:
    """Open a page of its own; its picture goes to the folder whatever comes of the test."""
    with browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}) as context:
        context.set_default_timeout(PATIENCE_MS)
        watch = Watch(context.new_page())
        try:
            yield watch
        finally:
            watch.page.evaluate("scrollTo(0, 0)")
            watch.page.screenshot(path=folder / f"{name}.png", full_page=True)
        watch.settle()


def artefacts(factory: pytest.TempPathFactory) -> Path:
    """Give the folder for pictures: one that outlives the run where it was asked for."""
    asked = os.environ.get("HUBCTL_TEST_ARTEFACTS")
    folder = Path(asked) if asked else factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
