"""Claims about routing, proved on a second gateway with the hub's own settings and models that fail on demand."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from hubctl import parallel
from hubctl.adapters.gateway import probe
from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.gateway.client import Gateway
from hubctl.core.gateway.chat import Question
from hubctl.core.gateway.log_causes import causes
from hubctl.core.gateway.second_config import LIMITED, LIMITS, RETRIED, SPREAD, Routing
from hubctl.core.probe import HTTP_OK
from hubctl.errors import GatewayRefused, NotReady
from hubctl.operations.verify.finding import Claim, Finding, failed, proved
from hubctl.operations.verify.running import fresh
from hubctl.runtimes import SecondGateway

READY_WITHIN_S = 90.0
_POLL_S = 0.1
SPREAD_CALLS = 20
LIMITED_CALLS = 8
TOO_MANY = 429
# The other strategies prefer one deployment on purpose: the fastest, the cheapest, the one with budget left.
_SPREADING = frozenset({"simple-shuffle", "least-busy", "usage-based-routing", "usage-based-routing-v2"})


@dataclass(frozen=True, slots=True)
class Second:
    """A second gateway that is ready, and the rules that it routes by."""

    gateway: Gateway
    routing: Routing = field(repr=False)
    timeout_s: float

    def ask(self, model: str, *, fail_first: int = 0, fail: Iterable[str] = ()) -> Reply:
        """Ask as a client does, with retries and fallbacks, for what the scripted model is to do. Raises HubError."""
        script = json.dumps({"nonce": fresh(), "fail_first": fail_first, "fail": list(fail)})
        question = Question(model, script, max_tokens=16, stream=False, through_fallbacks=True)
        return self.gateway.ask(question, timeout_s=self.timeout_s)


@dataclass(frozen=True, slots=True)
class RoutingClaim:
    """A claim about routing. `unused` says why the hub does not use it, from its settings alone; null where it does."""

    claim: Claim[Second]
    unused: Callable[[Routing], str | None]


def wait(started: SecondGateway, *, within_s: float = READY_WITHIN_S) -> Gateway:
    """Wait until the second gateway answers. Raises NotReady with the log lines that name the cause."""
    give_up_at = time.monotonic() + within_s
    while (health := probe.check(started.address, started.key, 2.0)).state != "healthy":
        ended = started.has_ended()
        if ended or time.monotonic() >= give_up_at:
            lines = started.log()
            told = "; ".join(causes(lines) or lines[-3:])
            when = "ended" if ended else f"was not ready after {within_s:g} s ({health.detail})"
            raise NotReady(f"the second gateway {when}: {told}")
        time.sleep(_POLL_S)
    return Gateway(started.address, started.key)


def retries(second: Second) -> Finding:
    """A call that fails once is tried again, and answered."""
    reply = second.ask(RETRIED, fail_first=1)
    tried = f"num_retries {second.routing.retries}; a model was made to fail once"
    if reply.status != HTTP_OK:
        return failed(f"{tried}: HTTP {reply.status}, {_short(reply.chat.error)}")
    calls = sum(_calls(reply).values())
    again = reply.headers.get("x-litellm-attempted-retries")
    seen = f"{tried}: HTTP 200 after {calls} calls upstream, x-litellm-attempted-retries {again}"
    return proved(seen) if calls > 1 else failed(f"{seen}: nothing was tried again")


def fallbacks(second: Second) -> Finding:
    """For every name with fallbacks, another model answers when its own fails."""
    names = list(second.routing.fallbacks)
    findings = parallel.each(lambda name: _fallback(second, name), names, timeout_s=second.timeout_s + 1, late=_late)
    if wrong := [text for ok, text in findings if not ok]:
        return failed("; ".join(wrong))
    return proved("; ".join(text for _, text in findings))


def _late(name: str) -> tuple[bool, str]:
    return False, f"{name}: no answer in time"


def _fallback(second: Second, name: str) -> tuple[bool, str]:
    reply = second.ask(name, fail=second.routing.targets[name])
    others = second.routing.fallbacks[name]
    if reply.status != HTTP_OK:
        return False, f"{name} was made to fail and {', '.join(others)} did not answer: {_short(reply.chat.error)}"
    by = reply.headers.get("x-litellm-model-group")
    count = reply.headers.get("x-litellm-attempted-fallbacks")
    text = f"{name} was made to fail: {by} answered (x-litellm-attempted-fallbacks {count})"
    return bool(set(_calls(reply)) - set(second.routing.targets[name])), text


def spread(second: Second) -> Finding:
    """Calls that come together go to both deployments of one name."""
    replies = parallel.each(
        lambda _: second.ask(SPREAD), range(SPREAD_CALLS), timeout_s=second.timeout_s + 1, late=_too_late
    )
    if refused := [reply for reply in replies if reply.status != HTTP_OK]:
        return failed(f"{len(refused)} of {SPREAD_CALLS} calls failed: {_short(refused[0].chat.error)}")
    counts = Counter(target for reply in replies for target in _calls(reply))
    text = " and ".join(str(count) for count in counts.values())
    seen = f"{second.routing.strategy or 'simple-shuffle'}: {SPREAD_CALLS} calls went {text} to two deployments"
    return proved(seen) if len(counts) > 1 else failed(f"{seen}: all to one")


def _too_late(_: int) -> Reply:
    raise GatewayRefused("not every call was answered in time")


def limit(second: Second) -> Finding:
    """Calls beyond a limit are refused; the limit is that of a temporary entry, a small one of the hub's kind."""
    (name, (kind, number)), *_ = second.routing.limits.items()
    # So many that one minute has more of them than the limit, even when another minute begins meanwhile.
    statuses: list[int] = []
    while len(statuses) < LIMITED_CALLS and TOO_MANY not in statuses:
        statuses.append(second.ask(LIMITED).status)
    under = f"{name} has {kind} {number}; a temporary entry with {kind} {LIMITS[kind]} under the same settings"
    if statuses[0] != HTTP_OK:
        return failed(f"{under}: already the first call got HTTP {statuses[0]}")
    if statuses[-1] == TOO_MANY:
        return proved(f"{under}: call {len(statuses)} was refused with HTTP 429, those before it answered")
    return failed(
        f"{under}: {statuses.count(HTTP_OK)} of {len(statuses)} calls were answered, none refused: nothing enforces "
        "it; add `optional_pre_call_checks: [enforce_model_rate_limits]` to router_settings"
    )


