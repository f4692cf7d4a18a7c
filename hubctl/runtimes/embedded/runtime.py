"""The hub without Docker: the real LiteLLM proxy as a local process, on a config and environment derived for this host.

Ollama and Redis are used where they answer; hubctl neither starts nor stops them.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hubctl import parallel
from hubctl.adapters.gateway.process import HOST, GatewayProcess, find_executable
from hubctl.adapters.gateway.second_process import SecondProcess
from hubctl.adapters.state import last_run
from hubctl.core.change.drift import Drift, DriftKind
from hubctl.core.compose.layout import Layout, Service
from hubctl.core.compose.stack import Address, EngineState, Follow, Instance, LogLine, ServiceRun, Snapshot, WayUp
from hubctl.core.gateway import embedded_config, second_config
from hubctl.core.gateway.embedded_run import Run
from hubctl.errors import EngineRefused, HubError, UnknownService
from hubctl.progress import Progress
from hubctl.runtimes import SecondGateway
from hubctl.runtimes.embedded import drift as embedded_drift
from hubctl.runtimes.embedded.beside import Beside
from hubctl.runtimes.embedded.launch import Launch, prepared
from hubctl.runtimes.embedded.neighbours import RelocatedInside, address_now, places
from hubctl.runtimes.obstacles import bad_env_files, config_obstacles

GATEWAY_PORT = 4000


def forget(state_folder: Path) -> None:
    """Let another runtime take over. Raises EngineRefused while the gateway still runs."""
    process = _process(state_folder)
    if (pid := process.pid()) is not None:
        raise EngineRefused(f"the embedded gateway of this hub runs (pid {pid})", hint="stop it with `hubctl down`")
    process.last_run.forget()


class EmbeddedRuntime:
    """A hub whose gateway is a process of this machine."""

    name = "embedded"
    ended_by_restart: frozenset[DriftKind] = frozenset({"env", "config", "image"})

    def __init__(
        self,
        layout: Layout,
        gateway: Service,
        *,
        environment: Callable[[], Mapping[str, str]],
        shell: Mapping[str, str],
        state_folder: Path,
        beside: Beside,
        demo: bool = False,
    ) -> None:
        self._layout = layout
        self._gateway = gateway
        self._environment = environment
        self._shell = shell
        self.beside = beside
        self._process = _process(state_folder)
        self._second = SecondProcess(state_folder)
        self._demo = demo

    def prepare(self, *, progress: Progress) -> None:
        """Nothing: the proxy is installed or it is not, which `up` says."""

    def up(self, *, timeout_s: float, progress: Progress) -> None:  # noqa: ARG002 - it starts or it does not
        """Start the gateway. Raises EngineRefused when it runs already, here or in a container."""
        self.beside.refuse(self._gateway.name)
        self._second.clear_away()
        self._start(self._prepared(self._demo), self._demo, progress)

    def down(self, *, volumes: bool, progress: Progress) -> bool:  # noqa: ARG002 - it has no data of its own
        """Stop the gateway; its log stays."""
        progress("stopping the gateway; open requests may take up to 30 s")
        self._second.clear_away()
        return self._process.stop()

    def snapshot(self, *, timeout_s: float) -> Snapshot:  # noqa: ARG002 - nothing here waits
        """Describe the gateway, and the neighbours that it was started with."""
        run = self._current_run()
        address = self._address(run.port) if run and self._process.holds(run.port) else None
        drift, unknown = self._compared(run)
        gateway = ServiceRun(self._gateway.name, "gateway", 1, self._instances(run), address, drift=drift)
        around = tuple(self._neighbours(run)) if run else ()
        state = EngineState("reachable", "local process")
        notes = (*(run.notes if run else ()), *unknown, *self._second.left(), *self._apart(around))
        return Snapshot(None, state, (gateway, *around), notes, self._way_up())

    def restart(self, service: str, *, progress: Progress) -> None:
        """Stop the gateway and start it on files derived anew, with the canned answers it had if it had any."""
        self._check_name(service)
        run = self._process.last_run.read()
        demo = run.demo if run else self._demo
        launch = self._prepared(demo)  # a broken file is found before anything is stopped
        progress("stopping the gateway; open requests may take up to 30 s")
        self._process.stop()
        self._start(launch, demo, progress)

    def recreate(self, service: str, *, timeout_s: float, progress: Progress) -> None:  # noqa: ARG002 - as `up`
        """Do as `restart` does: every start of the process takes the environment from the files."""
        self.restart(service, progress=progress)

    def drift(self, service: str) -> tuple[Drift, ...]:
        """Compare the files with what the running process was started from."""
        self._check_name(service)
        drift, _ = self._compared(self._current_run())
        return drift

    def obstacles(self, service: str) -> tuple[HubError, ...]:
        """Look at the files that a start needs, and for LiteLLM."""
        self._check_name(service)
        found: list[HubError] = [*bad_env_files([self._gateway], self._layout.variables)]
        found += config_obstacles(self._gateway)
        try:
            find_executable()
        except HubError as error:
            found.append(error)
        return tuple(found)

    def inside(self, service: str) -> RelocatedInside | None:
        """Look from this machine, on which the gateway is a process; names of services lead to their ports here."""
        self._check_name(service)
        if self._process.pid() is None:
            return None
        return RelocatedInside(self._environment(), lambda: places(self._layout, self.beside.published()))

    def logs(self, service: str | None, *, follow: Follow, tail: int | None, since: str | None) -> Iterator[LogLine]:
        """Read the log of the last start; following ends when the process ends."""
        self._check_name(service or self._gateway.name)
        if since is not None:
            raise HubError(
                "the embedded gateway's log has no dates, so --since cannot be answered",
                hint="`--tail N` gives the last N lines",
            )
        return (LogLine(self._gateway.name, line) for line in self._process.lines(tail, follow=follow))

    def demo_models(self) -> frozenset[str]:
        """Names of the models whose answers are canned."""
        run = self._current_run()
        return frozenset(run.demo_models) if run else frozenset()

    @contextmanager
    def second_gateway(self, service: str, config: str, *, progress: Progress) -> Iterator[SecondGateway]:
        """Run two processes on free ports of this machine."""
        self._check_name(service)
        key = f"sk-{secrets.token_hex(32)}"
        self._second.remove()
        try:
            progress("starting a second gateway beside the running one")
            variables = second_config.variables(key, self._second.start_model())
            environment = embedded_config.process_environment(variables, self._shell)
            yield SecondGateway(self._second.start(config, environment), key, self._second.has_ended, self._second.log)
        finally:
            self._second.remove()

    def _current_run(self) -> Run | None:
        """Give the last start, also if the process has ended by itself since, but not once it was stopped."""
        run = self._process.last_run.read()
        return None if run is None or run.stopped else run

    def _way_up(self) -> WayUp:
        last = self._process.last_run.read()
        return WayUp(f"hubctl up --embedded{' --demo' if last and last.demo else ''}")

    def _address(self, port: int) -> Address:
        return Address(HOST, port, parallel.shared(lambda: self._process.doubt(port)))

    def _neighbours(self, run: Run) -> Iterator[ServiceRun]:
        held = self.beside.published() if any(each.known_by == "container" for each in run.neighbours) else {}
        for each in run.neighbours:
            address, is_guessed = address_now(each, held), each.known_by == "place"
            yield ServiceRun(each.service, each.role, 0, (), address, managed=False, is_guessed=is_guessed)

    def _apart(self, used: Iterable[ServiceRun]) -> Iterator[str]:
        """Tell of containers of this hub that the gateway does not use."""
        services = {each.service for each in used}
        if apart := sorted(name for service, name in self.beside.running().items() if service not in services):
            yield f"containers of this hub run, too: {' '.join(apart)}; `hubctl down` stops them"

    def _compared(self, run: Run | None) -> tuple[tuple[Drift, ...], tuple[str, ...]]:
        if run is None or run.origin is None or self._process.pid() is None:
            return (), ()
        return embedded_drift.compare(run.origin, self._gateway, self._environment)

    def _check_name(self, service: str) -> None:
        if service != self._gateway.name:
            raise UnknownService(
                f"{service} is not run by the embedded gateway's hub: only {self._gateway.name} is",
                hint="`hubctl status` shows what it uses; `hubctl up` runs all services with Docker",
            )

    def _port(self) -> int:
        published = [port.host for port in self._gateway.ports if port.protocol == "tcp" and port.host]
        return published[0] if published else GATEWAY_PORT

    def _prepared(self, demo: bool) -> Launch:
        return prepared(self._layout, self._gateway, self._environment(), self.beside.published(), demo=demo)

    def _start(self, launch: Launch, demo: bool, progress: Progress) -> None:
        import yaml

        run = Run(
            port=self._port(),
            started_at=datetime.now(UTC).isoformat(),
            demo=demo,
            demo_models=tuple(sorted(launch.derived.demo_models)),
            notes=launch.derived.notes,
            neighbours=launch.neighbours,
            origin=launch.origin,
        )
        progress(f"starting the gateway on port {run.port}")
        self._process.start(
            launch.executable,
            yaml.safe_dump(launch.derived.config, sort_keys=False),
            embedded_config.process_environment(launch.derived.environment, self._shell),
            run,
            folder=launch.folder,
        )

    def _instances(self, run: Run | None) -> tuple[Instance, ...]:
        """Describe the process; none before the first start and after `down`."""
        pid, last_pid = self._process.pid(), self._process.last_pid()
        if run is None or last_pid is None:
            return ()
        return (
            Instance(
                id=str(last_pid),
                name="litellm",
                node=None,
                image=f"litellm {run.origin.version}" if run.origin else "litellm",
                status="exited" if pid is None else "running",
                health=None,
                restarts=0,
                started_at=run.started_at,
                pid=pid,
            ),
        )


def _process(state_folder: Path) -> GatewayProcess:
    return GatewayProcess(state_folder / last_run.FOLDER)
