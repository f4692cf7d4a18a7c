"""Smoke tests of models, over a real socket: what passes, what fails, what is no verdict, and what may cost money."""

import json
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from hubctl.adapters.gateway.client import Gateway
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.chat import MAX_TOKENS, Question
from hubctl.errors import GatewayLost, GatewayRefused, NotReady
from hubctl.operations.smoke import run
from hubctl.operations.smoke.call import Plan
from hubctl.operations.smoke.run import SmokeTest
from hubctl.operations.smoke.verdict import REPLY_CHARACTERS, ChatCheck
from tests.asking import CHAT, ask, chats, names
from tests.fakes import GATEWAY, chat
from tests.losing import lost_after
from tests.real_servers import free_port
from tests.servers import (
    Script,
    drips,
    drops_at_once,
    floods,
    never_answers,
    reply,
    requested,
    routes,
    serving,
)

BARE = reply(500, b"Internal Server Error", "text/plain")


def one(answer: bytes | Script, timeout_s: float = 5, **plan: Any) -> ChatCheck:
    """What is said of one free model that is answered in this way."""
    (check,) = ask("llama3.2:3b", answers={CHAT: answer}, timeout_s=timeout_s, **plan).results
    return check


def test_a_model_that_answers_passes_with_what_it_said_and_took() -> None:
    headers = {
        "x-litellm-model-name": "ollama_chat/llama3.2:3b",
        "x-litellm-attempted-retries": "0",
        "x-litellm-attempted-fallbacks": "0",
        "x-litellm-response-cost": "0.0",
    }
    check = one(chat("  Yes,\n I am. ", 12, headers))
    assert (check.outcome, check.reason, check.http_status, check.reply) == ("passed", None, 200, "Yes, I am.")
    assert (check.completion_tokens, check.answered_by, check.cost_usd) == (12, "ollama_chat/llama3.2:3b", 0.0)
    assert (check.cached, check.fallback, check.retries, check.runs) == (False, False, 0, 1)
    assert check.latency_s is not None
    assert check.tokens_per_s is not None
    assert check.tokens_per_s > 12


def test_the_answer_is_shown_shortened() -> None:
    check = one(chat("word " * 1000))
    assert check.reply is not None
    assert len(check.reply) == REPLY_CHARACTERS


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
    assert (sent["model"], sent["max_tokens"]) == ("llama3.2:3b", MAX_TOKENS)


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
    assert (check.outcome, check.retries) == ("passed", 0)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (chat("", 0), "answered 200 with no text in it"),
        (chat(" \n ", 3), "answered 200 with no text in it"),
        (reply(200, {"choices": [{"message": {"content": None}}]}), "answered 200 with no text in it"),
        (reply(200, {"choices": []}), "answered 200 with no text in it"),
        (reply(200, []), "answered 200 with no text in it"),
        (
            reply(200, b"<html>\nhello</html>", "text/html"),
            "answered 200 with what is no chat completion: '<html> hello</html>'",
        ),
        (reply(200, b""), "answered 200 with what is no chat completion: ''"),
        (reply(200, b"[" * 100_000), f"answered 200 with what is no chat completion: '{'[' * 80}'"),
        (
            reply(500, {"error": {"message": "OllamaException - Cannot connect to host ollama:11434"}}),
            "the gateway does not reach the model's server (Ollama down?): see `hubctl doctor`",
        ),
        (reply(503, b"<html>\n  upstream is gone\n</html>"), "HTTP 503: <html> upstream is gone </html>"),
        (
            reply(401, {"error": {"message": "litellm.AuthenticationError: OpenAIException - Incorrect API key"}}),
            "the provider refuses the key: `hubctl provider set-key` takes another one",
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
    assert result.results[0].reason == "the gateway refuses hubctl's key: not the one of its files: see `hubctl doctor`"
    assert result.exit_code == 4


def test_a_gateway_that_is_away_is_no_verdict_on_the_model() -> None:
    gateway = Gateway(Address("127.0.0.1", free_port()), "sk-right")
    result = run.run(names(), gateway, (), Plan())
    assert {check.outcome for check in result.results} == {"error", "skipped"}
    assert str(result.results[0].reason).startswith("nothing listens at the gateway's address 127.0.0.1:")
    assert str(result.results[0].reason).endswith("`hubctl status` shows what runs")
    assert result.exit_code == 4


def test_a_model_that_hangs_behind_a_living_gateway_fails() -> None:
    check = one(never_answers, timeout_s=0.4)
    assert check.outcome == "failed"
    assert check.reason == NONE_BEGAN.replace("0.5", "0.4")


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


TOO_LATE = "the answer began and did not end in time, before any text: allow more --timeout, or fewer --max-tokens"
BROKE_OFF = "the answer broke off before any text: the model's server or the gateway dropped it, see `hubctl logs`"
NONE_BEGAN = (
    "no answer began within 0.5 s; the gateway is alive, so the model hangs: see its server, or allow more --timeout"
)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (begins(HEAD + b"Content-Length: 1000000\r\n\r\n", drips(b" ")), TOO_LATE),
        (begins(HEAD, drips(b"X-More: 1\r\n")), NONE_BEGAN),
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
            BROKE_OFF,
        ),
        (
            begins(HEAD + b"Content-Length: 50000000\r\n\r\n", floods(b" " * 1_000_000, 50)),
            "the answer is larger than 1024 tokens can be: the model ignores the limit",
        ),
    ],
    ids=["drops half-way", "50 MB"],
)
def test_an_answer_that_begins_and_is_none_is_a_failure(answer: Script, reason: str) -> None:
    check = one(answer)
    assert (check.outcome, check.reason) == ("failed", reason)


