"""The whole stack: start it and wait until it is healthy, stop it, read its logs."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from hubctl import interrupts
from hubctl.core.compose.stack import Follow, LogLine
from hubctl.core.gateway.log_causes import causes
from hubctl.core.result import Result
from hubctl.errors import HubError, NotReady
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack import status
from hubctl.operations.stack.status import ServiceStatus, StackStatus
from hubctl.progress import Progress
from hubctl.runtimes import Runtime

# Open WebUI is the last to be ready: a minute after the first start on two quiet cores, two on two busy ones.
UP_S = 300.0
POLL_S = 0.5
LOG_LINES = 60
# Of a log that is read as one document: characters, and what each line takes beside them.
MOST_LOG_BYTES, LOG_LINE_BYTES = 100_000_000, 100
# A service that was started again this often will not come up by itself.
HOPELESS_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class Started(StackStatus):
    """The document of `hubctl up`: the status of a stack whose own services are all healthy."""

    @property
    def exit_code(self) -> int:
        """0: a neighbour that hubctl does not run (an Ollama beside the embedded gateway) is not asked for here."""
        return 0


@dataclass(frozen=True, slots=True)
class Stopped(Result):
    """The document of `hubctl down`. `was_running` is false when there was nothing to stop."""

    was_running: bool
    volumes_deleted: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogEntry(Result):
    """One line of a log that is being followed."""

    service: str
    text: str


@dataclass(frozen=True, slots=True)
class Logs(Result):
    """The document of `hubctl logs`."""

    lines: tuple[LogLine, ...]


def up(
    root: Path,
    runtime: Runtime,
    credentials: Credentials,
    *,
    timeout_s: float,
    progress: Progress,
    cause: Callable[[], str | None] = lambda: None,
) -> Started:
    """Start every service and wait until all are healthy.

    timeout_s bounds the start and the wait; getting missing images comes before and is not counted. `cause` tells what
    in the files keeps the gateway from starting. Raises NotReady with the last log lines of the service that blocks.
    """
    runtime.prepare(progress=progress)
    interrupts.leaves("whatever was started goes on running; `hubctl status` shows it, `hubctl down` stops it")
    deadline = time.monotonic() + timeout_s
    runtime.up(timeout_s=timeout_s, progress=progress)
    while True:
        seen = status.check(root, runtime, credentials, timeout_s=min(5.0, timeout_s))
        waiting = [service for service in seen.services if service.desired and _is_awaited(service, seen)]
        if not waiting:
            return Started(**{field.name: getattr(seen, field.name) for field in fields(seen)})
        progress(_waiting_for(seen.services))
        hopeless = next((service for service in waiting if _hopeless(service)), None)
        if hopeless or time.monotonic() >= deadline:
            blocking = hopeless or waiting[0]
            known = cause() if blocking.role == "gateway" else None
            raise _not_ready(blocking, runtime, timeout_s, gave_up=hopeless is not None, cause=known)
        time.sleep(POLL_S)


def down(runtime: Runtime, *, volumes: bool, progress: Progress) -> Stopped:
    """Stop every service, and what runs beside the runtime first. Data is deleted only with `volumes`."""
    interrupts.leaves("what was stopped stays stopped; `hubctl status` shows the rest, `hubctl down` stops it")
    beside = runtime.beside
    ran, untold = beside.down(volumes=volumes, progress=progress) if beside else (False, ())
    ran = runtime.down(volumes=volumes, progress=progress) or ran
    return Stopped(was_running=ran, volumes_deleted=volumes and not untold, notes=untold)


def logs(runtime: Runtime, service: str | None, *, tail: int | None, since: str | None) -> Logs:
    """Read the log of one service, or of all. Raises HubError for one that is too large for a document."""
    lines: list[LogLine] = []
    size_bytes = 0
    for line in runtime.logs(service, follow=False, tail=tail, since=since):
        size_bytes += len(line.text) + LOG_LINE_BYTES
        if size_bytes > MOST_LOG_BYTES:
            raise HubError(
                f"the log{f' of {service}' if service else ''} is larger than {MOST_LOG_BYTES // 1_000_000} MB",
                hint="`--tail N` shows its last N lines, `--follow` prints it line by line",
            )
        lines.append(line)
    return Logs(tuple(lines))


def follow_logs(
    runtime: Runtime, service: str | None, *, tail: int | None, since: str | None, follow: Follow = True
) -> Iterator[LogEntry]:
    """Yield log lines as they come, until the caller stops asking, or `follow` says that nobody does any more."""
    for line in runtime.logs(service, follow=follow, tail=tail, since=since):
        yield LogEntry(line.service, line.text)


def log_causes(runtime: Runtime, service: str) -> tuple[str, ...]:
    """Return the lines at the end of a service's log that name what went wrong; none where it cannot be read."""
    try:
        return causes([line.text for line in runtime.logs(service, follow=False, tail=LOG_LINES, since=None)])
    except HubError:
        return ()


def _waiting_for(services: tuple[ServiceStatus, ...]) -> str:
    count = Counter(service.well for service in services)
    names = ", ".join(f"{service.service} ({service.state})" for service in services if not service.well)
    return f"{count[True]} of {len(services)} healthy, waiting for {names}"


def _is_awaited(service: ServiceStatus, seen: StackStatus) -> bool:
    """Whether it may yet become healthy. What the engine sees running and nobody can ask will not be known better."""
    known = service.state != "unknown" or seen.engine.state == "unreachable"
    return known and not service.well


def _hopeless(service: ServiceStatus) -> bool:
    """Whether waiting will not help: it refuses our key, ended for good, or ends again and again."""
    ended = service.state == "stopped"
    return ended or service.state == "unauthorized" or any(i.restarts >= HOPELESS_RESTARTS for i in service.instances)


def _not_ready(
    service: ServiceStatus, runtime: Runtime, timeout_s: float, *, gave_up: bool, cause: str | None
) -> NotReady:
    when = "will not become healthy" if gave_up else f"is not healthy after {timeout_s:g} s"
    lines = log_causes(runtime, service.service) if service.instances else ()
    log = "".join(f"\n  {line}" for line in lines)
    return NotReady(
        f"{service.service} {when}: {service.state}, {service.detail}{log}",
        hint=f"{cause or '`hubctl doctor` names the first broken hop'}; what runs keeps running",
    )
