"""The try box: a real answer, shown as its tokens come."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.site import Site, announced
from tests.one_key_provider import EACH_S, SLOWLY, WORDS

pytestmark = [pytest.mark.browser, pytest.mark.gateway, pytest.mark.redis]

# Notes each length of the answer and when it was first seen.
NOTE_GROWTH = """() => {
  const box = document.getElementById("try-answer");
  window.growth = [];
  new MutationObserver(() => {
    const length = box.querySelector(".reply")?.textContent.length ?? 0;
    if (length > (growth.at(-1)?.[0] ?? 0)) growth.push([length, performance.now(), box.getAttribute("aria-busy")]);
  }).observe(box, { childList: true, subtree: true, characterData: true });
}"""


def test_tokens_appear_one_by_one_with_time_to_first_token_and_tokens_a_second(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    page.get_by_label("Model", exact=True).select_option("slow")
    page.get_by_label("Prompt").fill(f"Say that you are here, and {SLOWLY}.")
    page.evaluate(NOTE_GROWTH)
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("".join(WORDS[:2]).strip())
    expect(page.locator("#try-figures .ttft dd")).to_contain_text("s")
    expect(page.locator("#try-figures .speed dd")).to_contain_text("≈")
    expect(answer).to_contain_text("".join(WORDS))
    expect(answer.get_by_text("answered", exact=True)).to_be_visible()

    growth = page.evaluate("growth")
    lengths, times, busy = zip(*growth, strict=True)
    assert len(growth) >= 5, growth
    assert lengths[-1] == len("".join(WORDS).strip()) or lengths[-1] == len("".join(WORDS))
    assert times[-1] - times[0] > EACH_S * 1000 * 3
    assert set(busy) == {"true"}

    figures = {name: page.locator(f"#try-figures .{name} dd").inner_text() for name in ("ttft", "speed", "tokens")}
    assert figures["tokens"] == str(len(WORDS))
    assert 0 < float(figures["ttft"].removesuffix(" s")) < 3
    assert 1 < float(figures["speed"]) < 3  # a word each half second
    announced(page, "answered. I am here")


def test_an_answer_can_be_stopped_and_another_one_asked_for(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    page.get_by_label("Model", exact=True).select_option("slow")
    page.get_by_label("Prompt").fill(SLOWLY)
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("I am")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(answer).to_contain_text("Stopped.")
    expect(page.get_by_role("button", name="Send")).to_be_focused()

    page.get_by_label("Prompt").fill("At once, please.")
    page.get_by_role("button", name="Send").click()
    expect(answer).to_contain_text("".join(WORDS).strip())


def test_the_button_of_a_model_leads_to_its_answer_and_a_demo_says_so(dashboard: Site, watch: Watched) -> None:
    page = dashboard.open(watch().page)
    page.get_by_role("button", name="Try coder").click()
    expect(page.get_by_label("Prompt")).to_be_focused()
    expect(page.get_by_label("Model", exact=True)).to_have_value("coder")
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Answer")
    expect(answer.locator(".reply")).to_contain_text("demo answer")
    expect(answer.get_by_text("demo", exact=True)).to_be_visible()
    row = page.locator('tr[data-model="coder"]')
    expect(row).to_contain_text("a canned answer just now")
