"""What a smoke test may cost, and what it did: over a real socket, counting what the gateway was asked."""

import json
from typing import Any

import pytest

from hubctl.core.gateway.chat import MAX_TOKENS, Question
from hubctl.core.gateway.money import TOKENS_PER_MESSAGE
from hubctl.errors import BudgetExceeded, GatewayRefused
from hubctl.operations.smoke.call import PROMPT
from hubctl.operations.smoke.verdict import Expected
from tests.asking import CHAT, ask, chats, prices
from tests.fakes import chat
from tests.servers import Script, reply

CHEAP = {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}
COST = (len(PROMPT) + TOKENS_PER_MESSAGE) * 1e-6 + MAX_TOKENS * 2e-6
LIST = "/public/litellm_model_cost_map"


@pytest.mark.parametrize("name", ["gpt", "best", "mixed"])
def test_a_paid_model_is_asked_when_it_is_named_and_within_the_budget(name: str) -> None:
    seen: list[str] = []
    result = ask(name, answers={"/model/info": prices(gpt=CHEAP, mixed=CHEAP)}, seen=seen)
    assert (chats(seen), result.exit_code) == ([name], 0)


def test_paid_adds_every_paid_model() -> None:
    seen: list[str] = []
    ask(include_paid=True, answers={"/model/info": prices(gpt=CHEAP, mixed=CHEAP)}, seen=seen)
    assert chats(seen) == ["llama3.2:3b", "gpt", "mixed", "llama3", "best"]


def test_free_models_are_asked_without_asking_for_prices() -> None:
    seen: list[str] = []
    ask("llama3", seen=seen)
    assert [request.split()[1] for request in seen] == [CHAT]


@pytest.mark.parametrize("names", [("gpt",), ("llama3.2:3b", "gpt")])
def test_over_the_budget_nothing_is_asked_at_all(names: tuple[str, ...]) -> None:
    seen: list[str] = []
    with pytest.raises(BudgetExceeded, match=r"up to 0.0021 USD, more than the budget of 0.001 USD; nothing was asked"):
        ask(*names, answers={"/model/info": prices(gpt=CHEAP)}, budget_usd=0.001, seen=seen)
    assert chats(seen) == []


def test_the_budget_is_for_all_models_of_a_run_together() -> None:
    infos = prices(gpt=CHEAP, mixed=CHEAP)
    assert ask("gpt", answers={"/model/info": infos}, budget_usd=COST * 1.01).exit_code == 0
    with pytest.raises(BudgetExceeded):
        ask("gpt", "mixed", answers={"/model/info": infos}, budget_usd=COST * 1.01)
    assert ask("gpt", "mixed", answers={"/model/info": infos}, budget_usd=COST * 2.01).exit_code == 0


def test_of_several_deployments_the_dearest_counts() -> None:
    dear = {"input_cost_per_token": 1, "output_cost_per_token": 1}
    both = [{"model_name": "gpt", "model_info": info} for info in (CHEAP, dear)]
    with pytest.raises(BudgetExceeded, match="more than the budget"):
        ask("gpt", answers={"/model/info": reply(200, {"data": both})})


def test_the_budget_that_the_message_names_is_enough() -> None:
    answers: dict[str, bytes | Script] = {"/model/info": prices(gpt=CHEAP)}
    with pytest.raises(BudgetExceeded) as caught:
        ask("gpt", answers=answers, budget_usd=0)
    named = float(str(caught.value.hint).rpartition("--budget ")[2].strip("`"))
    assert ask("gpt", answers=answers, budget_usd=named).exit_code == 0


UNKNOWN = [
    prices(),
    prices(gpt={}),
    prices(gpt=None),
    prices(gpt={"input_cost_per_token": None, "output_cost_per_token": None}),
    prices(gpt={"input_cost_per_token": 0.1}),
    prices(gpt={"input_cost_per_token": "0.1", "output_cost_per_token": "0.1"}),
    prices(gpt={"input_cost_per_token": -1, "output_cost_per_token": 0}),
    reply(200, {"data": [{"model_name": "gpt"}, {"model_name": "gpt", "model_info": CHEAP}]}),
    reply(200, {"data": ["gpt", 5, None]}),
]


