"""For everybody: with the keyboard alone, with a screen reader, on a phone, in the dark, in Russian."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.site import Site, headline, wait_well

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]

WELL_IN_RUSSIAN = "Хаб в порядке"  # noqa: RUF001 - these letters are Russian
SPILLED = "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.id || each.className)"
SHOWN = "all => all.filter(each => each.offsetParent).map(each => each.tagName)"
PHONE = {"width": 390, "height": 844}


def faults(page: Page) -> list[tuple[str, str, Any]]:
    """The serious and critical faults that axe-core finds."""
    found = Axe().run(page).response["violations"]
    return [
        (each["impact"], each["id"], [node["html"] for node in each["nodes"]])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


def unfold(page: Page) -> None:
    for summary in page.locator("summary").all():
        summary.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE], ids=["desk", "phone"])
def test_axe_finds_no_serious_fault(dashboard: Site, watch: Watched, scheme: str, size: dict[str, int]) -> None:
    page = dashboard.open(watch(color_scheme=scheme, viewport=size, reduced_motion="reduce").page)
    wait_well(page)
    unfold(page)
    assert faults(page) == []
    page.get_by_role("button", name="Enable openai", exact=True).click()
    expect(page.get_by_role("dialog").locator(".added").first).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_no_width_from_a_small_phone_to_a_wide_screen_scrolls_sideways(
    dashboard: Site, watch: Watched, lang: str
) -> None:
    page = dashboard.open(watch().page, f"?lang={lang}")
    unfold(page)
    for width in (320, 390, 600, 719, 768, 1024, 1179, 1280, 1920, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".card, .tile, .headline, .bar, .tools").evaluate_all(SPILLED) == [], width


def test_dark_and_light_follow_the_system(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch(color_scheme="dark").page)
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.emulate_media(color_scheme="light")
    assert [sum(map(int, colour[4:-1].split(","))) > 380 for colour in (dark, page.evaluate(ground))] == [False, True]


def test_russian_by_the_address_and_by_the_switch_which_is_remembered(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page, "?lang=ru")
    expect(headline(page)).to_have_text(WELL_IN_RUSSIAN, timeout=30_000)
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.get_by_role("heading", name="Сервисы")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(headline(page)).to_have_text("The hub is well")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Русский").click()
    page.goto(dashboard.base)
    expect(headline(page)).to_have_text(WELL_IN_RUSSIAN)
    expect(page.get_by_role("button", name="Русский")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="English").click()


def test_both_languages_say_all_there_is_to_say(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    load = "async name => Object.keys((await import(`/static/words/${name}.js`)).default)"
    english, russian = (set(page.evaluate(load, name)) for name in ("en", "ru"))
    assert russian - english == {"hops"}  # what hubctl itself says in English
    assert english <= russian


def test_a_tour_with_the_keyboard_alone(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    wait_well(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    to(page, "Try llama3")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Prompt")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Are you there?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Answer").locator(".verdict")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_focused()

    to(page, "Enable openai")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Enable")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # Cancel
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Enable openai", exact=True)).to_be_focused()


def to(page: Page, name: str) -> None:
    """Press Tab until a control of that name has the focus; each stop on the way has to be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "(({ ariaLabel, textContent }, { outlineStyle }) => [ariaLabel || textContent, outlineStyle])"
            "(document.activeElement, getComputedStyle(document.activeElement))"
        )
        assert stop[1] != "none", stop
        if stop[0] == name:
            return
    pytest.fail(f"Tab does not come to {name}")


def test_a_screen_reader_finds_landmarks_headings_and_tables(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch(viewport=PHONE).page)
    wait_well(page)
    for role in ("banner", "navigation", "main"):
        expect(page.get_by_role(role)).to_have_count(1)
    levels = page.locator("h1, h2, h3").evaluate_all(SHOWN)
    assert levels[0] == "H1"
    assert levels.count("H1") == 1
    models = page.get_by_role("table", name="Models")
    expect(models.get_by_role("columnheader")).to_have_count(6)
    expect(models.get_by_role("rowheader", name="coder").first).to_be_visible()
    expect(page.get_by_role("status").first).to_have_attribute("role", "status")
