"""Enabling a provider from the page: the diff first, then the change with its proof, then taking it back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.demo_hub import DemoHub
from tests.browser.site import Site, announced
from tests.one_key_provider import GOOD_KEY

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]

CHANGE_MS = 120_000


def row(page: Page, name: str) -> str:
    return page.locator(f'tr[data-provider="{name}"]').inner_text()


def test_a_preview_that_is_declined_changes_nothing(demo: DemoHub, dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    before = demo.config()
    button = page.get_by_role("button", name="Enable openai")
    button.click()
    dialog = page.get_by_role("dialog", name="Enable openai")
    diff = dialog.get_by_label("Changes of conf/litellm/litellm_config.yaml")
    expect(diff.locator(".added").first).to_contain_text("+  - model_name: gpt-6.1-sol")
    expect(diff.locator(".removed").first).to_contain_text("-  # - model_name: gpt-6.1-sol")
    expect(dialog.get_by_role("button", name="Enable")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    assert demo.config() == before


def test_a_provider_is_enabled_after_a_preview_proved_and_taken_back(
    demo: DemoHub, dashboard: Site, watch: Watched
) -> None:
    page = dashboard.open(watch().page)
    before = demo.config()
    assert "gpt-6.1-sol" in row(page, "openai")
    assert "WXYZ" in row(page, "openai")
    page.get_by_role("button", name="Enable openai").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Enable").click()
    expect(dialog).to_contain_text("Carrying it out")
    expect(dialog).to_contain_text("Done: the service was restarted.", timeout=CHANGE_MS)
    assert dialog.locator(".proofs .state.good").count() >= 3
    assert dialog.locator(".proofs .state.bad").count() == 0
    announced(page, "Done.")
    dialog.get_by_role("button", name="Close").click()
    assert demo.config() != before
    expect(page.locator('#models tr[data-model="gpt-6.1-sol"]').first).to_contain_text("active")
    expect(page.get_by_role("button", name="Enable openai", exact=True)).to_have_count(0)

    made = page.locator("#changes li", has_text="provider enable openai").first
    made.get_by_text("What it changed").click()
    expect(made.locator(".added").first).to_contain_text("+  - model_name: gpt-6.1-sol")
    page.get_by_role("button", name=re.compile("^Undo: ")).click()
    dialog = page.get_by_role("dialog", name="Undo the last change")
    expect(dialog.locator(".added").first).to_contain_text("+  # - model_name: gpt-6.1-sol")
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Done: the service was restarted.", timeout=CHANGE_MS)
    dialog.get_by_role("button", name="Close").click()
    assert demo.config() == before
    made = page.locator("#changes li", has_text="provider enable openai").first
    expect(made).to_contain_text("taken back")
    expect(page.get_by_role("button", name="Enable openai", exact=True)).to_be_visible()
    expect(page.locator("#logs-state")).to_contain_text("following")  # the new process' log
    assert GOOD_KEY not in page.content()
