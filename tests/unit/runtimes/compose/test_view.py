"""How containers look as a service: an address only where a running one holds the port."""

from pathlib import Path

import pytest

from hubctl.adapters.docker.containers import Container
from hubctl.core.compose import layout
from hubctl.core.compose.layout import Service
from hubctl.core.compose.stack import Address
from hubctl.runtimes.compose.view import run_of
from tests.fakes import instance


def service(**more: object) -> Service:
    described = {"image": "ghcr.io/berriai/litellm", "ports": ["127.0.0.1:4000:4000"], **more}
    hub = layout.build(
        {"services": {"litellm": described}}, root=Path("/hub"), files=(Path("/hub/c.yml"),), variables={}
    )
    return hub.named("litellm")


def container(published: dict[int, tuple[str, int]], status: str = "running") -> Container:
    return Container("hub", "litellm", instance(status=status), published, 1, "sha256:1", {})


def trusted(_container: str, _inside: int, _port: int) -> None:
    """Nothing is in doubt."""


@pytest.mark.parametrize(
    ("containers", "address", "is_cut_off"),
    [
        ([], None, False),
        ([container({}, "exited")], None, False),
        ([container({4000: ("127.0.0.1", 4000)})], Address("127.0.0.1", 4000), False),
        ([container({4000: ("0.0.0.0", 32768)})], Address("127.0.0.1", 32768), False),
        ([container({})], None, True),
        ([container({9: ("127.0.0.1", 9)})], None, True),
        ([container({}), container({4000: ("127.0.0.1", 4001)})], Address("127.0.0.1", 4001), False),
    ],
)
def test_a_port_counts_while_a_running_container_holds_it(
    containers: list[Container], address: Address | None, *, is_cut_off: bool
) -> None:
    found = run_of(service(), containers, None, trusted)
    assert (found.address, found.is_cut_off) == (address, is_cut_off)


def test_without_a_network_of_its_own_nothing_is_published_and_nothing_is_wrong() -> None:
    assert not run_of(service(network_mode="host"), [container({})], None, trusted).is_cut_off
    assert not run_of(service(ports=[]), [container({})], None, trusted).is_cut_off


def test_an_address_asks_about_the_very_container_that_it_is_of() -> None:
    asked: list[tuple[str, int, int]] = []

    def doubt(container: str, inside: int, port: int) -> str | None:
        asked.append((container, inside, port))
        return "gone" if len(asked) > 1 else None

    address = run_of(service(), [container({4000: ("0.0.0.0", 32768)})], None, doubt).address
    assert address is not None
    assert (address.doubt(), address.doubt()) == (None, "gone")
    assert asked == [(instance().id, 4000, 32768)] * 2
