"""The Docker Engine, through the Docker SDK: containers by their Compose labels, restart, logs, images.

Source: Engine API 1.41 to 1.51; the container labels are written by Docker Compose 1.29 and later.
"""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from hubctl import parallel
from hubctl.adapters.docker import containers, engine_complaints
from hubctl.adapters.docker.containers import LABEL, Container, created_from, environment_of
from hubctl.adapters.docker.engine_address import EngineAddress
from hubctl.errors import EngineRemote, HubError

if TYPE_CHECKING:
    from docker import APIClient


# Questions asked side by side: each takes a few milliseconds of waiting.
AT_ONCE = 8
_LOADING = parallel.one_at_a_time()


@dataclass(frozen=True, slots=True)
class Image:
    """An image on the engine's machine, and the environment that it gives its containers."""

    id: str
    environment: Mapping[str, str] = field(repr=False)


class Engine:
    """The engine at an address. Connects on first use. `learn` is told every environment that is seen there."""

    def __init__(
        self,
        address: EngineAddress,
        *,
        timeout_s: float = 20.0,
        learn: Callable[[Mapping[str, str]], None] = lambda _: None,
    ) -> None:
        self.address = address
        self._timeout_s = timeout_s
        self._learn = learn
        self._client: APIClient | None = None

    def within(self, timeout_s: float) -> "Engine":
        """Give the same engine with another limit for each request."""
        return Engine(self.address, timeout_s=timeout_s, learn=self._learn)

    def give_up(self) -> NoReturn:
        """Say that it takes too long: for a caller whose patience is over before a request's own limit is."""
        raise engine_complaints.silent(self.address, self._timeout_s)

    def require_local(self) -> None:
        """Refuse to change anything on another machine. Raises EngineRemote."""
        if machine := self.address.machine:
            raise EngineRemote(
                f"the Docker engine at {self.address} is another machine's, whose files its containers mount: "
                "from here hubctl only looks",
                hint=f"run hubctl on {machine}",
            )

    def compose_files(self) -> tuple[Path, ...]:
        """List the first compose file of each project that runs here, as its containers' labels name it."""
        with self.asking() as api:
            running = api.containers(filters={"label": [f"{LABEL}project.config_files"]})
        files = (created_from(entry.get("Labels") or {})[:1] for entry in running)
        return tuple(dict.fromkeys(first for found in files for first in found))

    def containers(self, belongs: Callable[[Mapping[str, str]], bool]) -> list[Container]:
        """List the containers of Compose services whose labels `belongs` accepts, stopped ones too, by number."""
        filters = {"label": [f"{LABEL}service", f"{LABEL}oneoff=False"]}
        with self.asking() as api:
            listed = api.containers(all=True, filters=filters)
            mine = [entry["Id"] for entry in listed if belongs(entry.get("Labels") or {})]
            looked = parallel.pooled(partial(containers.inspect, api), mine, workers=AT_ONCE)
        found = [container for container in looked if container]
        for container in found:
            self._learn(container.environment)
        return sorted(found, key=lambda container: (container.service, container.number))

    def doubt(self, container_id: str, inside: int, port: int) -> str | None:
        """Say why a container is not known to publish its port `inside` at a port of its machine; null where it is."""
        found: str | None = None
        try:
            with self.asking() as api:
                found = containers.doubt(api, container_id, inside, port)
        except HubError as error:
            found = error.message
        return found

    def restart(self, container_id: str, *, grace_s: int) -> None:
        """Stop (SIGTERM, SIGKILL after grace_s) and start a container. Its environment stays what it was."""
        with self.asking() as api:
            api.restart(container_id, timeout=grace_s)

    def remove(self, container_id: str) -> None:
        """Remove a container that does not run; its volumes stay."""
        with self.asking() as api:
            api.remove_container(container_id)

    def images(self, references: Iterable[str]) -> dict[str, Image]:
        """Look at images by name or id; those that are not on the engine's machine are left out."""
        with self.asking() as api:
            wanted = tuple(references)
            found = zip(wanted, parallel.pooled(partial(_image, api), wanted, workers=AT_ONCE), strict=True)
        return {reference: image for reference, image in found if image}

    def run(self, container_id: str, command: Sequence[str]) -> tuple[int, str]:
        """Run a command in a running container: its exit code (126 or 127 where there is no such command) and stdout.

        Raises EngineRefused for a container that does not run, or is paused.
        """
        with self.asking() as api:
            identity = api.exec_create(container_id, list(command), stderr=False)["Id"]
            out: bytes = api.exec_start(identity)
            return api.exec_inspect(identity)["ExitCode"], out.decode("utf-8", "replace")

    def publisher(self, port: int) -> str | None:
        """Name the container that publishes this port of the host."""
        with self.asking() as api:
            for entry in api.containers(filters={"publish": str(port)}):
                return str(entry["Names"][0]).lstrip("/")
        return None

    @contextmanager
    def asking(self) -> "Iterator[APIClient]":
        """Turn every error of the SDK into one message: which engine, what happened, what to do."""
        _load_sdk(self.address)
        from docker.errors import DockerException
        from requests import RequestException

        try:
            yield self._connected()
        except (DockerException, RequestException, OSError, _ssh_error(self.address)) as error:
            raise engine_complaints.explain(error, self.address, self._timeout_s) from error

    def _connected(self) -> "APIClient":
        if self._client is None:
            connect = _connect_by_ssh if _is_ssh(self.address) else _connect
            self._client = connect(self.address, self._timeout_s)
        return self._client