@pytest.mark.parametrize("listing", [BARE, reply(401, {"error": {"message": "No api key passed in."}})])
def test_no_key_for_a_gateway_that_wants_one_is_no_verdict_on_the_model(listing: bytes) -> None:
    result = ask("llama3.2:3b", answers={CHAT: BARE, "/v1/models": listing}, key=None)
    (check,) = result.results
    assert (check.outcome, result.exit_code) == ("error", 4)
    assert check.reason == "the gateway wants a key and hubctl knows none: see `hubctl doctor`"


def test_a_model_that_fails_behind_a_gateway_that_wants_no_key_has_failed() -> None:
    (check,) = ask("llama3.2:3b", answers={CHAT: BARE}, key=None).results
    assert (check.outcome, check.reason) == ("failed", "HTTP 500: Internal Server Error")


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
        ("spare", "its entry is commented out (line 6): `hubctl models enable spare`"),
        ("wrong", "its entry in the config is broken (line 8): see `hubctl config check`"),
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


def test_a_gateway_that_goes_away_in_the_middle_is_no_verdict() -> None:
    requests: list[str] = []

    def dies(peer: socket.socket) -> None:
        requests.append(requested(peer))
        if len(requests) == 1:
            peer.sendall(HEAD.replace(b"application/json", b"text/event-stream") + b"\r\n")

    (check,) = ask("llama3.2:3b", script=dies).results
    assert check.outcome == "error"
    assert check.reason == "the gateway went away in the middle of the answer: `hubctl logs` shows why"


def in_turn(*answers: bytes) -> Script:
    """Answer with the next one at every request; the last one stays."""
    left = list(answers)

    def script(peer: socket.socket) -> None:
        peer.sendall(left.pop(0) if len(left) > 1 else left[0])

    return script


FAILED = reply(500, {"error": {"message": "out of memory"}})


def test_a_retry_that_passes_says_so() -> None:
    check = one(in_turn(FAILED, chat()), retries=2)
    assert (check.outcome, check.retries, check.runs) == ("passed", 1, 1)
    assert check.reason == "passed at try 2; the one before: HTTP 500: out of memory"


def test_retries_that_do_not_help_are_counted_and_told() -> None:
    check = one(in_turn(FAILED), retries=1)
    assert (check.outcome, check.retries, check.reason) == (
        "failed",
        1,
        "HTTP 500: out of memory (the last of 2 tries)",
    )


def test_nothing_is_asked_again_by_itself() -> None:
    assert one(in_turn(FAILED, chat())).outcome == "failed"


def cooldown(seconds: str) -> bytes:
    body = json.dumps({"error": {"message": "No deployments available for selected model, Try again"}})
    head = f"HTTP/1.1 429 Some Reason\r\nContent-Length: {len(body)}\r\nretry-after: {seconds}\r\n\r\n"
    return head.encode() + body.encode()


def test_a_cooldown_is_waited_out_to_see_the_cause_behind_it() -> None:
    began = time.monotonic()
    check = one(in_turn(cooldown("0.3"), FAILED))
    assert (check.outcome, check.reason) == ("failed", "HTTP 500: out of memory")
    assert time.monotonic() - began > 0.3


def test_a_cooldown_is_waited_out_once_alone() -> None:
    check = one(in_turn(cooldown("0.1")))
    assert check.outcome == "failed"
    assert check.reason == "cooling down after an earlier failure: ask again in 5 s to see the cause"


@pytest.mark.parametrize("seconds", ["60", "soon", ""])
def test_a_cooldown_longer_than_there_is_time_is_told(seconds: str) -> None:
    began = time.monotonic()
    check = one(in_turn(cooldown(seconds), chat()), timeout_s=3)
    assert str(check.reason).startswith("cooling down")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("seconds", ["-5", "0"])
def test_a_cooldown_that_is_over_is_asked_through(seconds: str) -> None:
    assert one(in_turn(cooldown(seconds), chat()), timeout_s=6).outcome == "passed"


def test_of_several_runs_median_and_worst_are_told_and_all_must_pass() -> None:
    check = one(chat("hi", 7), repeat=3)
    assert (check.outcome, check.reason, check.runs) == ("passed", None, 3)
    assert check.latency_s is not None
    assert check.worst_latency_s is not None
    assert check.latency_s <= check.worst_latency_s


