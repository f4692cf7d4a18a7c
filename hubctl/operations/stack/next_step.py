"""Points from a failure to what explains it: a finding in the files, or `hubctl doctor` where that can see more."""

from dataclasses import replace

from hubctl import parallel
from hubctl.core.compose.layout import Layout, Service
from hubctl.operations.stack.status import ServiceStatus, StackStatus

LOOK_FURTHER = "`hubctl doctor` looks further, from inside the services, and names the first broken hop"

# Files of a hub are judged in a third of a second; of huge ones nobody waits for a cause.
CAUSE_S = 2.0


def cause_in_files(layout: Layout, gateway: Service) -> str | None:
    """Give the first finding with which the gateway does not start, in one sentence; null where there is none."""
    # Over a hundred rules, which the status of a hub that is well does not wait for.
    from hubctl.core.judging import judge
    from hubctl.core.rules import RULES
    from hubctl.operations.config import sources

    found = next(iter(judge.stops(RULES, sources.of_hub(layout, gateway))), None)
    if found is None:
        return None
    place = f"{found.file}:{found.line}" if found.line else f"{found.file}"
    return f"{place}: {found.message} ({found.rule}); {found.fix}"


def pointing(seen: StackStatus, layout: Layout, gateway: Service) -> StackStatus:
    """Add a note to the status of a hub that is not well: the one cause where it is known, else where to look.

    Nothing is added where the status says it all: what is stopped, paused or missing, and drift. Of a gateway that has
    ended, the files may still tell why.
    """
    down = [each for each in seen.services if each.service == gateway.name and _is_down(each)]
    cause = parallel.within(CAUSE_S, lambda: cause_in_files(layout, gateway)) if down else None
    note = cause or (LOOK_FURTHER if any(_is_puzzling(service) for service in seen.services) else None)
    return replace(seen, notes=(*seen.notes, note)) if note else seen


def _is_down(gateway: ServiceStatus) -> bool:
    """Whether it was started and does not answer."""
    has_ended = gateway.state == "stopped" and bool(gateway.instances)
    return has_ended or (_is_puzzling(gateway) and gateway.state != "unauthorized")


def _is_puzzling(service: ServiceStatus) -> bool:
    """Whether it is there and still not well."""
    there = not any(each.status == "paused" for each in service.instances)
    return there and service.state in {"unhealthy", "unreachable", "unauthorized"}
