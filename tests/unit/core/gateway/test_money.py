"""Prices as LiteLLM writes them, and what calls cost by them."""

import pytest

from hubctl.core.gateway.chat import Question
from hubctl.core.gateway.money import Price, listed_price, price

UNKNOWN = Price(None, None)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"input_cost_per_token": 1e-6, "output_cost_per_token": 2}, Price(1e-6, 2.0)),
        ({"input_cost_per_token": 0, "output_cost_per_token": 0}, Price(0.0, 0.0)),
        ({"input_cost_per_token": 1.0}, Price(1.0, None)),
        ({"input_cost_per_token": "1", "output_cost_per_token": None}, UNKNOWN),
        ({"input_cost_per_token": -1, "output_cost_per_token": float("inf")}, UNKNOWN),
        ({"input_cost_per_token": float("nan"), "output_cost_per_token": []}, UNKNOWN),
        (
            {"input_cost_per_token": 1, "output_cost_per_token": 2, "output_cost_per_reasoning_token": 3},
            Price(1.0, 3.0),
        ),
        ({"output_cost_per_reasoning_token": 3}, UNKNOWN),
        ({"input_cost_per_request": 0.005}, Price(None, None, 0.005)),
        (
            {"litellm_provider": "perplexity", "search_context_cost_per_query": {"low": 0.005, "high": 0.012}},
            Price(None, None, 0.012),
        ),
        ({"litellm_provider": "openai", "search_context_cost_per_query": {"low": 0.005}}, UNKNOWN),
        ({"litellm_provider": "perplexity", "search_context_cost_per_query": "much"}, UNKNOWN),
        (None, UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_a_price_is_read_and_what_is_none_is_unknown(info: object, expected: Price) -> None:
    assert price(info) == expected


def test_a_call_costs_its_tokens_and_its_request() -> None:
    assert Price(1e-3, 2e-3, 0.5).cost(10, 20) == pytest.approx(0.55)


@pytest.mark.parametrize("unknown", [UNKNOWN, Price(1.0, None), Price(None, 1.0)])
def test_without_a_price_no_cost_is_known(unknown: Price) -> None:
    assert unknown.cost(1, 1) is None
    assert unknown.most(Question("m", "hi")) is None


@pytest.mark.parametrize(("text", "tokens"), [("", 16), ("abcd", 20), ("é€😀", 25), ("\ud800", 17)])
def test_a_prompt_has_at_most_a_token_for_each_byte(text: str, tokens: int) -> None:
    assert Price(1.0, 0.0).most(Question("m", text)) == tokens


def test_a_system_message_and_the_longest_answer_count() -> None:
    assert Price(1.0, 100.0).most(Question("m", "ab", system="c", max_tokens=3)) == 2 + 16 + 1 + 16 + 300


LISTED = {
    "gpt-x": {"input_cost_per_token": 1, "output_cost_per_token": 2, "litellm_provider": "openai"},
    "gemini/g": {"input_cost_per_token": 3, "output_cost_per_token": 4, "litellm_provider": "gemini"},
    "odd": "text",
}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("openai/gpt-x", Price(1.0, 2.0)),
        ("gemini/g", Price(3.0, 4.0)),
        ("other/gpt-x", UNKNOWN),
        ("openai/nothing", UNKNOWN),
        ("openai/odd", UNKNOWN),
        ("odd", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_listed_price_is_found_by_target_or_by_provider_and_name(target: str, expected: Price) -> None:
    assert listed_price(target, LISTED) == expected
