"""Claims about the cache: the verdict for everything that a gateway and a Redis can answer."""

import itertools
import time
from collections.abc import Callable, Sequence

import pytest

from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.services.redis_probe import Entry
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.chat import Chat
from hubctl.core.probe import NoAnswer
from hubctl.operations.verify import cache
from hubctl.operations.verify.finding import Finding, Unproved
from tests.fakes import FakeRuntime, instance, run_of, well
from tests.real_servers import free_port
from tests.scripted_gateway import Asked, completion
from tests.verifying import CONFIG, PAID_ONLY, hub, running

KEY = "litellm:0123"
REDIS = "litellm_settings: {cache: true, cache_params: {type: redis, host: redis}}\n"
NOWHERE = Address("127.0.0.1", 1)
STORED = Entry(b'{"response": "{\\"id\\":\\"a\\"}"}', 600)


def reply(identity: str | None = "a", *, hit: bool = False, status: int = 200, error: str | None = None) -> Reply:
    headers = {cache.HEADER: KEY} if hit else {}
    return Reply(status, headers, Chat(text="Yes", id=identity, error=error), 0.01)


def verdict(replies: Sequence[Reply], found: Entry | Exception | None = STORED) -> Finding:
    """What is concluded from these replies in turn, and from what Redis says."""
    coming = iter(replies)

    def look_up(key: str) -> Entry | None:
        assert key == KEY
        if isinstance(found, Exception):
            raise found
        return found

    return cache.verdict(lambda: next(coming), look_up, model="m")


HIT = [reply(), reply(hit=True)]


def test_the_same_answer_that_is_in_redis_proves_it() -> None:
    finding = verdict(HIT)
    assert finding.state == "proved"
    assert "id of the first (a)" in finding.evidence
    assert KEY in finding.evidence
    assert finding.evidence.endswith(f"{len(STORED.value)} bytes, expires in 600 s")
    assert verdict(HIT, Entry(STORED.value, None)).evidence.endswith("never expires")


def test_an_answer_that_was_written_late_still_proves_it() -> None:
    assert verdict([reply("b"), reply("a"), reply("a", hit=True)]).state == "proved"


@pytest.mark.parametrize(
    ("replies", "found", "words"),
    [
        (HIT, None, "Redis has no such key: it came from the gateway's own memory"),
        (HIT, NoAnswer("refused", "nothing listens on redis:6379"), "not seen in Redis, which nothing listens"),
        (HIT, Entry(b"{}", 600), "holds another answer"),
        ([reply("a"), reply("b"), reply("c")], STORED, "ids b, c; no x-litellm-cache-key"),
        ([reply("b"), reply("a", hit=True)], STORED, "yet another id: b, then a"),
        ([reply(None), reply(None, hit=True)], STORED, "yet another id"),
        ([reply(hit=True), reply(hit=True)], STORED, "never asked before"),
        ([reply(), reply(status=500, error="Cannot connect to host")], STORED, "does not reach the model's server"),
    ],
)
def test_anything_less_does_not(replies: Sequence[Reply], found: Entry | Exception | None, words: str) -> None:
    finding = verdict(replies, found)
    assert finding.state == "failed"
    assert words in finding.evidence


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("", "litellm_settings has no cache"),
        ("litellm_settings: {cache: false, cache_params: {host: redis}}", "litellm_settings has no cache"),
        ("litellm_settings: {cache: true, cache_params: {type: local}}", "type local, not redis"),
        ("litellm_settings: {cache: true, cache_params: {type: redis-semantic}}", "type redis-semantic"),
        ("litellm_settings: {cache: true, cache_params: {host: h, mode: default_off}}", "default_off"),
        (REDIS, "was started without redis"),
    ],
)
def test_a_hub_that_does_not_cache_in_redis_is_not_configured(settings: str, words: str) -> None:
    plain = running(NOWHERE, CONFIG + settings)
    for claim in (cache.caches, cache.faster):
        with pytest.raises(Unproved) as caught:
            claim(plain)
        assert caught.value.finding.state == "not_configured"
        assert words in caught.value.finding.evidence


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ("cache: true\n", "at the top level"),
        ("general_settings: {cache: true, cache_params: {type: redis}}\n", "in general_settings"),
    ],
)
def test_a_cache_in_the_wrong_section_fails_with_its_place(settings: str, where: str) -> None:
    with hub(numbered(), CONFIG + settings) as misplaced:
        finding = cache.caches(misplaced)
        with pytest.raises(Unproved) as caught:
            cache.faster(misplaced)
    assert finding.state == "failed"
    assert f"`cache` stands {where}, where LiteLLM does not read it" in finding.evidence
    assert caught.value.finding.state == "not_configured"


