"""What replies say of the model that was asked: a table of replies and verdicts."""

from typing import Any

import pytest

from hubctl.adapters.gateway.answer import Reply
from hubctl.core.gateway.chat import Chat, Question
from hubctl.operations.smoke.verdict import ChatCheck, Expected, combined, judge

YES = Chat("Yes, I am.", completion_tokens=5)
CACHED = {"x-litellm-cache-key": "litellm:abc"}
FALLEN = {"x-litellm-attempted-fallbacks": "1", "x-litellm-model-name": "ollama/spare"}


def judged(
    chat: Chat = YES,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    latency_s: float = 2.0,
    ttft_s: float | None = 0.5,
    ending: Any = "whole",
    expected: Expected | None = None,
    cost_usd: float | None = None,
    **question: Any,
) -> ChatCheck:
    reply = Reply(status, headers or {}, chat, latency_s, ttft_s, ending)
    return judge(reply, Question("m", "hi", **question), expected or Expected(), cost_usd=cost_usd)


def test_an_answer_passes_with_its_figures() -> None:
    check = judged(headers={"x-litellm-model-name": "ollama/m"}, cost_usd=0.5)
    assert check == ChatCheck(
        "m",
        "passed",
        None,
        http_status=200,
        latency_s=2.0,
        ttft_s=0.5,
        completion_tokens=5,
        tokens_per_s=2.5,
        answered_by="ollama/m",
        cached=False,
        fallback=False,
        retries=0,
        cost_usd=0.5,
        reply="Yes, I am.",
        runs=1,
        worst_latency_s=2.0,
        worst_ttft_s=0.5,
    )


HI = Chat("Hi")
TABLE: list[tuple[str, dict[str, Any], str]] = [
    ("nothing", {"chat": Chat()}, "answered 200 with no text in it"),
    ("spaces", {"chat": Chat(" \n")}, "answered 200 with no text in it"),
    (
        "reasoning alone",
        {"chat": Chat(thought="hm", completion_tokens=9)},
        "no visible text: 9 tokens went into reasoning, allow more with --max-tokens",
    ),
    (
        "cut before any text",
        {"chat": Chat(finish_reason="length")},
        "no visible text: all tokens went into reasoning, allow more with --max-tokens",
    ),
    (
        "filtered",
        {"chat": Chat(finish_reason="content_filter")},
        "the provider's content filter withheld the answer",
    ),
    (
        "an error in the stream",
        {"chat": Chat("Hi", error="litellm.RateLimitError: no")},
        "an error after 2 characters: refused by the provider's rate limit: ask again later",
    ),
    (
        "an error instead of text",
        {"chat": Chat(error="boom")},
        "an error before any text: boom",
    ),
    (
        "broke off",
        {"chat": HI, "ending": "broke off"},
        "the answer broke off after 2 characters: the model's server or the gateway dropped it, see `hubctl logs`",
    ),
    (
        "too late",
        {"chat": HI, "ending": "too late"},
        "the answer began and did not end in time, after 2 characters: allow more --timeout, or fewer --max-tokens",
    ),
    (
        "too large",
        {"ending": "too large", "max_tokens": 7},
        "the answer is larger than 7 tokens can be: the model ignores the limit",
    ),
    ("no JSON", {"chat": Chat(garbled="<a>\n")}, "answered 200 with what is no chat completion: '<a>'"),
    ("a cache", {"headers": CACHED}, "a cache answered, so nothing is known of the model"),
    ("a fallback", {"headers": FALLEN}, "a fallback answered (ollama/spare), so m itself failed"),
    (
        "another model",
        {"headers": {"x-litellm-model-name": "openai/b"}, "expected": Expected(targets=frozenset({"openai/a"}))},
        "openai/b answered, but the config says openai/a: has the gateway read it? `hubctl restart`",
    ),
    ("unexpected", {"expected": Expected(text="42")}, "the answer does not contain '42'"),
    ("slow", {"expected": Expected(max_latency_s=1.5)}, "took 2.00 s, longer than --max-latency 1.5"),
    ("refused", {"status": 500, "chat": Chat(error="boom")}, "HTTP 500: boom"),
]


