"""Smoke tests: a real chat completion of each model, and what is allowed to cost money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import ceil, isfinite
from typing import Literal

from hubctl.adapters import gateway_probe
from hubctl.adapters.gateway import HTTP_OK, Gateway, Price, Reply
from hubctl.core.chat import Question
from hubctl.core.model_list import ModelList
from hubctl.core.refusals import reason, refused_key
from hubctl.core.result import Result
from hubctl.errors import BudgetExceeded, GatewaySilent, GatewayUnreachable
from hubctl.progress import Progress, silent

PROMPT = "Answer with one short sentence: are you there?"
# Reasoning models spend tokens before the first visible word.
MAX_TOKENS = 1024
# Four characters a token is the usual rule of thumb; for a limit it is doubled.
CHARACTERS_PER_TOKEN = 2
REPLY_CHARACTERS = 80
PROBE_S = 3.0

Outcome = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class ChatCheck:
    """The smoke test of one model. failed: it did not answer as it should. error: nothing was learned about it."""

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


@dataclass(frozen=True, slots=True)
class SmokeTest(Result):
    """The document of `hubctl test-model`."""

    results: tuple[ChatCheck, ...]
    passed: int
    failed: int
    errors: int
    skipped: int

    @property
    def exit_code(self) -> int:
        """1 if any model failed, else 4 if there was any error or nothing was tested."""
        if self.failed:
            return 1
        return 4 if self.errors or not self.passed else 0


def run(
    models: ModelList,
    gateway: Gateway,
    names: Sequence[str],
    *,
    include_paid: bool,
    budget_usd: float | None,
    demo: frozenset[str],
    timeout_s: float,
    progress: Progress = silent,
) -> SmokeTest:
    """Test the named models, or all active free ones (`include_paid` adds the rest).

    budget_usd bounds what the whole run can cost, checked before the first call; null means no limit. timeout_s is for
    each model. Raises BudgetExceeded, GatewayRefused.
    """
    known = free_by_name(models)
    chosen = list(dict.fromkeys(names)) or [name for name, free in known.items() if free or include_paid]
    paid = [name for name in chosen if known.get(name) is False]
    if paid and budget_usd is not None:
        _check_budget(_resolved(models, paid), gateway.prices(), budget_usd)
    results = []
    for name in chosen:
        progress(f"asking {name}")
        if name in known:
            results.append(_test(name, gateway, demo=name in demo, timeout_s=timeout_s))
        else:
            results.append(ChatCheck(name, "failed", _unknown(name, models, known)))
    if not names:
        results += [_skipped(name) for name in known if name not in chosen]
    return _counted(results)


def free_by_name(models: ModelList) -> dict[str, bool]:
    """Map every name that clients can ask for to whether asking is free: an entry that costs makes its name paid."""
    free: dict[str, bool] = {}
    for entry in models.active:
        free[entry.name] = entry.free and free.get(entry.name, True)
    return free | {alias: free[target] for alias, target in models.aliases.items() if target in free}


def _resolved(models: ModelList, names: Sequence[str]) -> list[str]:
    return [models.aliases.get(name, name) for name in names]


def _check_budget(names: Sequence[str], prices: Mapping[str, list[Price]], budget_usd: float) -> None:
    most = 0.0
    for name in names:
        for price in prices.get(name) or [Price(None, None)]:
            if price.per_input_token is None or price.per_output_token is None:
                raise BudgetExceeded(
                    f"the gateway knows no price for {name}, so what asking it costs cannot be bounded",
                    hint="`--budget none` asks it all the same",
                )
        most += max(_most(price) for price in prices[name])
    if most > budget_usd:
        raise BudgetExceeded(
            f"this can cost up to {most:.4f} USD, more than the budget of {budget_usd:g} USD; nothing was asked",
            hint=f"name fewer models, or allow it with `--budget {ceil(most * 100) / 100:.2f}`",
        )


def _most(price: Price) -> float:
    prompt_tokens = len(PROMPT) / CHARACTERS_PER_TOKEN
    return prompt_tokens * (price.per_input_token or 0) + MAX_TOKENS * (price.per_output_token or 0)


def _unknown(name: str, models: ModelList, known: Mapping[str, bool]) -> str:
    """Say why nothing can be asked under this name: its entry is not active, or there is none."""
    for entry in models.entries:
        if entry.name == name:
            state = "commented out" if entry.state == "disabled" else "broken"
            return f"its entry in the config is {state} (line {entry.line})"
    if name in models.aliases:
        return f"it is an alias of {models.aliases[name]}, which is no active model; see `hubctl models`"
    near = get_close_matches(name, known)
    return f"the config has no such model{'; near: ' + ', '.join(near) if near else ''}; see `hubctl models`"


def _test(name: str, gateway: Gateway, *, demo: bool, timeout_s: float) -> ChatCheck:
    try:
        reply = gateway.ask(Question(name, PROMPT, max_tokens=MAX_TOKENS), timeout_s=timeout_s)
    except GatewaySilent as error:
        if gateway_probe.check(gateway.address, None, min(PROBE_S, timeout_s)).state == "unreachable":
            return ChatCheck(name, "error", f"{error.message}; the gateway itself does not answer either", demo=demo)
        return ChatCheck(name, "failed", f"{error.message}; the gateway is alive, so the model hangs", demo=demo)
    except GatewayUnreachable as error:
        return ChatCheck(name, "error", error.sentence, demo=demo)
    return _judged(name, reply, demo=demo)


def _judged(name: str, reply: Reply, *, demo: bool) -> ChatCheck:
    chat = reply.chat
    if reply.status != HTTP_OK and refused_key(reply.status, chat.error or ""):
        why = "the gateway refuses hubctl's key: the running one has another than the hub's files"
        return ChatCheck(name, "error", why, http_status=reply.status, demo=demo)
    why_not = _trouble(name, reply)
    fallbacks = _number(reply, "x-litellm-attempted-fallbacks")
    tokens = chat.completion_tokens
    return ChatCheck(
        model=name,
        outcome="failed" if why_not else "passed",
        reason=why_not,
        http_status=reply.status,
        latency_s=round(reply.latency_s, 3),
        ttft_s=round(reply.ttft_s, 3) if reply.ttft_s is not None else None,
        completion_tokens=tokens,
        tokens_per_s=round(tokens / reply.latency_s, 1) if tokens and reply.latency_s else None,
        answered_by=reply.headers.get("x-litellm-model-name"),
        cached="x-litellm-cache-key" in reply.headers,
        fallback=bool(fallbacks),
        retries=int(_number(reply, "x-litellm-attempted-retries") or 0),
        cost_usd=_number(reply, "x-litellm-response-cost"),
        demo=demo,
        reply=" ".join(chat.text.split())[:REPLY_CHARACTERS] or None,
    )


def _trouble(name: str, reply: Reply) -> str | None:
    """Say why this answer is none; null for a good one."""
    chat = reply.chat
    if reply.status != HTTP_OK:
        return reason(name, reply.status, chat.error or "")
    if chat.error is not None:
        return f"the stream began and then held an error: {reason(name, reply.status, chat.error)}"
    if reply.ending != "whole":
        return f"the answer began and {_ENDINGS[reply.ending]}"
    return None if chat.text.strip() else "answered 200 with no text in it"


_ENDINGS = {
    "broke off": "broke off before its end",
    "too late": "did not end in time",
    "too large": "is larger than its tokens can be: no chat completion",
}


def _number(reply: Reply, header: str) -> float | None:
    try:
        value = float(reply.headers[header])
    except (KeyError, ValueError):
        return None
    return value if isfinite(value) else None


def _skipped(name: str) -> ChatCheck:
    return ChatCheck(name, "skipped", "asking it costs money: name it, or add --paid")


def _counted(results: Sequence[ChatCheck]) -> SmokeTest:
    outcomes = [result.outcome for result in results]
    return SmokeTest(
        results=tuple(results),
        passed=outcomes.count("passed"),
        failed=outcomes.count("failed"),
        errors=outcomes.count("error"),
        skipped=outcomes.count("skipped"),
    )
