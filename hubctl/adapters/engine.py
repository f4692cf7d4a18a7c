"""The Docker Engine, through the Docker SDK: containers by their Compose labels, restart, logs, images.

Source: Engine API 1.41 to 1.51; the container labels are written by Docker Compose 1.29 and later.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from hubctl.core.stack import Instance
from hubctl.errors import EngineRefused, EngineUnavailable, HubError

if TYPE_CHECKING:
    from docker import APIClient

LABEL = "com.docker.compose."
DEFAULT_SOCKET = "unix:///var/run/docker.sock"
SILENT_HINT = "restart the Docker service on that machine"
WITHOUT_DOCKER = "start Docker, or set DOCKER_HOST to its address; without Docker: `hubctl up --embedded`"


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a Compose project: what its labels say, its state, and container port -> (host ip, port)."""

    project: str
    service: str
    instance: Instance
    published: Mapping[int, tuple[str, int]]
    number: int


class Engine:
    """The engine that the shell points at (DOCKER_HOST, Docker context). Connects on first use."""

    def __init__(self, environment: Mapping[str, str], *, timeout_s: float = 20.0) -> None:
        self._environment = environment
        self._timeout_s = timeout_s
        self._client: APIClient | None = None

    @property
    def address(self) -> str:
        """Where the engine is looked for."""
        return self._environment.get("DOCKER_HOST") or DEFAULT_SOCKET

    def within(self, timeout_s: float) -> "Engine":
        """Give the same engine with another limit for each request."""
        return Engine(self._environment, timeout_s=timeout_s)

    def give_up(self) -> NoReturn:
        """Say that it takes too long: for a caller whose patience is over before a request's own limit is."""
        raise EngineUnavailable(f"no Docker engine at {self.address}: {self._silent()}", hint=SILENT_HINT)

    def compose_files(self) -> tuple[Path, ...]:
        """List the first compose file of each project that runs here, as its containers' labels name it."""
        with self._asking() as api:
            running = api.containers(filters={"label": [f"{LABEL}project.config_files"]})
        return tuple(dict.fromkeys(created_from(entry.get("Labels") or {})[0] for entry in running))

    def containers(self, belongs: Callable[[Mapping[str, str]], bool]) -> list[Container]:
        """List the containers of Compose services whose labels `belongs` accepts, stopped ones too, by number."""
        filters = {"label": [f"{LABEL}service", f"{LABEL}oneoff=False"]}
        with self._asking() as api:
            listed = api.containers(all=True, filters=filters)
            mine = [entry["Id"] for entry in listed if belongs(entry.get("Labels") or {})]
            found = [container for identity in mine if (container := _inspect(api, identity))]
        return sorted(found, key=lambda container: (container.service, container.number))

    def restart(self, container_id: str, *, grace_s: int) -> None:
        """Stop (SIGTERM, SIGKILL after grace_s) and start a container. Its environment stays what it was."""
        with self._asking() as api:
            api.restart(container_id, timeout=grace_s)

    def missing_images(self, names: Iterable[str]) -> frozenset[str]:
        """Say which of these images are not on the engine's machine."""
        with self._asking() as api:
            return frozenset(name for name in names if not _has_image(api, name))

    def publisher(self, port: int) -> str | None:
        """Name the container that publishes this port of the host."""
        with self._asking() as api:
            for entry in api.containers(filters={"publish": str(port)}):
                return str(entry["Names"][0]).lstrip("/")
        return None

    def explain(self, error: BaseException) -> HubError:
        """Say what an error of the SDK means. Source: docker-py's exceptions, walked down to their cause."""
        from docker.errors import APIError

        if isinstance(error, APIError):
            text = str(error.explanation or error)
            return EngineRefused(f"the Docker engine at {self.address} refused: {text}")
        causes = tuple(_causes(error))
        for kind, (what, hint) in self._reasons().items():
            if any(type(cause).__name__ == kind for cause in causes):
                return EngineUnavailable(f"no Docker engine at {self.address}: {what}", hint=hint)
        last = " ".join(str(causes[-1]).split()) or type(causes[-1]).__name__
        return EngineUnavailable(f"no Docker engine at {self.address}: {last}", hint=WITHOUT_DOCKER)

    def _reasons(self) -> dict[str, tuple[str, str]]:
        silent = (self._silent(), SILENT_HINT)
        return {
            "PermissionError": (
                "no permission on its socket",
                "run as a user of the docker group (`sudo usermod -aG docker $USER`, then log in again), or with sudo",
            ),
            "FileNotFoundError": ("its socket does not exist", WITHOUT_DOCKER),
            "ConnectionRefusedError": ("nothing listens there", WITHOUT_DOCKER),
            "gaierror": ("the host name is unknown", "correct DOCKER_HOST"),
            "ConnectTimeout": silent,
            "ReadTimeout": silent,
            "TimeoutError": silent,
        }

    def _silent(self) -> str:
        return f"it accepted the connection and did not answer within {self._timeout_s:g} s (frozen?)"

    @contextmanager
    def _asking(self) -> "Iterator[APIClient]":
        """Turn every error of the SDK into one message: which engine, what happened, what to do."""
        from docker.errors import DockerException
        from requests import RequestException

        try:
            yield self._connected()
        except (DockerException, RequestException, OSError) as error:
            raise self.explain(error) from error

    def _connected(self) -> "APIClient":
        if self._client is None:
            import docker

            environment = dict(self._environment)
            timeout: Any = self._timeout_s  # the stubs know whole seconds only
            self._client = docker.from_env(environment=environment, timeout=timeout).api
        return self._client


def created_from(labels: Mapping[str, str]) -> tuple[Path, ...]:
    """Give the compose files that a container was created from. Compose 1.29 wrote their names, later ones paths."""
    folder = labels.get(f"{LABEL}project.working_dir", "")
    return tuple(Path(folder, name) for name in labels.get(f"{LABEL}project.config_files", "").split(","))


def _inspect(api: "APIClient", container_id: str) -> Container | None:
    """Read one container; null when it went away since it was listed."""
    from docker.errors import NotFound

    try:
        return _container(api.inspect_container(container_id))
    except NotFound:
        return None


def _has_image(api: "APIClient", name: str) -> bool:
    from docker.errors import ImageNotFound

    try:
        api.inspect_image(name)  # type: ignore[no-untyped-call]
    except ImageNotFound:
        return False
    return True


def _container(attrs: Mapping[str, Any]) -> Container:
    labels, state = attrs["Config"]["Labels"], attrs["State"]
    ports = (attrs.get("NetworkSettings") or {}).get("Ports") or {}
    published = {
        int(port.partition("/")[0]): (bindings[0]["HostIp"], int(bindings[0]["HostPort"]))
        for port, bindings in ports.items()
        if bindings
    }
    return Container(
        project=labels[f"{LABEL}project"],
        service=labels[f"{LABEL}service"],
        number=int(labels.get(f"{LABEL}container-number") or 1),
        published=published,
        instance=Instance(
            id=attrs["Id"][:12],
            name=attrs["Name"].lstrip("/"),
            node=None,
            image=attrs["Config"]["Image"],
            status=state["Status"],
            health=(state.get("Health") or {}).get("Status"),
            restarts=attrs.get("RestartCount", 0),
            started_at=state.get("StartedAt"),
            pid=state.get("Pid") or None,
            exit_code=state.get("ExitCode") if state["Status"] in {"exited", "restarting", "dead"} else None,
        ),
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        for argument in seen.args:
            if isinstance(argument, BaseException):
                yield from _causes(argument)
        seen = seen.__cause__ or seen.__context__