@pytest.mark.parametrize(("reply", "reason"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_no_good_answer_fails_with_the_reason(reply: dict[str, Any], reason: str) -> None:
    check = judged(**reply)
    assert (check.outcome, check.reason) == ("failed", reason)


def test_hubctls_own_key_refused_is_no_verdict() -> None:
    assert judged(Chat(error="No connected db."), status=400).outcome == "error"


@pytest.mark.parametrize(
    ("answered_by", "targets"),
    [
        ("openai/a", {"openai/a"}),
        ("openai/a", {"openai/b", "openai/a"}),
        ("a", {"openai/a"}),
        ("openai/a", {"a"}),
        ("openai/a", {"os.environ/MODEL"}),
        ("openai/a", set()),
        (None, {"openai/b"}),
    ],
)
def test_an_answer_of_the_models_own_target_passes(answered_by: str | None, targets: set[str]) -> None:
    headers = {"x-litellm-model-name": answered_by} if answered_by else {}
    assert judged(headers=headers, expected=Expected(targets=frozenset(targets))).outcome == "passed"


@pytest.mark.parametrize(
    ("headers", "question", "remark"),
    [
        (FALLEN, {"through_fallbacks": True}, "a fallback answered (ollama/spare): the model itself failed"),
        (CACHED, {"allow_cached": True}, "answered by the cache"),
        ({"x-litellm-attempted-retries": "2"}, {}, "answered after 2 retries of the gateway"),
    ],
)
def test_what_was_asked_for_passes_with_a_remark(
    headers: dict[str, str], question: dict[str, Any], remark: str
) -> None:
    check = judged(headers=headers, **question)
    assert (check.outcome, check.reason) == ("passed", remark)


def test_a_fallback_may_have_another_target_when_it_was_asked_for() -> None:
    expected = Expected(targets=frozenset({"openai/a"}))
    assert judged(headers=FALLEN, expected=expected, through_fallbacks=True).outcome == "passed"


def run(latency_s: float | None, outcome: Any = "passed", **more: Any) -> ChatCheck:
    return ChatCheck("m", outcome, more.pop("reason", None), latency_s=latency_s, worst_latency_s=latency_s, **more)


def test_several_runs_have_a_median_and_a_worst() -> None:
    check = combined([run(1.0, ttft_s=0.1, cost_usd=0.5), run(9.0, ttft_s=0.9, cost_usd=0.25), run(2.0, cost_usd=0.0)])
    assert (check.runs, check.latency_s, check.worst_latency_s) == (3, 2.0, 9.0)
    assert (check.ttft_s, check.worst_ttft_s, check.cost_usd) == (0.5, 0.9, 0.75)


def test_a_cost_that_is_unknown_once_is_unknown() -> None:
    assert combined([run(1.0, cost_usd=1.0), run(1.0)]).cost_usd is None


@pytest.mark.parametrize(
    ("outcomes", "outcome", "reason"),
    [
        (["passed", "passed"], "passed", None),
        (["passed", "failed"], "failed", "1 of 2 times: because"),
        (["error", "failed", "passed"], "failed", "2 of 3 times: because"),
        (["error", "passed"], "error", "1 of 2 times: because"),
        (["error", "error"], "error", "2 of 2 times: because"),
    ],
)
def test_all_runs_must_pass_and_a_failure_says_more_than_no_verdict(
    outcomes: list[str], outcome: str, reason: str | None
) -> None:
    runs = [run(1.0, each, reason=None if each == "passed" else "because") for each in outcomes]
    check = combined(runs)
    assert (check.outcome, check.reason) == (outcome, reason)


def test_runs_without_an_answer_have_no_times() -> None:
    check = combined([run(None, "error", reason="away"), run(None, "error", reason="away")])
    assert (check.latency_s, check.worst_latency_s, check.runs) == (None, None, 2)
