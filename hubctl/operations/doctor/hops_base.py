"""What the live path rests on: the engine, the containers, their networks."""

from collections.abc import Iterator

from hubctl.core.compose.stack import ROLES, WayUp
from hubctl.core.doctor.hops import Hop, container, network
from hubctl.errors import HubError
from hubctl.operations.doctor.hop import Examination
from hubctl.operations.stack.status import ServiceStatus

_OUT_OF_MEMORY = 137


def engine(exam: Examination) -> Iterator[Hop]:
    """Whether what runs the hub answers."""
    state = exam.seen.engine
    if state.state == "reachable":
        yield Hop("engine", "well", state.detail)
    else:
        yield Hop("engine", "broken", state.detail, "start the engine; `docker version` asks it, too")


def containers(exam: Examination) -> Iterator[Hop]:
    """Whether every service has what it should have running."""
    for role in (*ROLES, None):
        services = [each for each in exam.with_role(role) if each.desired or each.instances]
        if not services or exam.seen.engine.state == "unreachable":
            continue
        bad = [each for each in services if not _runs(each)]
        if not bad:
            yield Hop(container(role), "well", ", ".join(each.service for each in services))
            continue
        detail = "; ".join(f"{each.service}: {each.detail}{_memory(each)}{exam.causes(each)}" for each in bad)
        yield Hop(container(role), "broken", detail, _start(bad[0], exam.seen.way_up), "error" if role else "warning")


def networks(exam: Examination) -> Iterator[Hop]:
    """Whether what runs is in a network at all: after `docker network disconnect` it is in none."""
    for role in ROLES:
        for service in exam.with_role(role):
            try:
                found = sorted(exam.inside(service.service).networks)
            except HubError:  # does not run, which is another hop
                continue
            if found:
                yield Hop(network(role), "well", f"{service.service}: {', '.join(found)}")
            else:
                yield Hop(network(role), "broken", f"{service.service} is in no network", exam.renewed(service.service))


def _runs(service: ServiceStatus) -> bool:
    if service.well or not service.instances:
        return service.well
    loops = any(each.restarts and each.health != "healthy" for each in service.instances)
    running = sum(each.status == "running" for each in service.instances)
    return running >= service.desired and not (loops and service.state == "unhealthy")


def _memory(service: ServiceStatus) -> str:
    killed = any(each.exit_code == _OUT_OF_MEMORY for each in service.instances)
    return "; exit 137 is a kill: by somebody, or for lack of memory" if killed else ""


def _start(service: ServiceStatus, way_up: WayUp) -> str:
    statuses = {each.status for each in service.instances}
    if "paused" in statuses:
        return f"`docker unpause {service.instances[0].name}`"
    if statuses & {"restarting", "running"}:
        return f"correct what its log says (`hubctl logs {service.service}`); then `hubctl restart {service.service}`"
    return way_up.then("")