@pytest.mark.parametrize("info", UNKNOWN)
def test_a_paid_model_without_a_known_price_is_refused_and_not_asked(info: bytes) -> None:
    seen: list[str] = []
    with pytest.raises(BudgetExceeded, match="knows no price for gpt") as caught:
        ask("gpt", answers={"/model/info": info}, seen=seen)
    assert chats(seen) == []
    assert caught.value.hint == "`--budget none` asks it all the same"


@pytest.mark.parametrize("info", [*UNKNOWN[:2], reply(401, {}), reply(200, b"?")])
def test_without_a_budget_an_unknown_price_leaves_the_cost_unknown(info: bytes) -> None:
    seen: list[str] = []
    result = ask("gpt", answers={"/model/info": info}, budget_usd=None, seen=seen)
    assert (chats(seen), result.exit_code, result.results[0].cost_usd) == (["gpt"], 0, None)


@pytest.mark.parametrize("answer", [reply(401, {}), reply(200, []), reply(200, b"?"), reply(200, {"data": None})])
def test_prices_that_are_not_to_be_had_are_one_clear_error(answer: bytes) -> None:
    seen: list[str] = []
    with pytest.raises(GatewayRefused, match="did not tell its prices"):
        ask("gpt", answers={"/model/info": answer}, seen=seen)
    assert chats(seen) == []


def test_a_price_that_only_litellms_own_list_has_counts() -> None:
    listed = reply(200, {"gpt-x": {**CHEAP, "litellm_provider": "openai"}})
    answers: dict[str, bytes | Script] = {"/model/info": prices(gpt={}), LIST: listed}
    assert ask("gpt", answers=answers, budget_usd=COST * 1.01).exit_code == 0
    with pytest.raises(BudgetExceeded, match="more than the budget"):
        ask("gpt", answers=answers, budget_usd=COST * 0.99)


def test_a_price_in_that_list_is_not_taken_from_another_provider() -> None:
    listed = reply(200, {"gpt-x": {**CHEAP, "litellm_provider": "other"}})
    with pytest.raises(BudgetExceeded, match="knows no price for gpt"):
        ask("gpt", answers={"/model/info": prices(gpt={}), LIST: listed})


@pytest.mark.parametrize(("plan", "times"), [({"repeat": 3}, 3), ({"retries": 2}, 3), ({"repeat": 2, "retries": 1}, 4)])
def test_every_call_that_may_be_made_counts(plan: dict[str, Any], times: int) -> None:
    answers: dict[str, bytes | Script] = {"/model/info": prices(gpt=CHEAP)}
    with pytest.raises(BudgetExceeded):
        ask("gpt", answers=answers, budget_usd=COST * times * 0.99, **plan)
    assert ask("gpt", answers=answers, budget_usd=COST * times * 1.01, **plan).exit_code == 0


def test_prompt_system_message_and_token_limit_count() -> None:
    question = Question("", "é" * 100, "s" * 50, max_tokens=10)
    most_usd = (200 + 50 + 2 * TOKENS_PER_MESSAGE) * 1e-6 + 10 * 2e-6
    answers: dict[str, bytes | Script] = {"/model/info": prices(gpt=CHEAP)}
    with pytest.raises(BudgetExceeded):
        ask("gpt", answers=answers, budget_usd=most_usd * 0.99, question=question)
    assert ask("gpt", answers=answers, budget_usd=most_usd * 1.01, question=question).exit_code == 0


THROUGH = Question("", PROMPT, through_fallbacks=True)
DEAR = {"input_cost_per_token": 1e-3, "output_cost_per_token": 1e-3}


def test_through_fallbacks_the_dearest_one_counts() -> None:
    answers: dict[str, bytes | Script] = {"/model/info": prices(gpt=CHEAP, mixed=DEAR)}
    assert ask("gpt", answers=answers, question=THROUGH).exit_code == 0
    with pytest.raises(BudgetExceeded, match="more than the budget"):
        ask("gpt", answers=answers, question=THROUGH, fallbacks="[{gpt: [llama3]}, {llama3.2:3b: [mixed]}]")
    assert ask("gpt", answers=answers, fallbacks="[{gpt: [mixed]}]").exit_code == 0


