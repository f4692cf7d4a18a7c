"""What is wrong is named with what mends it, and where the page can do it there is a button."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.demo_hub import CONFIG, ENV, DemoHub
from tests.browser.site import Site, headline, tile, wait_well

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]

CHANGE_MS = 120_000


def test_a_gateway_that_does_not_know_the_key_is_restarted_by_the_button_beside_its_name(
    demo: DemoHub, dashboard: Site, watch: Watched
) -> None:
    page = dashboard.open(watch().page)
    wait_well(page)
    for file, name in ((ENV, "LITELLM_MASTER_KEY"), ("env/openwebui.env", "OPENAI_API_KEYS")):
        env = demo.hub.root / file
        env.write_text(env.read_text().replace(f"{name}=sk-", f"{name}=sk-x"))
    expect(tile(page, "litellm").get_by_text("unauthorized", exact=True)).to_be_visible()
    expect(headline(page)).to_have_text("Broken: hubctl's key")
    page.locator("#headline").get_by_role("button", name="Restart litellm").click()
    dialog = page.get_by_role("dialog", name="Restart litellm")
    dialog.get_by_role("button", name="Restart").click()
    expect(dialog).to_contain_text("Done: the service was restarted.", timeout=CHANGE_MS)
    dialog.get_by_role("button", name="Close").click()
    wait_well(page)


def test_drift_is_shown_where_it_is(demo: DemoHub, dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    wait_well(page)
    config = demo.hub.root / CONFIG
    before = config.read_bytes()
    try:
        config.write_bytes(before.replace(b"num_retries: 2", b"num_retries: 3"))
        expect(tile(page, "litellm").locator(".drift dd")).to_contain_text("config")
    finally:
        config.write_bytes(before)


def test_a_hub_that_cannot_be_looked_at_says_why_and_is_there_again_once_it_can(
    demo: DemoHub, dashboard: Site, watch: Watched
) -> None:
    page = dashboard.open(watch(expected="Failed to load").page)
    wait_well(page)
    compose = demo.hub.root / "compose.local.yml"
    before = compose.read_bytes()
    try:
        compose.write_bytes(b"services: [broken")
        expect(headline(page)).to_have_text("hubctl cannot look at the hub")
        expect(page.locator("#headline")).to_contain_text("compose.local.yml")
    finally:
        compose.write_bytes(before)
    wait_well(page)
