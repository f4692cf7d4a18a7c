"""Claims about the cache: an answer is kept in Redis and given again, and that is faster."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from hubctl.adapters.docker.engine_address import is_loopback
from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.services import redis_probe
from hubctl.adapters.services.redis_probe import Entry
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.derived import Derived, RedisLogin, redis_login
from hubctl.core.models.model_list import section
from hubctl.core.probe import NoAnswer
from hubctl.operations.verify.finding import Finding, Unproved, failed, not_configured, proved
from hubctl.operations.verify.running import Running, fresh, trouble_of

HEADER = "x-litellm-cache-key"
REDIS_S = 5.0
# LiteLLM writes to Redis beside its answer, not before it.
WRITTEN_WITHIN_S = 3.0
POLL_S = 0.1
ROUNDS = 5
_ELSEWHERE = ("general_settings", "router_settings")


@dataclass(frozen=True, slots=True)
class RedisPlace:
    """The Redis that the gateway caches in: its login, its service if it is one of the hub's, and where it is."""

    login: RedisLogin
    service: str | None
    address: Address | None


def caches(hub: Running) -> Finding:
    """The second answer to a new question is the first one, kept in Redis, whose service is well."""
    misplaced = _misplaced(hub)
    if not misplaced:
        _check_configured(hub)
    try:
        finding = _asked_twice(hub)
    except Unproved as early:
        finding = early.finding
    if misplaced and finding.state == "failed":
        return failed(f"{finding.evidence}; `cache` stands {misplaced}, where LiteLLM does not read it")
    ill = [each for each in hub.status.services if each.service == judged_service(hub) and not each.well]
    return failed(f"{ill[0].service} is {ill[0].state}: {ill[0].detail}; {finding.evidence}") if ill else finding


def judged_service(hub: Running) -> str | None:
    """Name the service that the claim about the cache judges, and no other claim does; null where it judges none."""
    try:
        _check_configured(hub)
    except Unproved:
        return None
    place = redis_place(hub)
    return place.service if place else None


def _asked_twice(hub: Running) -> Finding:
    model, place, nonce = hub.answering, redis_place(hub), fresh()
    return verdict(lambda: hub.ask(model, nonce=nonce, cached=True), lambda key: look_up(place, key), model=model)


def faster(hub: Running) -> Finding:
    """A cached answer comes sooner than a new one: the best of some rounds of both."""
    _check_configured(hub)
    real = [name for name in hub.free if name not in hub.demo]
    if not real:
        return not_configured("every free model is a demo, and a canned answer takes no time")
    model = hub.answering if hub.answering in real else real[0]
    new, again = [], []
    for _ in range(ROUNDS):
        nonce = fresh()
        first, second = (hub.ask(model, nonce=nonce, cached=True) for _ in range(2))
        if trouble := trouble_of(model, first) or trouble_of(model, second):
            return failed(f"{model}: {trouble}")
        if HEADER not in second.headers:
            return failed(f"{model}: the second answer did not come from a cache")
        new.append(first.latency_s)
        again.append(second.latency_s)
        if sum(new) > ROUNDS:  # a slow model: the difference shows
            break
    factor = min(new) / min(again)
    text = f"{model}: {min(new) * 1000:.0f} ms new, {min(again) * 1000:.0f} ms cached, factor {factor:.1f}"
    how = f"{text} (best of {len(new)})"
    return proved(how) if factor > 1 else failed(f"{how}: the cache makes nothing faster")


def verdict(
    ask: Callable[[], Reply],
    look_up: Callable[[str], Entry | None],
    *,
    model: str,
    written_within_s: float = WRITTEN_WITHIN_S,
) -> Finding:
    """Ask the same new question again, and look for its answer in Redis, where it may take some time to be."""
    first, second = ask(), ask()
    if trouble := trouble_of(model, first) or trouble_of(model, second):
        return failed(f"{model}: {trouble}")
    if HEADER in first.headers:
        return failed("a question that was never asked before was answered from a cache")
    if HEADER not in second.headers:
        time.sleep(written_within_s / 10)
        first, second = second, ask()
    key = second.headers.get(HEADER)
    if key is None:
        return failed(f"{model} was asked the same three times: ids {first.chat.id}, {second.chat.id}; no {HEADER}")
    if not second.chat.id or second.chat.id != first.chat.id:
        return failed(f"{HEADER} {key}, and yet another id: {first.chat.id}, then {second.chat.id}")
    return _in_redis(key, second.chat.id, look_up, written_within_s)


