"""Smoke tests of models, over a real socket: what passes, what fails, what is no verdict, and what may cost money."""

import json
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from hubctl.adapters.gateway import Gateway
from hubctl.core import model_list
from hubctl.core.stack import Address
from hubctl.errors import BudgetExceeded, GatewayRefused
from hubctl.operations import smoke
from hubctl.operations.smoke import ChatCheck, SmokeTest
from tests.fakes import GATEWAY, chat
from tests.real_servers import free_port
from tests.servers import Script, drips, drops_at_once, floods, never_answers, reply, routes, serving

MODELS = model_list.read(
    """\
model_list:
  - model_name: llama3.2:3b
    litellm_params: {model: ollama_chat/llama3.2:3b}
  - model_name: gpt
    litellm_params: {model: openai/gpt-x}
  # - model_name: spare
  #   litellm_params: {model: openai/gpt-y}
  - model_name: wrong
  - model_name: mixed
    litellm_params: {model: ollama/x}
  - model_name: mixed
    litellm_params: {model: openai/x}
router_settings:
  model_group_alias: {llama3: llama3.2:3b, best: gpt, lost: nowhere}
""",
    Path("config.yaml"),
)
CHAT = "/v1/chat/completions"
# 23 prompt tokens at most (46 characters), 1024 tokens of answer.
CHEAP = {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}
COST = len(smoke.PROMPT) / 2 * 1e-6 + 1024 * 2e-6


def prices(**infos: object) -> bytes:
    return reply(200, {"data": [{"model_name": name, "model_info": info} for name, info in infos.items()]})


def ask(
    *names: str,
    answers: dict[str, bytes | Script] | None = None,
    script: Script | None = None,
    paid: bool = False,
    budget_usd: float | None = 0.05,
    timeout_s: float = 5,
    key: str = "sk-right",
    seen: list[str] | None = None,
    demo: frozenset[str] = frozenset(),
) -> SmokeTest:
    with serving(script or routes({**GATEWAY, **(answers or {})}, seen)) as address:
        return smoke.run(
            MODELS,
            Gateway(address, key),
            names,
            include_paid=paid,
            budget_usd=budget_usd,
            demo=demo,
            timeout_s=timeout_s,
        )


def one(answer: bytes | Script, timeout_s: float = 5) -> ChatCheck:
    """What is said of one free model that is answered in this way."""
    (check,) = ask("llama3.2:3b", answers={CHAT: answer}, timeout_s=timeout_s).results
    return check


def chats(seen: Sequence[str]) -> list[str]:
    """The models that were asked."""
    return [json.loads(text.partition("\r\n\r\n")[2])["model"] for text in seen if text.startswith(f"POST {CHAT} ")]


def test_a_model_that_answers_passes_with_what_it_said_and_took() -> None:
    headers = {
        "x-litellm-model-name": "ollama_chat/llama3.2:3b",
        "x-litellm-attempted-retries": "1",
        "x-litellm-attempted-fallbacks": "0",
        "x-litellm-response-cost": "0.0",
    }
    check = one(chat("  Yes,\n I am. ", 12, headers))
    assert (check.outcome, check.reason, check.http_status, check.reply) == ("passed", None, 200, "Yes, I am.")
    assert (check.completion_tokens, check.answered_by, check.cost_usd) == (12, "ollama_chat/llama3.2:3b", 0.0)
    assert (check.cached, check.fallback, check.retries) == (False, False, 1)
    assert check.latency_s is not None
    assert check.tokens_per_s is not None
    assert check.tokens_per_s > 12


def test_the_answer_is_shown_shortened() -> None:
    check = one(chat("word " * 1000))
    assert check.reply is not None
    assert len(check.reply) == smoke.REPLY_CHARACTERS


