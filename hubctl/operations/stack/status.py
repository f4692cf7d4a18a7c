"""How the hub is: what its runtime says of each service, beside how each one answers a probe."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Literal

from hubctl import parallel
from hubctl.adapters.gateway import probe as gateway_probe
from hubctl.adapters.services import ollama_probe, postgres_probe, redis_probe, ui_probe
from hubctl.adapters.services.health import Health
from hubctl.core.change.drift import Drift
from hubctl.core.compose.stack import Address, EngineState, Instance, Role, ServiceRun, Snapshot, State, WayUp
from hubctl.core.result import Result
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack.state import FINISHED, state_of
from hubctl.progress import Progress, silent
from hubctl.runtimes import Runtime

_SCHEMES: dict[Role, str] = {
    "gateway": "http",
    "ui": "http",
    "ollama": "http",
    "cache": "redis",
    "database": "postgresql",
}
# A part of the time limit is kept for merging and printing.
_RESERVE_S = 0.1


@dataclass(frozen=True, slots=True)
class HubInfo:
    """Which hub this is about. `project` is Compose's name for it, null before the first start."""

    root: Path
    project: str | None
    runtime: str


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service: what it is for, how it is and why, where it answers. `latency_ms` is that of the first probe."""

    service: str
    role: Role | None
    state: State
    detail: str
    url: str | None
    latency_ms: float | None
    version: str | None
    desired: int
    instances: tuple[Instance, ...]
    drift: tuple[Drift, ...]

    @property
    def well(self) -> bool:
        """Whether nothing needs to be done about it.

        Healthy, ended as it was meant to, not wanted and not there, or running without a role and a health check, so
        that nobody can say more.
        """
        match self.state:
            case "missing":
                return self.desired == 0
            case "stopped":
                return self.detail == FINISHED
            case "unknown":
                return self.role is None
        return self.state == "healthy"


@dataclass(frozen=True, slots=True)
class StackStatus(Result):
    """The document of `hubctl status`."""

    in_place: ClassVar[bool] = True

    hub: HubInfo
    state: Literal["healthy", "degraded", "down"]
    engine: EngineState
    elapsed_ms: float
    services: tuple[ServiceStatus, ...]
    notes: tuple[str, ...]
    way_up: WayUp

    @property
    def exit_code(self) -> int:
        """1 unless everything is healthy and the engine could be asked."""
        return 0 if self.state == "healthy" and self.engine.state == "reachable" else 1


def check(
    root: Path,
    runtime: Runtime,
    credentials: Credentials,
    *,
    timeout_s: float,
    only: str | None = None,
    notes: Sequence[str] = (),
    progress: Progress = silent,
) -> StackStatus:
    """Ask the runtime and every service at once (or `only` one); what is silent after timeout_s is said to be so.

    `notes` are what else there is to tell of the hub.
    """
    started = time.monotonic()
    deadline = started + timeout_s - _RESERVE_S
    progress("asking every service")
    snapshot = _narrowed(runtime.snapshot(timeout_s=max(0.1, (deadline - started) / 2)), only)
    health = _probe_all(snapshot, credentials, max(0.1, deadline - time.monotonic()))
    demo = runtime.demo_models()
    services = tuple(_judged(run, snapshot, health.get(run.service), demo) for run in snapshot.services)
    return StackStatus(
        hub=HubInfo(root, snapshot.project, runtime.name),
        state=_overall(services),
        engine=snapshot.engine,
        elapsed_ms=round((time.monotonic() - started) * 1000, 1),
        services=services,
        notes=(*notes, *snapshot.notes),
        way_up=snapshot.way_up,
    )


def watch(look: Callable[[], StackStatus], *, interval_s: float) -> Iterator[StackStatus]:
    """Yield the status again and again, every interval_s, until the caller stops asking."""
    while True:
        began = time.monotonic()
        yield look()
        time.sleep(max(0.0, interval_s - (time.monotonic() - began)))


def probe(role: Role, address: Address, credentials: Credentials, timeout_s: float) -> Health:
    """Ask one service how it is, in the way of its role. Costs nothing and causes no model call."""
    match role:
        case "gateway":
            return gateway_probe.check(address, credentials.gateway_key, timeout_s)
        case "ui":
            return ui_probe.check(address, timeout_s)
        case "ollama":
            return ollama_probe.check(address, timeout_s)
        case "cache":
            return redis_probe.check(address, credentials.cache_password, credentials.cache_user, timeout_s)
        case "database":
            return postgres_probe.check(address, timeout_s)


def _narrowed(snapshot: Snapshot, only: str | None) -> Snapshot:
    if only is None:
        return snapshot
    return replace(snapshot, services=tuple(run for run in snapshot.services if run.service == only))


def _probe_all(snapshot: Snapshot, credentials: Credentials, timeout_s: float) -> dict[str, Health]:
    asked = [(run, run.role, run.address) for run in snapshot.services if run.role and run.address]
    answers = parallel.each(
        lambda item: probe(item[1], item[2], credentials, timeout_s),
        asked,
        timeout_s=timeout_s,
        late=lambda _item: Health("unreachable", f"did not answer within {timeout_s:.1f} s"),
    )
    return {run.service: health for (run, _, _), health in zip(asked, answers, strict=True)}


def _judged(run: ServiceRun, seen: Snapshot, health: Health | None, demo: frozenset[str]) -> ServiceStatus:
    state, detail = state_of(run, seen.engine, health, seen.way_up)
    if run.role == "gateway" and demo:
        detail = f"{detail}; demo: answers for {len(demo)} local models are canned"
    return ServiceStatus(
        service=run.service,
        role=run.role,
        state=state,
        detail=detail,
        url=f"{_SCHEMES[run.role]}://{run.address}" if run.role and run.address else None,
        latency_ms=round(health.latency_ms, 1) if health and health.latency_ms is not None else None,
        version=health.version if health else None,
        desired=run.desired,
        instances=run.instances,
        drift=run.drift,
    )


def _overall(services: tuple[ServiceStatus, ...]) -> Literal["healthy", "degraded", "down"]:
    gateways = [service for service in services if service.role == "gateway"]
    if not any(gateway.state in {"healthy", "starting", "unauthorized", "unknown"} for gateway in gateways):
        return "down"
    return "healthy" if all(service.well and not service.drift for service in services) else "degraded"