def _in_redis(key: str, identity: str, look_up: Callable[[str], Entry | None], within_s: float) -> Finding:
    same = f"the second answer has the id of the first ({identity}) and {HEADER} {key}"
    memory = "it came from the gateway's own memory"
    give_up_at = time.monotonic() + within_s
    try:
        while (entry := look_up(key)) is None:
            if time.monotonic() >= give_up_at:
                return failed(f"{same}, but Redis has no such key: {memory}")
            time.sleep(POLL_S)
    except NoAnswer as silence:
        return failed(f"{same}, but it was not seen in Redis, which {silence.detail}")
    if identity.encode() not in entry.value:
        return failed(f"{same}, but Redis holds another answer under that key")
    expiry = f"expires in {entry.ttl_s} s" if entry.ttl_s is not None else "never expires"
    return proved(f"{same}; Redis holds it under that key, {len(entry.value)} bytes, {expiry}")


def look_up(place: RedisPlace | None, key: str) -> Entry | None:
    """Read what the gateway's Redis holds under a key; null where it holds none. Raises NoAnswer."""
    if place is None or place.address is None:
        raise NoAnswer("refused", "cannot be asked from here: TLS, a cluster, or no published port")
    login = place.login
    return redis_probe.look_up(
        place.address, login.password, login.username, key, database=login.database, timeout_s=REDIS_S
    )


def redis_place(hub: Running) -> RedisPlace | None:
    """Find the Redis of the gateway's cache; null when it caches in none, or in one that cannot be asked.

    A name of the hub's own service stands for where the runtime says that it listens. What a container calls its own
    loopback is not that of this machine, where somebody else may listen.
    """
    login = redis_login(Derived(hub.config, hub.environment))
    if login is None or not _is_exact(hub):
        return None
    host, runs = login.address.host, hub.snapshot.services
    own = [service.name for service in hub.layout.services if host in (service.name, service.container_name)]
    if own:
        return RedisPlace(login, own[0], next((run.address for run in runs if run.service == own[0]), None))
    if hub.runtime.name == "compose" and is_loopback(host):
        return RedisPlace(login, None, None)
    return RedisPlace(login, next((run.service for run in runs if run.address == login.address), None), login.address)


def _is_exact(hub: Running) -> bool:
    """Whether it is the plain cache, in which the same question finds the same answer."""
    return _cache_type(hub) == "redis"


def _cache_type(hub: Running) -> str:
    settings = section(hub.config, "litellm_settings")
    return str(section(settings, "cache_params").get("type", "redis"))


def _misplaced(hub: Running) -> str | None:
    """Say where else a cache is set, when it is not set where LiteLLM reads it."""
    if section(hub.config, "litellm_settings").get("cache"):
        return None
    if "cache" in hub.config or "cache_params" in hub.config:
        return "at the top level"
    found = (name for name in _ELSEWHERE if "cache" in section(hub.config, name))
    return next((f"in {name}" for name in found), None)


def _check_configured(hub: Running) -> None:
    """Raise Unproved where there is no Redis cache to prove."""
    settings = section(hub.config, "litellm_settings")
    params = section(settings, "cache_params")
    if not settings.get("cache"):
        raise Unproved(not_configured("litellm_settings has no cache"))
    if not _is_exact(hub):
        raise Unproved(not_configured(f"the cache is of type {_cache_type(hub)}, not redis"))
    if params.get("mode") == "default_off":
        raise Unproved(not_configured("cache mode default_off: only requests that ask for it are cached"))
    place = redis_place(hub)
    if place and place.service and place.service not in {run.service for run in hub.snapshot.services}:
        raise Unproved(
            not_configured(f"this gateway was started without {place.service} and caches in its own process")
        )
