"""The hub on one machine: Docker Compose creates and removes, the Docker SDK looks and restarts."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hubctl import parallel
from hubctl.adapters import files, ports
from hubctl.adapters.compose import Compose
from hubctl.adapters.engine import LABEL, Container, Engine, created_from
from hubctl.adapters.engine_address import LOOPBACK, is_loopback
from hubctl.core import env_text, layout
from hubctl.core.layout import Layout, Service
from hubctl.core.stack import Address, EngineState, LogLine, ServiceRun, Snapshot
from hubctl.errors import BadFile, EngineRefused, EngineUnavailable, HubError, PortTaken, UnknownService
from hubctl.progress import Progress

# LiteLLM finishes open requests for up to 30 s before it ends.
STOP_GRACE_S = 40
BOOT_GRACE_S = 5


class ComposeRuntime:
    """A hub run by Docker Compose."""

    name = "compose"

    def __init__(self, hub: Layout, engine: Engine, compose: Compose) -> None:
        self._layout = hub
        self._engine = engine
        self._compose = compose
        self._files = frozenset(os.path.realpath(file) for file in hub.files)

    def prepare(self, *, progress: Progress) -> None:
        """Pull the images that are not on the engine's machine."""
        self._engine.require_local()
        services = [service for service in self._expected() if service.image and not service.build]
        missing = self._engine.missing_images(frozenset(service.image for service in services if service.image))
        if not missing:
            return
        progress(f"pulling {', '.join(sorted(missing))}")
        try:
            self._compose.pull([service.name for service in services if service.image in missing], progress=progress)
        except HubError as error:
            names = ", ".join(sorted(missing))
            raise EngineRefused(
                f"missing on this machine and not to be pulled: {names} ({error.message})",
                hint="correct the image in .env or the compose file, or load it with `docker load`",
            ) from error

    def up(self, *, timeout_s: float, progress: Progress) -> None:
        """Create and start every service."""
        self._engine.require_local()
        project = self._project(self._containers(self._engine))
        progress("starting the services")
        try:
            with self._naming_who_has_the_port():
                self._compose.up(project=project, timeout_s=timeout_s, progress=progress)
        except BadFile as error:
            raise self._bad_env_file() or error from error

    def down(self, *, volumes: bool, progress: Progress) -> bool:
        """Remove containers and networks, and with `volumes` the data."""
        self._engine.require_local()
        containers = self._containers(self._engine)
        self._compose.down(project=self._project(containers), volumes=volumes, progress=progress)
        return bool(containers)

    def snapshot(self, *, timeout_s: float) -> Snapshot:
        """Describe every service of the compose files; the notes say what could not be read in them."""
        engine = self._engine.within(timeout_s)
        machine = engine.address.machine
        notes = tuple(str(note) for note in self._layout.notes)
        try:
            # Each request has its limit; together they have this one.
            (containers,) = parallel.each(
                self._containers, [engine], timeout_s=timeout_s, late=lambda engine: engine.give_up()
            )
        except (EngineUnavailable, EngineRefused) as error:
            state = EngineState("unreachable", error.sentence)
            return Snapshot(None, state, tuple(_run(service, [], machine) for service in self._expected()), notes)
        seen_only = f", on another machine: hubctl only looks; to change anything, run it on {machine}"
        state = EngineState("reachable", f"{engine.address}{seen_only if machine else ''}")
        by_service = {s.name: [c for c in containers if c.service == s.name] for s in self._expected()}
        runs = [_run(service, by_service[service.name], machine) for service in self._expected()]
        return Snapshot(self._project(containers), state, tuple(runs), notes)

    def restart(self, service: str, *, progress: Progress) -> None:
        """Restart every container of the service. Its environment stays what it was when it was created."""
        self._engine.require_local()
        containers = [c for c in self._containers(self._engine) if c.service == service]
        if not containers:
            raise UnknownService(f"the service {service} has no container", hint="`hubctl up` creates it")
        with self._naming_who_has_the_port():
            for container in containers:
                progress(f"restarting {container.instance.name}")
                self._engine.restart(container.instance.id, grace_s=_grace_s(container))

    def logs(self, service: str | None, *, follow: bool, tail: int | None, since: str | None) -> Iterator[LogLine]:
        """Read the logs of the project's containers."""
        containers = self._containers(self._engine)
        project = self._project(containers)
        if project is None:
            raise UnknownService("nothing of this hub runs, so there are no logs", hint="`hubctl up` starts it")
        if service is not None and service not in {each.service for each in containers}:
            raise UnknownService(
                f"the service {service} has no container, so no log", hint="`hubctl status` lists them"
            )
        services = {each.instance.name.removeprefix(f"{project}-"): each.service for each in containers}
        lines = self._compose.logs(service, project=project, follow=follow, tail=tail, since=since)
        return (LogLine(services.get(source, source), text) for source, text in lines)

    def demo_models(self) -> frozenset[str]:
        """Containers never answer with canned texts."""
        return frozenset()

    def _expected(self) -> tuple[Service, ...]:
        return tuple(service for service in self._layout.services if not service.profiles)

    def _containers(self, engine: Engine) -> list[Container]:
        return engine.containers(self._belongs)

    def _belongs(self, labels: Mapping[str, str]) -> bool:
        """Whether a container was created from one of this hub's compose files.

        On another machine the files lie elsewhere: there it is the project that Compose would look for from here.
        """
        if self._engine.address.machine and labels.get(f"{LABEL}project") == layout.project_name(self._layout):
            return True
        return any(os.path.realpath(file) in self._files for file in created_from(labels))

    def _project(self, containers: list[Container]) -> str | None:
        """Read the project's name from its containers; null before the first `up`. It is never derived."""
        return containers[0].project if containers else None

    def _bad_env_file(self) -> BadFile | None:
        """Find the file and the line that Compose refuses; it does not always name the file."""
        paths = dict.fromkeys(env_file.path for service in self._expected() for env_file in service.env_files)
        for path in filter(Path.exists, paths):
            for problem in env_text.read(files.read_text(path), self._layout.variables).problems:
                return BadFile(
                    f"{path}, line {problem.line}: {problem.message}",
                    hint="write NAME=value, the value in single quotes when it holds spaces or $",
                )
        return None

    @contextmanager
    def _naming_who_has_the_port(self) -> Iterator[None]:
        try:
            yield
        except PortTaken as taken:
            container = self._engine.publisher(taken.port)
            owner = f"the container {container}" if container else ports.owner(taken.port)
            raise PortTaken(taken.port, owner) from taken


