"""The first look: signed in by the token, is the hub well, and what is it that is not."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.demo_hub import DemoHub
from tests.browser.site import READY, Site, announced, document, headline, tile, wait_well

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]


def test_all_services_are_shown_as_the_status_document_has_them(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    wait_well(page)
    services = document(dashboard.ask("GET", "/api/status"))["data"]["services"]
    assert {service["service"] for service in services} == {"litellm", "redis"}
    assert page.locator(".tile").count() == len(services)
    for service in services:
        shown = tile(page, service["service"])
        expect(shown.get_by_text("healthy", exact=True)).to_be_visible()
        expect(shown.locator(".version dd")).to_have_text(service["version"])
        expect(shown.locator(".latency")).to_contain_text("ms")
        expect(shown.locator(".drift dd")).to_have_text("none")
    expect(tile(page, "litellm").locator(".uptime dd")).to_have_text(re.compile(r"^\d+ (s|min)"))
    expect(page.get_by_role("region", name="Services").get_by_text("2 of 2 well")).to_be_visible()


def test_the_line_of_latency_grows_without_reloading(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    line = tile(page, "redis").get_by_role("img", name="Latency").locator(".line")
    drawn = line.get_attribute("d") or ""
    expect(line).not_to_have_attribute("d", drawn)


def test_a_stopped_redis_is_seen_within_five_seconds_with_what_mends_it(
    demo: DemoHub, dashboard: Site, watch: Watched
) -> None:
    page = dashboard.open(watch().page)
    wait_well(page)
    demo.redis.stop()
    try:
        began = time.monotonic()
        expect(tile(page, "redis").get_by_text("unreachable", exact=True)).to_be_visible(timeout=5_000)
        expect(headline(page)).not_to_have_text("The hub is well", timeout=5_000)
        print(f"seen after {time.monotonic() - began:.1f} s")
        announced(page, "redis")
        expect(headline(page)).to_have_text("Broken: gateway to Redis")
        expect(page.get_by_text("To mend it:").first).to_be_visible()
        expect(page.locator(".path .bad")).to_have_text("gateway to Redis: broken")
        assert page.title().startswith("▲ Broken")
    finally:
        demo.redis.start()
    expect(tile(page, "redis").get_by_text("healthy", exact=True)).to_be_visible()
    wait_well(page)


def test_a_page_that_was_hidden_for_long_catches_up(dashboard: Site, watch: Watched) -> None:
    hide = "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    page = watch().page
    page.clock.install()
    page.goto(dashboard.url)
    page.wait_for_selector(READY)
    page.evaluate(hide, arg=True)
    page.clock.fast_forward(61_000)
    line = tile(page, "redis").locator(".spark .line")
    drawn = line.get_attribute("d") or ""
    page.evaluate(hide, arg=False)
    expect(line).not_to_have_attribute("d", drawn)
    expect(page.locator("#lost")).to_be_hidden()
