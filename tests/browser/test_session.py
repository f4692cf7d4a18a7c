"""The session of a tab: how it begins, what keeps it, and that nobody else gets it."""

import re
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from hubctl.adapters.net import browser as opening
from tests.browser.conftest import Watched
from tests.browser.relay import relay
from tests.browser.site import NOT_SIGNED_IN, READY, Site, announced, headline, tile
from tests.browser.thief import Taken, thief
from tests.gateway.embedded_hub import eventually

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]

# What the page is told by a browser whose connections are cut, and what a thief's page is told.
CUT = "ERR_|Failed to load"
NOISE = "127.0.0.1|ERR_|Failed to load|WebSocket|MIME"
BROWSERS_OWN = {"host", "origin", "connection", "content-length", "upgrade", "accept-encoding"}


def test_the_token_leaves_the_address_at_once_and_is_kept_for_this_tab_alone(dashboard: Site, watch: Watched) -> None:
    page = watch().page
    dashboard.open(page)
    assert page.url == f"{dashboard.base}/"
    assert "token" not in page.evaluate("JSON.stringify([location.href, document.referrer, document.cookie])")
    assert page.context.cookies() == []
    assert page.evaluate("Object.values({ ...localStorage })") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    assert page.evaluate("Object.values({ ...sessionStorage })") == [dashboard.token]
    page.reload()
    page.wait_for_selector(READY)


def test_a_fresh_tab_says_what_to_do_and_asks_nothing_and_the_address_signs_it_in(
    dashboard: Site, watch: Watched
) -> None:
    page = watch().page
    dashboard.open(page.context.new_page())  # signed in, but it is another tab
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{dashboard.base}/")
    expect(headline(page)).to_have_text("Not signed in")
    expect(page.locator("main")).to_contain_text(NOT_SIGNED_IN)
    expect(page.get_by_role("button", name="Copy the command hubctl dashboard --open")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_hidden()
    expect(page.get_by_role("navigation")).to_be_hidden()
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Русский").click()
    expect(headline(page)).to_have_text("Вход не выполнен")
    page.get_by_role("button", name="English").click()
    assert [url for url in asked if "/api/" in url] == []
    page.goto(dashboard.url)
    page.wait_for_selector(READY)
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{dashboard.base}/")


def test_a_duplicated_tab_a_bookmark_and_the_private_file_of_the_browser_sign_in(
    dashboard: Site, watch: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = dashboard.open(watch().page)
    with page.expect_popup() as opened:
        page.evaluate("() => { window.open('/?lang=ru#logs'); }")
    opened.value.wait_for_selector(READY)
    assert opened.value.url == f"{dashboard.base}/?lang=ru#logs"
    page.goto("about:blank")
    page.goto(f"http://localhost:{dashboard.port}/?lang=en")  # another site to a browser: it leads to the one there is
    page.wait_for_selector(READY)
    assert page.url == f"{dashboard.base}/?lang=en"
    monkeypatch.setenv("BROWSER", "true")
    assert opening.show(dashboard.url, tmp_path, {"BROWSER": "true"}) is None
    fresh = page.context.new_page()
    fresh.goto((tmp_path / opening.FILE).as_uri())
    fresh.wait_for_selector(READY)
    assert fresh.url == f"{dashboard.base}/"


def test_a_page_whose_connections_are_cut_comes_back_and_no_address_ever_holds_the_token(
    dashboard: Site, watch: Watched
) -> None:
    page = watch(expected=CUT).page
    with relay(dashboard.port) as between:
        page.goto(f"http://127.0.0.1:{between.port}/#token={dashboard.token}")
        page.wait_for_selector(READY)
        expect(page.locator("#logs-state")).to_contain_text("following")
        for _ in range(2):
            line = tile(page, "redis").locator(".spark .line")
            before = between.heard.count(b"GET /api/events ")
            between.cut()
            eventually(lambda before=before: between.heard.count(b"GET /api/events ") > before)  # type: ignore[misc]
            announced(page, "Contact is back")
            expect(page.locator("#lost")).to_be_hidden()
            expect(line).not_to_have_attribute("d", line.get_attribute("d") or "")
            expect(page.locator("#logs-state")).to_contain_text("following")
        page.reload()
        page.wait_for_selector(READY)
        lines = between.heard.decode("latin-1").split("\r\n")
    assert {line for line in lines if dashboard.token in line} == {f"Authorization: Bearer {dashboard.token}"}
    assert [line for line in lines if line.lower().startswith(("cookie:", "referer:")) and "token" in line] == []
    bare = [re.sub(r"\?.*", "", line.split()[1]) for line in lines if line.startswith("GET ")]
    assert {"/", "/static/main.js", "/api/events", "/api/session"} <= set(bare)


def test_a_thief_on_another_port_gets_nothing_that_reads_or_acts(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch(expected=NOISE).page)
    with thief(dashboard.base) as other:
        visit = f"{other.base}/visit"
        page.evaluate("address => { window.open(address); }", visit)  # with an opener
        assert other.through.acquire(timeout=15)
        page.context.new_page().goto(visit)
        assert other.through.acquire(timeout=15)
        page.evaluate("address => { location.href = address; }", visit)  # in the tab that is signed in
        assert other.through.acquire(timeout=15)
        page.goto(f"http://localhost:{other.base.rpartition(':')[2]}/visit")
        assert other.through.acquire(timeout=15)
        taken = list(other.taken)
    assert {each.line.split()[1] for each in taken} >= {"/visit", "/picture", "/frame", "/loot", "/socket"}
    assert len(other.loot) == 4 * 15
    assert dashboard.token not in repr(taken)
    assert not {name.lower() for each in taken for name in each.headers} & {"cookie", "authorization"}
    assert [each for each in other.loot if '"ok"' in each[1] or "data-text" in each[1]] == []
    assert replayed(dashboard, taken) == {401}
    signed_in(dashboard, page)


def replayed(there: Site, taken: list[Taken]) -> set[int]:
    """Ask the dashboard with all that a thief was sent, as a program that chooses its headers freely."""
    sent = {
        frozenset((name, value) for name, value in each.headers.items() if name.lower() not in BROWSERS_OWN)
        for each in taken
    }
    asked = [("GET", path) for path in ("/api/session", "/api/status", "/openapi.json")] + [("POST", "/api/undo")]
    with httpx.Client(base_url=there.base, headers={"Origin": there.base}) as client:
        return {
            client.request(method, path, headers=dict(headers), json={"dry_run": True}).status_code
            for headers in sent
            for method, path in asked
        }


def signed_in(there: Site, page: Page) -> None:
    """After all that, the tab is still signed in."""
    page.goto(f"{there.base}/")
    page.wait_for_selector(READY)


def test_a_cookie_and_a_token_in_the_query_open_nothing(dashboard: Site, watch: Watched) -> None:
    page = watch(expected=CUT).page
    names = (f"hubctl_dashboard_{dashboard.port}", "hubctl-token", "token")
    page.context.add_cookies([{"name": name, "value": dashboard.token, "url": dashboard.base} for name in names])
    answer = page.goto(f"{dashboard.base}/?token={dashboard.token}")
    assert answer is not None
    assert "set-cookie" not in answer.headers
    expect(headline(page)).to_have_text("Not signed in")
    codes = "paths => Promise.all(paths.map(path => fetch(path).then(answer => answer.status)))"
    paths = ["/api/session", f"/api/status?token={dashboard.token}", "/api/events", "/openapi.json"]
    assert page.evaluate(codes, paths) == [401] * 4
