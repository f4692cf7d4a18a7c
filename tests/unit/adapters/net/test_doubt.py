"""An address that may be a stranger's by now: whoever asks there sends nothing, and says why."""

from collections.abc import Callable

import pytest

from hubctl.adapters.gateway import price_list, probe
from hubctl.adapters.gateway.client import Gateway
from hubctl.adapters.net.bounded_socket import Deadline, connect
from hubctl.adapters.services import http_probe, ollama_probe, ollama_pull, postgres_probe, redis_probe, ui_probe
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.chat import Question
from hubctl.core.probe import NoAnswer
from hubctl.errors import GatewayLost, HubError
from tests.losing import WHY, lost_after

ASK: dict[str, Callable[[Address], object]] = {
    "a chat completion": lambda at: Gateway(at, "sk-right").ask(Question("m", "hello"), timeout_s=5),
    "prices": lambda at: Gateway(at, "sk-right").deployments(),
    "the list of prices": lambda at: Gateway(at, "sk-right").price_list(),
    "a gateway's health": lambda at: probe.check(at, "sk-right", 5),
    "a gateway's models": lambda at: probe.models(at, "sk-right", 5),
    "an open page": lambda at: price_list.read(at, timeout_s=5),
    "anything by HTTP": lambda at: http_probe.get(at, "/", deadline=Deadline(5), headers={"Authorization": "x"}),
    "Redis": lambda at: redis_probe.check(at, "secret", None, 5),
    "an entry of Redis": lambda at: redis_probe.look_up(at, "secret", None, "key", database=0, timeout_s=5),
    "PostgreSQL": lambda at: postgres_probe.check(at, 5),
    "Open WebUI": lambda at: ui_probe.check(at, 5),
    "Ollama": lambda at: ollama_probe.check(at, 5),
    "a pull": lambda at: ollama_pull.pull(at, "m", silence_s=5, on_progress=lambda _: None),
}


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_nothing_is_sent_to_who_may_be_a_stranger(ask: Callable[[Address], object]) -> None:
    with lost_after(0) as (address, loss):
        try:
            told = str(ask(address))
        except (HubError, NoAnswer) as error:
            told = str(error)
    assert loss.stolen == []
    assert f"this hub's any more ({WHY})" in told or f"gateway any more ({WHY})" in told or ask is ASK["an open page"]


def test_it_is_asked_once_connected_and_each_time() -> None:
    """A stranger who takes the port between the question and the connection would get the key."""
    order: list[str] = []

    def doubt() -> None:
        order.append("doubt")

    with lost_after(2) as (address, loss):
        asked = Address(address.host, address.port, doubt)
        for _ in range(2):
            http_probe.get(asked, "/v1/models", deadline=Deadline(5))
    assert (order, len(loss.answered)) == (["doubt", "doubt"], 2)
    with pytest.raises(NoAnswer) as nobody:
        connect(asked, Deadline(5))
    assert (nobody.value.kind, order) == ("refused", ["doubt", "doubt"])


def test_the_gateways_client_names_the_place_the_cause_and_the_next_step() -> None:
    with lost_after(1) as (address, loss):
        gateway = Gateway(address, "sk-right")
        assert gateway.ask(Question("m", "hello", stream=False), timeout_s=5).status == 200
        with pytest.raises(GatewayLost) as lost:
            gateway.ask(Question("m", "hello"), timeout_s=5)
    assert lost.value.sentence == (
        f"{address} is not known to be this hub's gateway any more ({WHY}): nothing was sent there; "
        "`hubctl status` shows what runs; `hubctl up` starts the hub"
    )
    assert (lost.value.code, lost.value.exit_code) == ("gateway_lost", 4)
    assert loss.stolen == []