def test_a_free_model_that_falls_back_to_a_paid_one_is_paid_through_fallbacks() -> None:
    seen: list[str] = []
    result = ask(question=THROUGH, seen=seen, fallbacks="[{llama3.2:3b: [gpt]}]")
    assert (chats(seen), result.skipped, result.exit_code) == ([], 5, 4)
    assert str(result.results[0].reason).startswith("asking it, or a fallback of it, costs money")


def test_a_fallback_that_nobody_knows_the_price_of_is_refused() -> None:
    with pytest.raises(BudgetExceeded, match="knows no price for ghost"):
        ask("llama3", answers={"/model/info": prices()}, question=THROUGH, fallbacks="[{llama3.2:3b: [ghost]}]")


def spent(answer: bytes, *, name: str = "gpt", info: object = CHEAP) -> float | None:
    result = ask(name, answers={CHAT: answer, "/model/info": prices(gpt=info)}, budget_usd=None)
    return result.results[0].cost_usd


def streamed(*, headers: str = "", usage: object = None) -> bytes:
    events = [{"choices": [{"delta": {"content": "hi"}}]}, {"choices": [], "usage": usage}]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{headers}\r\n{body}".encode()


USAGE = {"prompt_tokens": 100, "completion_tokens": 10}


@pytest.mark.parametrize(
    ("answer", "usd"),
    [
        (chat(headers={"x-litellm-response-cost": "0.019"}), 0.019),
        (chat(headers={"x-litellm-response-cost": "nan"}), None),
        (chat(headers={"x-litellm-response-cost": "0.019", "x-litellm-cache-key": "a"}), 0.0),
        (streamed(usage=USAGE), pytest.approx(1.2e-4)),
        (streamed(usage=USAGE, headers="x-litellm-response-cost-original: 0.0\r\n"), pytest.approx(1.2e-4)),
        (streamed(usage=USAGE, headers="x-litellm-cache-key: a\r\n"), 0.0),
        (streamed(), None),
        (reply(500, {"error": {"message": "no"}}), None),
    ],
    ids=["told", "no number", "cached", "streamed", "streamed, told 0", "streamed, cached", "no usage", "refused"],
)
def test_the_real_cost_is_what_was_used_and_never_that_of_a_cached_answer(answer: bytes, usd: object) -> None:
    assert spent(answer) == usd


def test_a_free_model_costs_nothing_whatever_the_gateway_says() -> None:
    assert spent(chat(headers={"x-litellm-response-cost": "0.019"}), name="llama3") == 0.0


def test_of_several_deployments_the_one_that_answered_counts() -> None:
    both = [{"model_name": "gpt", "model_info": {**info, "id": name}} for name, info in (("a", DEAR), ("b", CHEAP))]
    answers: dict[str, bytes | Script] = {
        "/model/info": reply(200, {"data": both}),
        CHAT: streamed(usage=USAGE, headers="x-litellm-model-id: b\r\n"),
    }
    (check,) = ask("gpt", answers=answers, budget_usd=None).results
    assert check.cost_usd == pytest.approx(1.2e-4)


def test_of_several_runs_the_costs_add_up() -> None:
    answers: dict[str, bytes | Script] = {CHAT: streamed(usage=USAGE), "/model/info": prices(gpt=CHEAP)}
    (check,) = ask("gpt", answers=answers, repeat=3).results
    assert check.cost_usd == pytest.approx(3.6e-4)


def test_a_try_that_did_not_pass_costs_too() -> None:
    answers: dict[str, bytes | Script] = {CHAT: streamed(usage=USAGE), "/model/info": prices(gpt=CHEAP)}
    (check,) = ask("gpt", answers=answers, retries=2, expected=Expected("never said")).results
    assert check.outcome == "failed"
    assert check.cost_usd == pytest.approx(3.6e-4)
