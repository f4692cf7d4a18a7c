"""What stands around an embedded gateway on this host: where its neighbours are, and which of them answer."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hubctl.adapters.docker.inside import HereInside
from hubctl.adapters.services import ollama_probe, redis_probe
from hubctl.core.compose.layout import Layout
from hubctl.core.compose.stack import Address, Role
from hubctl.core.gateway.derived import Derived, ollama_addresses, redis_login
from hubctl.core.gateway.embedded_run import KnownBy, Neighbour
from hubctl.core.gateway.relocation import Places, Relocation
from hubctl.core.probe import Answer, Probe

OLLAMA_PORT = 11434
PROBE_S = 2.0

# Service -> port in its container -> where a running container of this hub listens on this host.
Held = Mapping[str, Mapping[int, Address]]


class RelocatedInside(HereInside):
    """This machine as a place to ask from by the names of Compose's network; what these lead to is asked each time."""

    def __init__(self, environment: Mapping[str, str], known: Callable[[], Places]) -> None:
        super().__init__(environment)
        self._known = known

    def probe(self, probe: Probe, *, timeout_s: float) -> Answer:
        """Ask at the address that the name has here. Raises NoAnswer."""
        moved = str(Relocation(self._known(), self.environment).value(probe.url))
        return super().probe(replace(probe, url=moved), timeout_s=timeout_s)


def places(layout: Layout, held: Held) -> dict[str, dict[int, Address]]:
    """Say where each port of each service of the compose file is to be found on this host.

    A port that no container of this hub holds may be anybody's. Only an Ollama is looked for where it usually is: that
    takes no key.
    """
    found: dict[str, dict[int, Address]] = {}
    for service in layout.services:
        own = dict(held.get(service.name, {}))
        if service.role == "ollama":
            own.setdefault(OLLAMA_PORT, Address("127.0.0.1", OLLAMA_PORT))
        found |= {name: own for name in (service.name, service.container_name) if name}
    return found


def neighbours(layout: Layout, derived: Derived, held: Held, named: frozenset[Address]) -> tuple[Neighbour, ...]:
    """List what the gateway will use on this host; `named` are the addresses that the hub's files say themselves."""
    login = redis_login(derived)
    ollamas = ollama_addresses(derived)
    used: list[tuple[Role, Address]] = [("ollama", address) for address in ollamas]
    used += [("cache", login.address)] if login else []
    return tuple(
        Neighbour(_named(layout, role, address), role, address, _known_by(role, address, held, named))
        for role, address in used
    )


def address_now(neighbour: Neighbour, held: Held) -> Address | None:
    """Give the address of a neighbour, where what was told of it when the gateway started holds now; else null."""
    if neighbour.known_by != "container":
        return neighbour.address
    return next((address for address in _addresses(held) if address == neighbour.address), None)


def _known_by(role: Role, address: Address, held: Held, named: frozenset[Address]) -> KnownBy:
    if address in _addresses(held):
        return "container"
    return "place" if role == "ollama" and address not in named else "files"


def _addresses(held: Held) -> set[Address]:
    return {address for ports in held.values() for address in ports.values()}


def _named(layout: Layout, role: Role, address: Address) -> str:
    """Give the name of the service that this address stands in for; another machine is named by its address."""
    here = {"127.0.0.1", "localhost", "::1"}
    names = [service.name for service in layout.with_role(role)]
    return names[0] if names and address.host in here else str(address)


def look_around(relocated: Derived, known: Places) -> tuple[dict[Address, str], dict[Address, frozenset[str]]]:
    """Look at the neighbours: what is wrong with those that cannot be used, and what each Ollama has pulled.

    A cache that is still called by the name of a service, of which no container runs, is not asked: the password
    would go to whoever has that name.
    """
    found = {each: ollama_probe.check(each, PROBE_S) for each in ollama_addresses(relocated)}
    troubles = {address: health.detail for address, health in found.items() if health.state != "healthy"}
    pulled = {address: frozenset(model.name for model in health.models or ()) for address, health in found.items()}
    login = redis_login(relocated)
    if login and login.address.host in known:
        troubles[login.address] = "no container of this hub is known to have it on this host"
    elif login:
        cache = redis_probe.check(login.address, login.password, login.username, PROBE_S)
        if cache.state not in {"healthy", "starting"}:
            troubles[login.address] = cache.detail
    return {address: detail.removesuffix(f" on {address}") for address, detail in troubles.items()}, pulled
