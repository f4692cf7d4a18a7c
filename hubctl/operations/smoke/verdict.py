"""What a reply says of the model that was asked: passed, failed and why, or nothing learned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from statistics import median
from typing import Literal

from hubctl.adapters.gateway.answer import Reply
from hubctl.core.gateway.chat import Question
from hubctl.core.gateway.refusals import reason, refused_key
from hubctl.core.probe import HTTP_OK

REPLY_CHARACTERS = 80

Outcome = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class ChatCheck:
    """The smoke test of one model. failed: it did not answer as it should. error: nothing was learned about it.

    Of several runs the times are medians, beside the worst ones, and the cost is that of all. `reason` may also be a
    remark on an answer that passed. `retries` are those of hubctl and of the gateway.
    """

    model: str
    outcome: Outcome
    reason: str | None
    http_status: int | None = None
    latency_s: float | None = None
    ttft_s: float | None = None
    completion_tokens: int | None = None
    tokens_per_s: float | None = None
    answered_by: str | None = None
    cached: bool | None = None
    fallback: bool | None = None
    retries: int | None = None
    cost_usd: float | None = None
    demo: bool = False
    reply: str | None = None
    runs: int = 0
    worst_latency_s: float | None = None
    worst_ttft_s: float | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must be to pass. Of unknown `targets`, which may answer for the model, every one will do."""

    text: str | None = None
    max_latency_s: float | None = None
    targets: frozenset[str] = frozenset()


def judge(reply: Reply, question: Question, expected: Expected, *, cost_usd: float | None = None) -> ChatCheck:
    """Say what one reply is worth."""
    chat = reply.chat
    latency_s = round(reply.latency_s, 3)
    ttft_s = round(reply.ttft_s, 3) if reply.ttft_s is not None else None
    check = ChatCheck(
        question.model, "passed", None, http_status=reply.status, latency_s=latency_s, runs=1, worst_latency_s=latency_s
    )
    if reply.status != HTTP_OK:
        if refused_key(reply.status, chat.error or ""):
            why = "the gateway refuses hubctl's key: not the one of its files: see `hubctl doctor`"
            return replace(check, outcome="error", reason=why)
        return replace(check, outcome="failed", reason=reason(question.model, reply.status, chat.error or ""))
    tokens = chat.completion_tokens
    check = replace(
        check,
        ttft_s=ttft_s,
        worst_ttft_s=ttft_s,
        completion_tokens=tokens,
        tokens_per_s=round(tokens / reply.latency_s, 1) if tokens and reply.latency_s else None,
        answered_by=reply.headers.get("x-litellm-model-name"),
        cached="x-litellm-cache-key" in reply.headers,
        fallback=_count(reply, "x-litellm-attempted-fallbacks") > 0,
        retries=_count(reply, "x-litellm-attempted-retries"),
        cost_usd=cost_usd,
        reply=" ".join(chat.text.split())[:REPLY_CHARACTERS] or None,
    )
    trouble = _no_answer(reply, question) or _of_another(check, question, expected) or _unexpected(reply, expected)
    return replace(check, outcome="failed", reason=trouble) if trouble else replace(check, reason=_remark(check))


def _no_answer(reply: Reply, question: Question) -> str | None:
    """Say why there is no whole answer behind a 200."""
    chat = reply.chat
    begun = f"after {len(chat.text)} characters" if chat.text else "before any text"
    if chat.error is not None:
        return f"an error {begun}: {reason(question.model, None, chat.error)}"
    if reply.ending == "broke off":
        return f"the answer broke off {begun}: the model's server or the gateway dropped it, see `hubctl logs`"
    if reply.ending == "too late":
        return f"the answer began and did not end in time, {begun}: allow more --timeout, or fewer --max-tokens"
    if reply.ending == "too large":
        return f"the answer is larger than {question.max_tokens} tokens can be: the model ignores the limit"
    if chat.garbled is not None:
        return f"answered 200 with what is no chat completion: {' '.join(chat.garbled.split())[:REPLY_CHARACTERS]!r}"
    return None if chat.text.strip() else _silence(reply)


