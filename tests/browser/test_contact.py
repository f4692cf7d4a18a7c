"""A server that goes away and comes back: the page says so, and goes on by itself."""

import signal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.demo_hub import DemoHub
from tests.browser.site import NOT_SIGNED_IN, READY, Site, announced, headline, site, tile, wait_well
from tests.real_servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]


def test_a_server_that_hangs_is_told_from_one_that_has_no_news_and_the_page_goes_on_when_it_does(
    demo: DemoHub, watch: Watched
) -> None:
    page = watch(expected="ERR_|Failed to load").page
    with site(demo.hub) as there:
        there.open(page)
        expect(page.get_by_text("live", exact=True)).to_be_visible()
        there.process.send_signal(signal.SIGSTOP)
        expect(page.locator("#lost")).to_contain_text("No contact with hubctl since")
        expect(page.get_by_text("no contact", exact=True)).to_be_visible()
        announced(page, "No contact with hubctl since")
        there.process.send_signal(signal.SIGCONT)
        expect(page.get_by_text("live", exact=True)).to_be_visible()
        announced(page, "Contact is back")
        expect(page.locator("#lost")).to_be_hidden()
        wait_well(page)


def test_a_server_that_was_started_anew_is_joined_again_once_its_address_was_opened_in_the_tab(
    demo: DemoHub, watch: Watched
) -> None:
    page, port = watch(expected="ERR_|Failed to load").page, free_port()
    with site(demo.hub, port=port) as first:
        first.open(page)
    expect(page.locator("#lost")).to_contain_text("No contact with hubctl since")
    with site(demo.hub, port=port) as second:
        expect(page.locator("#lost")).to_contain_text("this tab is no longer signed in")
        page.goto(second.url)  # the browser loads nothing for it: only the fragment is another one
        expect(page).to_have_url(f"{second.base}/")
        expect(page.get_by_text("live", exact=True)).to_be_visible()
        line = tile(page, "redis").locator(".spark .line")
        expect(line).not_to_have_attribute("d", line.get_attribute("d") or "")
        expect(page.locator("#logs-state")).to_contain_text("following")


def test_a_tab_of_an_earlier_run_says_what_to_do_when_it_is_loaded_again(demo: DemoHub, watch: Watched) -> None:
    page, port = watch(expected="ERR_|Failed to load").page, free_port()
    with site(demo.hub, port=port) as first:
        first.open(page)
    with site(demo.hub, port=port) as second:
        for _ in range(8):  # it does not ask with the old token for ever: that would be many wrong ones
            page.reload()
            expect(headline(page)).to_have_text("Not signed in")
        expect(page.locator("main")).to_contain_text(NOT_SIGNED_IN)
        assert page.evaluate("Object.values({ ...sessionStorage })") == []
        page.goto(second.url)
        page.wait_for_selector(READY)


# Puts the page out of sight or into it; what it would do after a minute out of sight it does at once.
SIGHT = """sight => {
  const later = window.setTimeout;
  window.setTimeout = (work, ms) => later(work, ms === 60_000 ? 0 : ms);
  Object.defineProperty(document, "hidden", { value: sight === "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  window.setTimeout = later;
}"""


def test_a_tab_that_was_out_of_sight_loads_what_changed_meanwhile(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/api/events")):
        page.evaluate(SIGHT, "hidden")
    with page.expect_response("**/api/litellm/models"):
        page.evaluate(SIGHT, "visible")
    expect(page.locator("#lost")).to_be_hidden()