def test_the_model_is_asked_itself_without_cache_fallback_or_retry() -> None:
    seen: list[str] = []
    ask("llama3.2:3b", seen=seen)
    (request,) = seen
    head, _, body = request.partition("\r\n\r\n")
    assert "Authorization: Bearer sk-right" in head
    sent = json.loads(body)
    assert (sent["cache"], sent["disable_fallbacks"], sent["num_retries"]) == (
        {"no-cache": True, "no-store": True},
        True,
        0,
    )
    assert (sent["model"], sent["max_tokens"]) == ("llama3.2:3b", smoke.MAX_TOKENS)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-litellm-response-cost": "nan", "x-litellm-attempted-retries": "inf"},
        {"x-litellm-response-cost": "None", "x-litellm-attempted-retries": "many"},
        {},
    ],
)
def test_headers_that_are_no_numbers_are_unknown(headers: dict[str, str]) -> None:
    check = one(chat(headers=headers))
    assert (check.outcome, check.cost_usd, check.retries) == ("passed", None, 0)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (chat("", 0), "answered 200 with no text in it"),
        (chat(" \n ", 3), "answered 200 with no text in it"),
        (reply(200, {"choices": [{"message": {"content": None}}]}), "answered 200 with no text in it"),
        (reply(200, {"choices": []}), "answered 200 with no text in it"),
        (reply(200, []), "answered 200 with no text in it"),
        (reply(200, b"<html>hello</html>", "text/html"), "answered 200 with no text in it"),
        (reply(200, b""), "answered 200 with no text in it"),
        (reply(200, b"[" * 100_000), "answered 200 with no text in it"),
        (
            reply(500, {"error": {"message": "OllamaException - Cannot connect to host ollama:11434"}}),
            "the gateway does not reach the model's server (Ollama down?): see `hubctl status`",
        ),
        (reply(503, b"<html>\n  upstream is gone\n</html>"), "HTTP 503: <html> upstream is gone </html>"),
        (
            reply(401, {"error": {"message": "litellm.AuthenticationError: OpenAIException - Incorrect API key"}}),
            "the provider refuses the key",
        ),
        (reply(404, {"detail": "Not Found"}), "HTTP 404: {'detail': 'Not Found'}"),
    ],
)
def test_a_gateway_that_answers_without_an_answer_of_the_model_is_a_failure(answer: bytes, reason: str) -> None:
    check = one(answer)
    assert (check.outcome, check.reason) == ("failed", reason)
    assert check.http_status is not None


@pytest.mark.parametrize(
    "answer",
    [
        reply(400, {"error": {"message": "No connected db.", "type": "no_db_connection"}}),
        reply(401, {"error": {"message": "Authentication Error, Invalid proxy server token passed."}}),
    ],
)
def test_a_refused_key_of_our_own_is_no_verdict_on_the_model(answer: bytes) -> None:
    result = ask("llama3.2:3b", answers={CHAT: answer})
    assert result.results[0].outcome == "error"
    assert (
        result.results[0].reason == "the gateway refuses hubctl's key: the running one has another than the hub's files"
    )
    assert result.exit_code == 4


def test_a_gateway_that_is_away_is_no_verdict_on_the_model() -> None:
    gateway = Gateway(Address("127.0.0.1", free_port()), "sk-right")
    result = smoke.run(MODELS, gateway, (), include_paid=False, budget_usd=0.05, demo=frozenset(), timeout_s=5)
    assert {check.outcome for check in result.results} == {"error", "skipped"}
    assert str(result.results[0].reason).startswith("nothing listens at the gateway's address 127.0.0.1:")
    assert str(result.results[0].reason).endswith("`hubctl status` shows what runs")
    assert result.exit_code == 4


def test_a_model_that_hangs_behind_a_living_gateway_fails() -> None:
    check = one(never_answers, timeout_s=0.4)
    assert check.outcome == "failed"
    assert check.reason == "no answer began within 0.4 s; the gateway is alive, so the model hangs"


def test_a_gateway_that_hangs_altogether_is_no_verdict() -> None:
    began = time.monotonic()
    (check,) = ask("llama3.2:3b", script=never_answers, timeout_s=0.4).results
    assert time.monotonic() - began < 1.5
    assert check.outcome == "error"
    assert check.reason == "no answer began within 0.4 s; the gateway itself does not answer either"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def begins(first: bytes, then: Script) -> Script:
    def script(peer: socket.socket) -> None:
        peer.sendall(first)
        then(peer)

    return script


TOO_LATE = "the answer began and did not end in time"
NONE_BEGAN = "no answer began within 0.5 s; the gateway is alive, so the model hangs"
BROKE_OFF = "the answer began and broke off before its end"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (begins(HEAD + b"Content-Length: 1000000\r\n\r\n", drips(b" ")), TOO_LATE),
        (
            begins(HEAD, drips(b"X-More: 1\r\n")),
            "no answer began within 0.5 s; the gateway is alive, so the model hangs",
        ),
        (begins(HEAD + b"Content-Length: 9\r\n\r\n{", never_answers), TOO_LATE),
    ],
    ids=["a body that drips", "headers that drip", "a body that stops"],
)
def test_the_time_limit_is_for_the_whole_answer(answer: Script, reason: str) -> None:
    began = time.monotonic()
    check = one(answer, timeout_s=0.5)
    assert time.monotonic() - began < 1.5
    assert (check.outcome, check.reason) == ("failed", reason)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (drops_at_once, "gave no usable answer"),
        (begins(b"SSH-2.0-OpenSSH_9.6\r\n", drops_at_once), "gave no usable answer"),
    ],
    ids=["drops", "is no HTTP"],
)
def test_what_is_no_usable_answer_is_no_verdict(answer: Script, reason: str) -> None:
    check = one(answer)
    assert check.outcome == "error"
    assert reason in str(check.reason)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            begins(HEAD + b"Content-Length: 1000\r\n\r\n{", drops_at_once),
            "the answer began and broke off before its end",
        ),
        (
            begins(HEAD + b"Content-Length: 50000000\r\n\r\n", floods(b" " * 1_000_000, 50)),
            "the answer began and is larger than its tokens can be: no chat completion",
        ),
    ],
    ids=["drops half-way", "50 MB"],
)
def test_an_answer_that_begins_and_is_none_is_a_failure(answer: Script, reason: str) -> None:
    check = one(answer)
    assert (check.outcome, check.reason) == ("failed", reason)


