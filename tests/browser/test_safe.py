"""What comes from outside is text, nothing inline runs, and no key is ever there."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.demo_hub import EVIL, PASSWORD, DemoHub
from tests.browser.site import Site, wait_well
from tests.one_key_provider import GOOD_KEY

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]

LINE = '<script>document.title = "taken"</script><img src=x onerror="document.title = 1">'


def test_markup_in_a_models_name_and_in_a_log_line_is_shown_as_text(
    demo: DemoHub, dashboard: Site, watch: Watched
) -> None:
    page = watch().page
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    dashboard.open(page)
    with demo.log.open("a") as log:
        log.write(f"{LINE}\n")
    expect(page.locator("#models").get_by_text(EVIL, exact=True)).to_be_visible()
    expect(page.get_by_role("log", name="Logs")).to_contain_text(LINE)
    page.get_by_role("button", name=f"Try {EVIL}").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="Answer").locator(".verdict")).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert "taken" not in page.title()


def test_nothing_inline_could_run_if_markup_got_in(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch(expected="Content Security Policy").page)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<svg onload=\"document.title = 1\">')")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { text: 'document.title = 2' }))"
    )
    page.wait_for_timeout(300)
    assert page.title().endswith("hubctl")


def test_no_secret_of_the_hub_is_on_the_page(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    wait_well(page)
    expect(page.get_by_text("sk-proj-…WXYZ")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    for secret in (GOOD_KEY, PASSWORD):
        assert secret not in page.content()
