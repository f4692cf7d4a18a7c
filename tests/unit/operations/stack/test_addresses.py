"""Where a service may be asked: only where what runs is this hub's own."""

from dataclasses import replace

import pytest

from hubctl.core.compose.stack import Address, EngineState, ServiceRun, Snapshot, WayUp
from hubctl.errors import EngineUnavailable, UnknownService
from hubctl.operations.stack import addresses
from tests.fakes import AWAY, REACHABLE, instance, run_of

AT = Address("127.0.0.1", 4000)


def seen(*runs: ServiceRun, engine: EngineState = REACHABLE) -> Snapshot:
    return Snapshot("hub", engine, runs)


def test_the_gateway_that_is_meant_has_its_own_address() -> None:
    other = run_of("other", "gateway", instance(), address=Address("127.0.0.1", 1))
    assert addresses.of_gateway(seen(other, run_of("litellm", address=AT)), "litellm", None) == AT


@pytest.mark.parametrize(
    ("snapshot", "machine", "words", "next_step"),
    [
        (seen(run_of("litellm")), None, "the service litellm of this hub does not run", "`hubctl up` starts it"),
        (
            seen(run_of("litellm", "gateway", instance(status="exited"))),
            None,
            "the service litellm of this hub does not run",
            "`hubctl up` starts it",
        ),
        (
            seen(run_of("litellm", "gateway", instance())),
            None,
            "publishes no port, so it cannot be",
            "publish its port",
        ),
        (seen(run_of("litellm", "gateway", instance())), "nas", "publishes no port beyond nas", "run hubctl on nas"),
    ],
)
def test_without_an_address_the_cause_is_said(
    snapshot: Snapshot, machine: str | None, words: str, next_step: str
) -> None:
    with pytest.raises(UnknownService) as caught:
        addresses.of_gateway(snapshot, "litellm", machine)
    assert words in caught.value.message
    assert caught.value.hint is not None
    assert next_step in caught.value.hint


def test_where_up_would_be_refused_the_way_out_of_that_comes_first() -> None:
    way_up = WayUp(refused="this is a copy", first="`hubctl adopt --as-new` names it")
    with pytest.raises(UnknownService) as caught:
        addresses.of_gateway(replace(seen(run_of("litellm")), way_up=way_up), "litellm", None)
    assert caught.value.message == "the service litellm of this hub does not run: this is a copy"
    assert caught.value.hint == "`hubctl adopt --as-new` names it; then `hubctl up` starts it"


def test_without_its_engine_no_port_is_this_hubs() -> None:
    with pytest.raises(EngineUnavailable, match="without its engine no port is known to be this hub's: no Docker"):
        addresses.of_gateway(seen(run_of("litellm"), engine=AWAY), "litellm", None)


def test_models_are_pulled_into_the_hubs_own_ollama_alone() -> None:
    own = run_of("ollama", "ollama", instance(), address=AT)
    guessed = replace(run_of("ollama", "ollama", address=AT, managed=False), is_guessed=True)
    assert addresses.of_ollama_to_change(seen(own)) == AT
    assert addresses.of_ollama_to_change(seen(replace(guessed, is_guessed=False))) == AT
    with pytest.raises(UnknownService, match=r"127.0.0.1:4000, and nothing says that it is this hub's") as caught:
        addresses.of_ollama_to_change(seen(guessed))
    assert caught.value.hint is not None
    assert "OLLAMA_API_BASE=http://127.0.0.1:4000" in caught.value.hint
    with pytest.raises(UnknownService, match="no Ollama of this hub can be asked"):
        addresses.of_ollama_to_change(seen())


def test_without_an_engine_or_in_a_copy_no_ollama_is_said_to_be_missing() -> None:
    away = seen(run_of("ollama", "ollama"), engine=EngineState("unreachable", "its socket does not exist"))
    with pytest.raises(EngineUnavailable, match="without its engine no port is known to be this hub's: its socket"):
        addresses.of_ollama_to_change(away)
    copied = replace(seen(), way_up=WayUp(refused="this is a copy", first="`hubctl adopt --as-new` names it"))
    with pytest.raises(UnknownService, match="none runs: this is a copy, or it publishes no port") as caught:
        addresses.of_ollama_to_change(copied)
    assert caught.value.hint == "`hubctl adopt --as-new` names it; then `hubctl up` starts it"
