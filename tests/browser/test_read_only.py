"""A page that may only look."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.demo_hub import DemoHub
from tests.browser.site import Site, document, site, wait_well

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]


@pytest.fixture(scope="module")
def dashboard(demo: DemoHub) -> Iterator[Site]:
    with site(demo.hub, "--read-only") as found:
        yield found


def test_a_read_only_page_has_no_button_that_changes_anything(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    wait_well(page)
    expect(page.get_by_text("read-only", exact=True)).to_be_visible()
    names = page.get_by_role("button").evaluate_all("all => all.map(each => each.textContent)")
    assert not {"Restart", "Enable", "Disable", "Undo"} & set(names)
    assert {"Send", "Run verify", "Look again"} <= set(names)
    refused = dashboard.ask("POST", "/api/services/litellm/restart", json={})
    assert (refused.status_code, document(refused)["error"]["code"]) == (403, "read_only")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="Answer").locator(".verdict")).to_be_visible()