def _silence(reply: Reply) -> str:
    chat = reply.chat
    if chat.finish_reason == "content_filter":
        return "the provider's content filter withheld the answer"
    if chat.thought or chat.finish_reason == "length":
        spent = f"{chat.completion_tokens} tokens" if chat.completion_tokens else "all tokens"
        return f"no visible text: {spent} went into reasoning, allow more with --max-tokens"
    return "answered 200 with no text in it"


def _of_another(check: ChatCheck, question: Question, expected: Expected) -> str | None:
    """Say that somebody else than the model itself answered, where that was not asked for."""
    if check.cached and not question.allow_cached:
        return "a cache answered, so nothing is known of the model"
    if check.fallback:
        failed = f"a fallback answered ({check.answered_by}), so {question.model} itself failed"
        return None if question.through_fallbacks else failed
    if check.answered_by and expected.targets and not _is_among(check.answered_by, expected.targets):
        named = ", ".join(sorted(expected.targets))
        return f"{check.answered_by} answered, but the config says {named}: has the gateway read it? `hubctl restart`"
    return None


def _is_among(answered_by: str, targets: frozenset[str]) -> bool:
    """Compare without the provider too, which not every version of LiteLLM names. A variable may be anything."""
    return any(
        target.startswith("os.environ/")
        or f"/{target}".endswith(f"/{answered_by}")
        or answered_by.endswith(f"/{target}")
        for target in targets
    )


def _unexpected(reply: Reply, expected: Expected) -> str | None:
    if expected.text is not None and expected.text not in reply.chat.text:
        return f"the answer does not contain {expected.text!r}"
    if expected.max_latency_s is not None and reply.latency_s > expected.max_latency_s:
        return f"took {reply.latency_s:.2f} s, longer than --max-latency {expected.max_latency_s:g}"
    return None


def _remark(check: ChatCheck) -> str | None:
    remarks = [
        f"a fallback answered ({check.answered_by}): the model itself failed" if check.fallback else "",
        "answered by the cache" if check.cached else "",
        f"answered after {check.retries} retries of the gateway" if check.retries else "",
    ]
    return "; ".join(remark for remark in remarks if remark) or None


def combined(checks: Sequence[ChatCheck]) -> ChatCheck:
    """Put several runs of one model together: all must pass; a failure says more than no verdict, of these the last."""
    failed = [check for check in checks if check.outcome == "failed"]
    errors = [check for check in checks if check.outcome == "error"]
    worst = (failed[:1] or errors[-1:] or checks[-1:])[0]
    if len(checks) == 1:
        return worst
    times = [check.latency_s for check in checks if check.latency_s is not None]
    firsts = [check.ttft_s for check in checks if check.ttft_s is not None]
    speeds = [check.tokens_per_s for check in checks if check.tokens_per_s is not None]
    costs = [check.cost_usd for check in checks]
    bad = sum(check.outcome != "passed" for check in checks)
    return replace(
        worst,
        reason=f"{bad} of {len(checks)} times: {worst.reason}" if bad else worst.reason,
        latency_s=round(median(times), 3) if times else None,
        ttft_s=round(median(firsts), 3) if firsts else None,
        tokens_per_s=round(median(speeds), 1) if speeds else None,
        retries=sum(check.retries or 0 for check in checks),
        cost_usd=sum(cost or 0.0 for cost in costs) if None not in costs else None,
        runs=len(checks),
        worst_latency_s=max(times, default=None),
        worst_ttft_s=max(firsts, default=None),
    )


def _count(reply: Reply, header: str) -> int:
    value = number(reply, header)
    return int(value) if value else 0


def number(reply: Reply, header: str) -> float | None:
    """Read a header as a number; null for what is none."""
    try:
        value = float(reply.headers[header])
    except (KeyError, ValueError):
        return None
    return value if isfinite(value) else None