def test_paid_models_are_not_asked_for_it() -> None:
    runtime = FakeRuntime([[well(), well("redis", "cache")]])
    assert cache.caches(running(NOWHERE, f"{PAID_ONLY}\n{REDIS}", runtime=runtime)).state == "not_configured"


def test_a_sick_redis_is_told_also_where_no_model_may_be_asked() -> None:
    runtime = with_redis(NOWHERE, None, "paused")
    finding = cache.caches(running(NOWHERE, f"{PAID_ONLY}\n{REDIS}", runtime=runtime))
    assert finding.state == "failed"
    assert finding.evidence.startswith("redis is unhealthy: is paused")


def numbered(*, remembers: bool = False, slow_hit_s: float = 0.0, slow_miss_s: float = 0.0) -> Callable[[Asked], bytes]:
    """A chat that numbers its answers, and gives one again with the header where it remembers."""
    count, kept = itertools.count(), dict[str, str]()

    def chat(asked: Asked) -> bytes:
        if remembers and asked.prompt in kept:
            time.sleep(slow_hit_s)
            return completion(identity=kept[asked.prompt], headers={cache.HEADER: KEY})
        time.sleep(slow_miss_s)
        kept[asked.prompt] = f"chatcmpl-{next(count)}"
        return completion(identity=kept[asked.prompt])

    return chat


def with_redis(address: Address, at: Address | None, status: str = "running") -> FakeRuntime:
    redis = run_of("redis", "cache", instance("redis", status=status), address=at)
    return FakeRuntime([[run_of("litellm", "gateway", instance(), address=address), redis]])


@pytest.mark.parametrize(
    ("at", "words"),
    [(None, "cannot be asked from here"), (Address("127.0.0.1", free_port()), "nothing listens on 127.0.0.1")],
)
def test_memory_that_answers_for_a_redis_nobody_sees_is_no_proof(at: Address | None, words: str) -> None:
    with hub(numbered(remembers=True)) as found:
        runtime = with_redis(found.gateway.address, at)
        finding = cache.caches(running(found.gateway.address, CONFIG + REDIS, runtime=runtime))
    assert finding.state == "failed"
    assert words in finding.evidence


def test_a_redis_service_that_is_not_well_is_told_first() -> None:
    with hub(numbered(remembers=True)) as found:
        runtime = with_redis(found.gateway.address, None, "paused")
        finding = cache.caches(running(found.gateway.address, CONFIG + REDIS, runtime=runtime))
    assert finding.state == "failed"
    assert finding.evidence.startswith("redis is unhealthy: is paused")


def faster(chat: Callable[[Asked], bytes], demo: frozenset[str] = frozenset()) -> Finding:
    with hub(chat, CONFIG + REDIS.replace("host: redis", "host: elsewhere"), demo=demo) as found:
        return cache.faster(found)


def test_a_cached_answer_that_comes_sooner_is_told_with_its_factor() -> None:
    finding = faster(numbered(remembers=True, slow_miss_s=0.05))
    assert finding.state == "proved"
    assert "factor" in finding.evidence


def test_one_that_comes_later_or_from_no_cache_fails() -> None:
    slower = faster(numbered(remembers=True, slow_hit_s=0.05))
    assert (slower.state, "makes nothing faster" in slower.evidence) == ("failed", True)
    uncached = faster(numbered())
    assert (uncached.state, "did not come from a cache" in uncached.evidence) == ("failed", True)
    count = itertools.count()
    breaking = faster(lambda _: completion() if next(count) == 0 else completion("overloaded", status=500))
    assert (breaking.state, "overloaded" in breaking.evidence) == ("failed", True)


def test_canned_answers_are_not_measured() -> None:
    assert faster(numbered(), demo=frozenset({"llama3.2:3b"})).state == "not_configured"


def test_the_redis_of_the_cache_is_found_where_the_runtime_says() -> None:
    at = Address("127.0.0.1", 7777)
    place = cache.redis_place(running(NOWHERE, CONFIG + REDIS, runtime=with_redis(NOWHERE, at)))
    assert place is not None
    assert (place.service, place.address) == ("redis", at)
    outside = cache.redis_place(running(NOWHERE, CONFIG + REDIS.replace("host: redis", "host: box")))
    assert outside is not None
    assert (outside.service, outside.address) == (None, Address("box", 6379))
    inside = cache.redis_place(running(NOWHERE, CONFIG + REDIS.replace("host: redis", "host: localhost")))
    assert inside is not None
    assert (inside.service, inside.address) == (None, None)  # the gateway's container, and not whoever listens here