def _unused_retries(routing: Routing) -> str | None:
    return None if routing.retries else f"num_retries is {'0' if routing.retries == 0 else 'not set'}"


def _unused_fallbacks(routing: Routing) -> str | None:
    return None if routing.fallbacks else "no active model has fallbacks"


def _unused_spread(routing: Routing) -> str | None:
    if routing.strategy is None and not routing.shared:
        return "no routing_strategy is set and no two entries share a name"
    if routing.strategy is not None and routing.strategy not in _SPREADING:
        return f"routing_strategy {routing.strategy} prefers one deployment on purpose"
    return None


def _unused_limit(routing: Routing) -> str | None:
    return None if routing.limits else "no active model has rpm or tpm"


CLAIMS: tuple[RoutingClaim, ...] = (
    RoutingClaim(Claim("retries", "a call that fails is tried again", retries), _unused_retries),
    RoutingClaim(Claim("fallbacks", "another model answers for one that fails", fallbacks), _unused_fallbacks),
    RoutingClaim(Claim("load_balancing", "two deployments of one name share the load", spread), _unused_spread),
    RoutingClaim(Claim("rate_limit", "calls beyond a rate limit are refused", limit), _unused_limit),
)


def _calls(reply: Reply) -> Mapping[str, int]:
    """Read how often each target was called, as the scripted model tells. Raises GatewayRefused for another answer."""
    try:
        value = json.loads(reply.chat.text)
    except ValueError as error:
        raise GatewayRefused("the second gateway was not answered by its scripted model") from error
    return value if isinstance(value, dict) else {}


def _short(text: str | None) -> str:
    return " ".join((text or "").split())[:200]
