"""`hubctl dashboard` as a process, and its page as somebody who uses it sees it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.real_hub import RealHub
from tests.real_servers import free_port

READY = "html[data-ready]"
NOT_SIGNED_IN = "Open the address that hubctl dashboard printed, or run hubctl dashboard --open"


@dataclass
class Site:
    """A dashboard that runs."""

    url: str
    process: subprocess.Popen[str]

    @property
    def base(self) -> str:
        return self.url.partition("/#")[0]

    @property
    def token(self) -> str:
        return self.url.partition("token=")[2]

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask the API as a program does."""
        bearer = {"Authorization": f"Bearer {self.token}"}
        return httpx.request(method, self.base + path, headers=bearer, timeout=120, **more)

    def open(self, page: Page, more: str = "") -> Page:
        """Sign in, and wait until all is there to be used."""
        if page.goto(self.url) is None:  # open already, so that only the fragment was another one
            page.reload()
        if more:
            page.goto(f"{self.base}/{more}")
        page.wait_for_selector(READY)
        return page


@contextmanager
def site(hub: RealHub, *options: str, port: int | None = None) -> Iterator[Site]:
    """Serve the hub's dashboard until the block ends."""
    command = [sys.executable, "-m", "hubctl", "dashboard", "--port", str(port or free_port()), *options]
    with subprocess.Popen(command, cwd=hub.root, env=hub.env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), url
            yield Site(url, process)
        finally:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            finally:
                process.kill()


def tile(page: Page, service: str) -> Locator:
    return page.locator(f'.tile[data-service="{service}"]')


def headline(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def announced(page: Page, text: str) -> None:
    """What a screen reader is told, politely."""
    expect(page.locator("#announcer")).to_contain_text(text)


def wait_well(page: Page) -> None:
    """Wait until the doctor has said so, too."""
    expect(page.locator("#headline")).to_contain_text("every hop of the path is whole", timeout=30_000)
    expect(headline(page)).to_have_text("The hub is well")


def document(answer: httpx.Response) -> Any:
    return json.loads(answer.text)
