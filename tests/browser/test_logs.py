"""Logs that follow, whatever is in them."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.demo_hub import DemoHub
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]


def write(demo: DemoHub, line: str) -> None:
    with demo.log.open("a") as log:
        log.write(f"{line}\n")


def test_new_lines_of_the_log_appear_by_themselves(demo: DemoHub, dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    log = page.get_by_role("log", name="Logs")
    expect(page.locator("#logs-state")).to_contain_text("following")
    write(demo, "a line of this test")
    expect(log).to_contain_text("a line of this test")
    at_end = "box => box.scrollHeight - box.scrollTop - box.clientHeight < 40"
    assert log.evaluate(at_end)

    page.get_by_label("Filter").fill("OF THIS TEST")
    expect(log.locator(".line:visible")).to_have_count(1)
    page.get_by_label("Filter").fill("")

    page.get_by_role("checkbox", name="Follow").uncheck()
    expect(page.locator("#logs-state")).to_contain_text("read once")
    write(demo, "a line that nobody follows")
    page.wait_for_timeout(1_000)
    expect(log).not_to_contain_text("a line that nobody follows")
    page.get_by_role("checkbox", name="Follow").check()
    expect(log).to_contain_text("a line that nobody follows")


def test_who_reads_further_up_is_left_there(demo: DemoHub, dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    log = page.get_by_role("log", name="Logs")
    for number in range(60):
        write(demo, f"line {number} to scroll over")
    expect(log).to_contain_text("line 59 to scroll over")
    log.evaluate("box => { box.scrollTop = 0; }")
    write(demo, "another line below")
    expect(log).to_contain_text("another line below")
    assert log.evaluate("box => box.scrollTop") == 0