def _is_ssh(address: EngineAddress) -> bool:
    return address.url.startswith("ssh://")


def _load_sdk(address: EngineAddress) -> None:
    """Import the SDK; without its way through ssh where that is not needed, for paramiko takes as long as the rest.

    One thread does it, and the others wait: two that each import a part of it may wait for each other for ever, which
    Python notices and raises an error of its own about.
    """
    with _LOADING:
        spared = not (_is_ssh(address) or "docker" in sys.modules or "paramiko" in sys.modules)
        if spared:
            sys.modules["paramiko"] = None  # type: ignore[assignment]  # as if it were not installed
        try:
            import docker.api.client
            import docker.errors
            import docker.tls  # noqa: F401
        finally:
            if spared:
                del sys.modules["paramiko"]


def _connect(address: EngineAddress, timeout_s: float) -> "APIClient":
    from docker import APIClient
    from docker.tls import TLSConfig

    timeout: Any = timeout_s  # the stubs know whole seconds only
    folder = address.certificates
    tls = folder and TLSConfig((f"{folder}/cert.pem", f"{folder}/key.pem"), f"{folder}/ca.pem", verify=address.verify)
    return APIClient(address.url, timeout=timeout, tls=tls or False)


def _connect_by_ssh(address: EngineAddress, timeout_s: float) -> "APIClient":
    """Connect within the limit, which the SDK does not pass on to paramiko; whose errors are ours to show, not its."""
    logging.getLogger("paramiko").addHandler(logging.NullHandler())

    def late(_address: EngineAddress) -> NoReturn:
        raise engine_complaints.silent(address, timeout_s)

    (client,) = parallel.each(lambda it: _connect(it, timeout_s), [address], timeout_s=timeout_s, late=late)
    return client


def _ssh_error(address: EngineAddress) -> type[Exception]:
    """Give what paramiko raises that is no OSError; for another way to the engine, something that is caught anyway."""
    if not _is_ssh(address):
        return OSError
    try:
        from paramiko import SSHException
    except ImportError:
        return OSError
    return SSHException


def _image(api: "APIClient", reference: str) -> Image | None:
    from docker.errors import ImageNotFound

    try:
        attrs = api.inspect_image(reference)  # type: ignore[no-untyped-call]
    except ImageNotFound:
        return None
    return Image(attrs["Id"], environment_of(attrs.get("Config")))
