"""The dashboard over the real stack: five services in containers, seen and mended from the page."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import Watch, artefacts, chromium, watched
from tests.browser.site import Site, announced, headline, site, tile, wait_well
from tests.real_hub import RealHub

pytestmark = [pytest.mark.engine, pytest.mark.browser]

SERVICES = ("litellm", "ollama", "redis", "openwebui", "db")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def dashboard(hub: RealHub) -> Iterator[Site]:
    with site(hub) as found:
        yield found


@pytest.fixture
def watch(
    browser: Browser, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watch]:
    folder: Path = artefacts(tmp_path_factory)
    with watched(browser, f"engine-{request.node.name}", folder) as found:
        yield found


def test_all_five_services_are_shown_and_a_stopped_redis_within_five_seconds(
    hub: RealHub, dashboard: Site, watch: Watch
) -> None:
    page = dashboard.open(watch.page)
    for service in SERVICES:
        expect(tile(page, service).get_by_text("healthy", exact=True)).to_be_visible()
        expect(tile(page, service).locator(".latency")).to_contain_text("ms")
    wait_well(page)
    hub.compose("stop", "--timeout", "1", "redis")
    try:
        began = time.monotonic()
        expect(tile(page, "redis").get_by_text("stopped", exact=True)).to_be_visible()
        print(f"seen {time.monotonic() - began:.1f} s after it had stopped")
        expect(headline(page)).to_contain_text("Redis", timeout=30_000)
        expect(page.locator("#headline .command code")).to_contain_text("hubctl ")
    finally:
        hub.compose("start", "redis")
    expect(tile(page, "redis").get_by_text("healthy", exact=True)).to_be_visible(timeout=60_000)
    wait_well(page)


def test_a_model_answers_and_the_log_of_a_container_is_followed(dashboard: Site, watch: Watch) -> None:
    page = dashboard.open(watch.page)
    wait_well(page)
    page.get_by_role("button", name="Try llama3", exact=True).click()
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Answer")
    expect(answer.get_by_text("answered", exact=True)).to_be_visible(timeout=30_000)
    expect(page.locator('tr[data-model="llama3"]')).to_contain_text("answered just now")
    page.get_by_role("combobox", name="Service").select_option("db")
    expect(page.locator("#logs-state")).to_contain_text("following")
    expect(page.get_by_role("log", name="Logs")).to_contain_text("ready to accept connections")


def test_a_service_is_restarted_from_the_page_and_proved(hub: RealHub, dashboard: Site, watch: Watch) -> None:
    page = dashboard.open(watch.page)
    before = hub.service("litellm")["instances"][0]["started_at"]
    page.get_by_role("button", name="Restart litellm", exact=True).click()
    dialog = page.get_by_role("dialog", name="Restart litellm")
    dialog.get_by_role("button", name="Restart").click()
    expect(dialog).to_contain_text("Done: ", timeout=120_000)
    assert dialog.locator(".proofs .state.bad").count() == 0
    announced(page, "Done.")
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Restart litellm", exact=True)).to_be_focused()
    assert hub.service("litellm")["instances"][0]["started_at"] != before
    wait_well(page)