@pytest.mark.parametrize("key", ["sk-secret\n", " sk-secret", "sk-sécret", "sk-secret\x00"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(key: str) -> None:
    seen: list[str] = []
    with pytest.raises(GatewayRefused, match="characters that no HTTP header can carry") as caught:
        ask("llama3.2:3b", key=key, seen=seen)
    assert seen == []
    shown = f"{caught.value!r} {caught.value.hint} {caught.value.__context__!r}"
    assert "secret" not in shown
    assert "cret" not in shown


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("llama3.2", "the config has no such model; near: llama3, llama3.2:3b; see `hubctl models`"),
        ("zzz", "the config has no such model; see `hubctl models`"),
        ("spare", "its entry in the config is commented out (line 6)"),
        ("wrong", "its entry in the config is broken (line 8)"),
        ("lost", "it is an alias of nowhere, which is no active model; see `hubctl models`"),
    ],
)
def test_a_name_that_cannot_be_asked_fails_with_the_reason_and_is_not_asked(name: str, reason: str) -> None:
    seen: list[str] = []
    result = ask(name, seen=seen)
    assert [(check.outcome, check.reason) for check in result.results] == [("failed", reason)]
    assert (seen, result.exit_code) == ([], 1)


def test_without_names_every_free_model_is_asked_and_the_paid_ones_are_skipped() -> None:
    seen: list[str] = []
    result = ask(seen=seen)
    assert [(check.model, check.outcome) for check in result.results] == [
        ("llama3.2:3b", "passed"),
        ("llama3", "passed"),
        ("gpt", "skipped"),
        ("mixed", "skipped"),
        ("best", "skipped"),
    ]
    assert chats(seen) == ["llama3.2:3b", "llama3"]
    assert result.results[2].reason == "asking it costs money: name it, or add --paid"
    assert (result.passed, result.failed, result.errors, result.skipped, result.exit_code) == (2, 0, 0, 3, 0)


def test_named_models_alone_are_asked_each_once() -> None:
    seen: list[str] = []
    result = ask("llama3", "llama3", seen=seen)
    assert (chats(seen), result.skipped) == (["llama3"], 0)


@pytest.mark.parametrize("name", ["gpt", "best", "mixed"])
def test_a_paid_model_is_asked_when_it_is_named_and_within_the_budget(name: str) -> None:
    seen: list[str] = []
    result = ask(name, answers={"/model/info": prices(gpt=CHEAP, mixed=CHEAP)}, seen=seen)
    assert (chats(seen), result.exit_code) == ([name], 0)


def test_paid_adds_every_paid_model() -> None:
    seen: list[str] = []
    ask(paid=True, answers={"/model/info": prices(gpt=CHEAP, mixed=CHEAP)}, seen=seen)
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


@pytest.mark.parametrize("info", UNKNOWN[:2])
def test_without_a_budget_the_price_is_not_even_asked_for(info: bytes) -> None:
    seen: list[str] = []
    assert ask("gpt", answers={"/model/info": info}, budget_usd=None, seen=seen).exit_code == 0
    assert [request.split()[1] for request in seen] == [CHAT]


@pytest.mark.parametrize("answer", [reply(401, {}), reply(200, []), reply(200, b"?"), reply(200, {"data": None})])
def test_prices_that_are_not_to_be_had_are_one_clear_error(answer: bytes) -> None:
    seen: list[str] = []
    with pytest.raises(GatewayRefused, match="did not tell its prices"):
        ask("gpt", answers={"/model/info": answer}, seen=seen)
    assert chats(seen) == []


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (["passed"], 0),
        (["passed", "skipped"], 0),
        (["passed", "failed"], 1),
        (["failed", "error"], 1),
        (["passed", "error"], 4),
        (["error"], 4),
        (["skipped"], 4),
        ([], 4),
    ],
)
def test_the_exit_code_is_1_for_a_failure_else_4_where_there_is_no_verdict(outcomes: list[str], code: int) -> None:
    count = outcomes.count
    assert SmokeTest((), count("passed"), count("failed"), count("error"), count("skipped")).exit_code == code


def test_canned_answers_are_told_whatever_the_outcome() -> None:
    result = ask("llama3.2:3b", "llama3", demo=frozenset({"llama3"}))
    assert [check.demo for check in result.results] == [False, True]
    failed = ask("llama3", demo=frozenset({"llama3"}), answers={CHAT: reply(500, {})})
    assert (failed.results[0].outcome, failed.results[0].demo) == ("failed", True)
