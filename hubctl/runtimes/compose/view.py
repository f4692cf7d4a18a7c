"""How the containers of a Compose project look as services of a hub."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from hubctl import parallel
from hubctl.adapters.docker.containers import Container
from hubctl.adapters.docker.engine_address import LOOPBACK, is_loopback
from hubctl.core.change.drift import Drift
from hubctl.core.compose import layout
from hubctl.core.compose.layout import Layout, Service
from hubctl.core.compose.stack import Address, ServiceRun

# Compose gives a new container such a name until the old one is gone; hand-made recreations often use the other.
_LEFT_OVER = re.compile(r"[0-9a-f]{12}_.|.*-old-")

# LiteLLM finishes open requests for up to 30 s before it ends.
_STOP_GRACE_S = 40
BOOT_GRACE_S = 5

# Why a container, by its id, may not publish a port of its own at a port of its machine now: `Engine.doubt`.
Doubt = Callable[[str, int, int], str | None]


def is_left_over(container: Container) -> bool:
    """Whether it stems from a recreation that was cut off. Source: Compose 2.26 and 2.40, killed at each step."""
    return container.instance.status != "running" and _LEFT_OVER.match(container.instance.name) is not None


def names_of(containers: Sequence[Container]) -> list[str]:
    """Give the names of containers."""
    return [container.instance.name for container in containers]


def names_to_be(hub: Layout, service: str, project: str | None) -> list[str]:
    """Give the names that Compose gives the containers of a service. Source: Compose 2.26 and 2.40."""
    described = hub.named(service)
    if described.container_name:
        return [described.container_name]
    return [f"{project or layout.project_name(hub)}-{service}-{number + 1}" for number in range(described.replicas)]


def grace_s_of(container: Container) -> int:
    """How long a container may take to end: one that is not serving has nothing to finish, and may not hear us yet."""
    return _STOP_GRACE_S if container.instance.health in {None, "healthy"} else BOOT_GRACE_S


def run_of(
    service: Service,
    containers: Sequence[Container],
    machine: str | None,
    doubt: Doubt,
    drift: tuple[Drift, ...] = (),
) -> ServiceRun:
    """Describe one service; machine is the name of the engine's, null for this one."""
    return ServiceRun(
        service=service.name,
        role=service.role,
        desired=service.replicas,
        instances=tuple(container.instance for container in containers),
        address=_address(service, containers, machine, doubt),
        one_shot=service.restart in {None, "no"} and not service.ports and service.role is None,
        drift=drift,
        is_cut_off=_is_cut_off(service, containers),
    )


def _is_cut_off(service: Service, containers: Sequence[Container]) -> bool:
    """Whether containers run, and the engine publishes nothing of what the file says: so it is without a network."""
    if service.network_mode:
        return False  # it has the host's network, or another's, where nothing is published
    running = [each for each in containers if each.instance.status == "running"]
    declared = {port.container for port in service.ports if port.protocol == "tcp"}
    return bool(running and declared) and not any(declared & each.published.keys() for each in running)


def _address(service: Service, containers: Sequence[Container], machine: str | None, doubt: Doubt) -> Address | None:
    """Find where the service can be reached from here: where one of its running containers holds the port.

    A port that the file alone names may be anybody's.
    """
    declared = [port.container for port in service.ports if port.protocol == "tcp"]
    for container in containers:
        for number in declared or sorted(container.published):
            if number in container.published:
                return reachable(container, number, machine, doubt)
    return None


def reachable(container: Container, inside: int, machine: str | None, doubt: Doubt) -> Address | None:
    """Say where a port that a container publishes is reached from here; null for one on another machine's loopback.

    One that listens everywhere is reached over loopback, on another machine by the name of that.
    """
    host_ip, port = container.published[inside]
    ask = parallel.shared(partial(doubt, container.instance.id, inside, port))
    if host_ip in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return Address(machine or LOOPBACK, port, ask)
    return None if machine and is_loopback(host_ip) else Address(host_ip, port, ask)