def test_one_bad_run_of_several_fails_the_model() -> None:
    check = one(in_turn(chat(), FAILED, chat()), repeat=4)
    assert (check.outcome, check.reason, check.runs) == ("failed", "1 of 4 times: HTTP 500: out of memory", 4)


def test_fail_fast_asks_no_more_models_after_one_that_did_not_pass() -> None:
    seen: list[str] = []
    result = ask(seen=seen, answers={CHAT: FAILED}, fail_fast=True)
    assert [check.outcome for check in result.results[:2]] == ["failed", "skipped"]
    assert result.results[1].reason == "not asked, because llama3.2:3b failed (--fail-fast)"
    assert result.exit_code == 1


def test_fail_fast_counts_a_name_that_cannot_be_asked() -> None:
    seen: list[str] = []
    result = ask("nosuch", "llama3", seen=seen, fail_fast=True)
    assert [check.outcome for check in result.results] == ["failed", "skipped"]
    assert chats(seen) == []


def test_jobs_ask_models_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=5)

    def answer(peer: socket.socket) -> None:
        requested(peer)
        with suppress(threading.BrokenBarrierError):
            together.wait()
            peer.sendall(chat())

    with serving(answer) as address:
        result = run.run(names(), Gateway(address, None), (), Plan(jobs=2, timeout_s=9))
    assert [(check.model, check.outcome) for check in result.results[:2]] == [
        ("llama3.2:3b", "passed"),
        ("llama3", "passed"),
    ]


def test_the_question_is_asked_as_it_was_put() -> None:
    seen: list[str] = []
    question = Question("", "2+2?", "Be brief.", 9, 0.5, stream=False, allow_cached=True, through_fallbacks=True)
    ask("llama3", question=question, seen=seen)
    assert json.loads(seen[0].partition("\r\n\r\n")[2]) == {
        "model": "llama3",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}],
        "max_tokens": 9,
        "temperature": 0.5,
    }


def test_a_gateway_that_is_ready_is_not_waited_for() -> None:
    with serving(routes(GATEWAY)) as address:
        run.wait(Gateway(address, "sk-right"), timeout_s=5)


def test_a_gateway_that_refuses_hubctls_key_is_not_waited_for() -> None:
    with serving(routes({**GATEWAY, "/v1/models": reply(401, {})})) as address:
        run.wait(Gateway(address, "sk-wrong"), timeout_s=5)


def test_a_gateway_that_starts_meanwhile_is_waited_for() -> None:
    tries: list[str] = []

    def starts(peer: socket.socket) -> None:
        if len(tries) >= 3:
            routes(GATEWAY, tries)(peer)
        else:
            tries.append(requested(peer))

    with serving(starts) as address:
        run.wait(Gateway(address, None), timeout_s=10)
    assert len(tries) > 3


def test_a_gateway_that_never_gets_ready_is_not_waited_for_longer_than_said() -> None:
    gateway = Gateway(Address("127.0.0.1", free_port()), None)
    began = time.monotonic()
    with pytest.raises(NotReady, match=r"was not ready within 0.6 s: nothing listens") as caught:
        run.wait(gateway, timeout_s=0.6)
    assert "`hubctl logs`" in str(caught.value.hint)
    assert time.monotonic() - began < 2


def test_once_the_gateway_is_lost_nobody_asks_again_and_what_was_answered_stands() -> None:
    with lost_after(3) as (address, loss):
        result = run.run(names(), Gateway(address, "sk-right"), ["llama3.2:3b", "llama3"], Plan(repeat=5, retries=3))
    lost, unasked = result.results
    assert loss.answered == [CHAT] * 3
    assert loss.stolen == []
    assert (lost.outcome, lost.runs, lost.latency_s is not None) == ("error", 4, True)
    assert lost.reason is not None
    assert lost.reason.startswith(f"1 of 4 times: {address} is not known to be this hub's gateway any more")
    assert (unasked.outcome, unasked.reason) == ("error", "not asked: the gateway was lost before")
    assert result.exit_code == 4


def test_a_model_that_failed_before_has_failed_and_the_loss_is_told_too() -> None:
    with lost_after(1, {CHAT: chat("")}) as (address, loss):
        (check,) = run.run(names(), Gateway(address, "sk-right"), ["llama3.2:3b"], Plan(repeat=5)).results
    assert loss.stolen == []
    assert (check.outcome, check.runs) == ("failed", 2)
    assert f"; then {address} is not known to be this hub's gateway any more" in (check.reason or "")


def test_nor_does_anybody_of_those_who_are_at_it_beside() -> None:
    with lost_after(5) as (address, _):
        result = run.run(
            names(), Gateway(address, "sk-right"), ["llama3.2:3b", "llama3"], Plan(repeat=500, retries=3, jobs=2)
        )
    assert {check.outcome for check in result.results} == {"error"}
    assert sum(check.runs or 0 for check in result.results) < 10


def test_prices_that_are_asked_for_once_it_is_lost_are_an_error_and_no_call() -> None:
    with lost_after(0) as (address, loss), pytest.raises(GatewayLost):
        run.run(names(), Gateway(address, "sk-right"), ["gpt"], Plan())
    assert loss.stolen == []