def _grace_s(container: Container) -> int:
    """How long a container may take to end: one that is not serving has nothing to finish, and may not hear us yet."""
    return STOP_GRACE_S if container.instance.health in {None, "healthy"} else BOOT_GRACE_S


def _run(service: Service, containers: list[Container], machine: str | None) -> ServiceRun:
    return ServiceRun(
        service=service.name,
        role=service.role,
        desired=service.replicas,
        instances=tuple(container.instance for container in containers),
        address=_address(service, containers, machine),
        one_shot=service.restart in {None, "no"} and not service.ports and service.role is None,
    )


def _address(service: Service, containers: list[Container], machine: str | None) -> Address | None:
    """Find where the service can be reached from here: as the engine published it, else as the file says."""
    declared = [port for port in service.ports if port.protocol == "tcp"]
    for container in containers:
        for number in [port.container for port in declared] or sorted(container.published):
            if number in container.published:
                host, port = container.published[number]
                return _reachable(host, port, machine)
    fixed = [port for port in declared if port.host is not None]
    return _reachable(fixed[0].host_ip or "", fixed[0].host, machine) if fixed and fixed[0].host else None


def _reachable(host_ip: str, port: int, machine: str | None) -> Address | None:
    """Say where a published port is reached from here; null for one on another machine's loopback.

    One that listens everywhere is reached over loopback, on another machine by the name of that.
    """
    if host_ip in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return Address(machine or LOOPBACK, port)
    return None if machine and is_loopback(host_ip) else Address(host_ip, port)
