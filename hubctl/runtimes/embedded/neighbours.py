"""What stands around an embedded gateway on this host: where its neighbours are, and which of them answer."""

from collections.abc import Mapping
from dataclasses import replace

from hubctl.adapters.docker.inside import HereInside
from hubctl.adapters.services import ollama_probe, redis_probe
from hubctl.core.compose.layout import Layout
from hubctl.core.compose.stack import Address, Role
from hubctl.core.gateway import embedded_config
from hubctl.core.gateway.embedded_config import Derived
from hubctl.core.gateway.embedded_run import Neighbour
from hubctl.core.gateway.relocation import Places, Relocation
from hubctl.core.probe import Answer, Probe

OLLAMA_PORT = 11434
PROBE_S = 2.0
_EVERYWHERE = frozenset({None, "0.0.0.0", "::"})  # noqa: S104 - compared, not bound


class RelocatedInside(HereInside):
    """This machine as a place to ask from by the names of Compose's network."""

    def __init__(self, environment: Mapping[str, str], known: Places) -> None:
        super().__init__(environment)
        self._known = known

    def probe(self, probe: Probe, *, timeout_s: float) -> Answer:
        """Ask at the address that the name has here. Raises NoAnswer."""
        moved = str(Relocation(self._known, self.environment).value(probe.url))
        return super().probe(replace(probe, url=moved), timeout_s=timeout_s)


def places(layout: Layout) -> dict[str, dict[int, Address]]:
    """Say where each port of each service of the compose file is to be found on this host."""
    found: dict[str, dict[int, Address]] = {}
    for service in layout.services:
        published = {
            port.container: Address("127.0.0.1" if port.host_ip in _EVERYWHERE else str(port.host_ip), port.host)
            for port in service.ports
            if port.host and port.protocol == "tcp"
        }
        if service.role == "ollama":
            published = {**published, OLLAMA_PORT: _find_ollama(published.get(OLLAMA_PORT))}
        found |= {name: published for name in (service.name, service.container_name) if name}
    return found


def neighbours(layout: Layout, derived: Derived) -> tuple[Neighbour, ...]:
    """List what the gateway will use on this host."""
    login = embedded_config.redis_login(derived)
    ollamas = embedded_config.ollama_addresses(derived)
    used: list[tuple[Role, Address]] = [("ollama", address) for address in ollamas]
    used += [("cache", login.address)] if login else []
    return tuple(Neighbour(_named(layout, role, address), role, address) for role, address in used)


def _named(layout: Layout, role: Role, address: Address) -> str:
    """Give the name of the service that this address stands in for; another machine is named by its address."""
    here = {"127.0.0.1", "localhost", "::1"}
    names = [service.name for service in layout.with_role(role)]
    return names[0] if names and address.host in here else str(address)


def _find_ollama(published: Address | None) -> Address:
    """Find an Ollama of this machine: the hub's own, else one at its usual port; where none answers, the first."""
    usual = Address("127.0.0.1", OLLAMA_PORT)
    candidates = [published, usual] if published else [usual]
    answering = (each for each in candidates if ollama_probe.check(each, PROBE_S).state == "healthy")
    return next(answering, candidates[0])


def look_around(relocated: Derived) -> tuple[dict[Address, str], dict[Address, frozenset[str]]]:
    """Look at the neighbours: what is wrong with those that cannot be used, and what each Ollama has pulled."""
    found = {each: ollama_probe.check(each, PROBE_S) for each in embedded_config.ollama_addresses(relocated)}
    troubles = {address: health.detail for address, health in found.items() if health.state != "healthy"}
    pulled = {address: frozenset(model.name for model in health.models or ()) for address, health in found.items()}
    if login := embedded_config.redis_login(relocated):
        cache = redis_probe.check(login.address, login.password, login.username, PROBE_S)
        if cache.state not in {"healthy", "starting"}:
            troubles[login.address] = cache.detail
    return {address: detail.removesuffix(f" on {address}") for address, detail in troubles.items()}, pulled
