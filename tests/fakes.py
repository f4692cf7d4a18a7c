"""Stand-ins for what runs a hub: a scripted runtime, and a scripted Docker engine on a real socket."""

import json
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from hubctl.core.change.drift import Drift, DriftKind
from hubctl.core.compose.stack import Address, EngineState, Follow, Instance, LogLine, Role, ServiceRun, Snapshot
from hubctl.core.probe import Answer, Probe
from hubctl.errors import HubError
from hubctl.progress import Progress
from hubctl.runtimes import Beside, SecondGateway
from tests.servers import Script, reply, requested

REACHABLE = EngineState("reachable", "unix:///var/run/docker.sock")
AWAY = EngineState("unreachable", "no Docker engine at unix:///var/run/docker.sock: its socket does not exist")
LONG_AGO = "2026-01-01T00:00:00.5Z"

View = Sequence[ServiceRun]


def instance(
    name: str = "hub-litellm-1",
    *,
    status: str = "running",
    health: str | None = None,
    restarts: int = 0,
    started_at: str | None = LONG_AGO,
    exit_code: int | None = None,
) -> Instance:
    """One container of a service."""
    return Instance(
        id="0123456789ab",
        name=name,
        node=None,
        image="ghcr.io/berriai/litellm:main-stable",
        status=status,
        health=health,
        restarts=restarts,
        started_at=started_at,
        pid=4711,
        exit_code=exit_code,
    )


def run_of(
    service: str = "litellm",
    role: Role | None = "gateway",
    *instances: Instance,
    address: Address | None = None,
    desired: int = 1,
    one_shot: bool = False,
    managed: bool = True,
    drift: tuple[Drift, ...] = (),
) -> ServiceRun:
    """One service as a runtime sees it."""
    return ServiceRun(service, role, desired, instances, address, one_shot, managed, drift)


def well(service: str = "litellm", role: Role | None = "gateway", started_at: str = LONG_AGO) -> ServiceRun:
    """A service that is healthy by Docker's own check, and that nobody can probe."""
    return run_of(service, role, instance(f"hub-{service}-1", health="healthy", started_at=started_at))


@dataclass
class FakeInside:
    """A place to look from, with an answer for each kind of probe, or for its URL: JSON, a status, or an error."""

    environment: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, object] = field(default_factory=dict)
    networks: frozenset[str] = frozenset({"hub_default"})
    asked: list[Probe] = field(default_factory=list)

    def probe(self, probe: Probe, *, timeout_s: float) -> Answer:
        """Give what was set."""
        assert timeout_s > 0
        self.asked.append(probe)
        found = self.answers.get(probe.url, self.answers.get(probe.kind))
        match found:
            case Exception():
                raise found
            case int():
                return Answer(found, {}, b"", 1.0)
        assert found is not None, f"nobody set an answer for {probe}"
        return Answer(200, {}, found if isinstance(found, bytes) else json.dumps(found).encode(), 1.0)


@dataclass
class FakeRuntime:
    """A runtime that shows one view of its services after the other, then the last one again and again."""

    views: Sequence[View] = ()
    engine: EngineState = REACHABLE
    project: str | None = "hub"
    demo: frozenset[str] = frozenset()
    log: Sequence[LogLine] = ()
    name: str = "compose"
    fault: Exception | None = None
    drifts: Sequence[Drift] = ()
    blocked: Sequence[HubError] = ()
    second: SecondGateway | None = None
    ended_by_restart: frozenset[DriftKind] = frozenset({"config"})
    beside: Beside | None = None
    insides: Mapping[str, FakeInside] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    looks: int = 0

    def prepare(self, *, progress: Progress) -> None:
        """Note it."""
        self._do("prepare")

    def up(self, *, timeout_s: float, progress: Progress) -> None:
        """Note it."""
        progress("starting the services")
        self._do(f"up within {timeout_s:g}")

    def down(self, *, volumes: bool, progress: Progress) -> bool:
        """Note it; something ran if any service has an instance."""
        progress("stopping the services")
        self._do("down, volumes too" if volumes else "down")
        return any(run.instances for view in self.views for run in view)

    def snapshot(self, *, timeout_s: float) -> Snapshot:
        """Show the next view."""
        assert timeout_s > 0
        view = self.views[min(self.looks, len(self.views) - 1)] if self.views else ()
        self.looks += 1
        return Snapshot(self.project, self.engine, tuple(view))

    def restart(self, service: str, *, progress: Progress) -> None:
        """Note it."""
        progress(f"restarting {service}")
        self._do(f"restart {service}")

    def recreate(self, service: str, *, timeout_s: float, progress: Progress) -> None:
        """Note it."""
        progress(f"creating {service} anew")
        self._do(f"recreate {service} within {timeout_s:g}")

    def drift(self, service: str) -> tuple[Drift, ...]:
        """Give what was set."""
        return tuple(self.drifts)

    def obstacles(self, service: str) -> tuple[HubError, ...]:
        """Give what was set."""
        return tuple(self.blocked)

    def inside(self, service: str) -> FakeInside | None:
        """Give what was set."""
        return self.insides.get(service)

    def logs(self, service: str | None, *, follow: Follow, tail: int | None, since: str | None) -> Iterator[LogLine]:
        """Give the lines of the service, or all."""
        self._do(f"logs {service} {follow=} {tail=} {since=}")
        lines = [line for line in self.log if service in {None, line.service}]
        return iter(lines[-tail:] if tail else lines)

    def demo_models(self) -> frozenset[str]:
        """Give the names that were set."""
        return self.demo

    @contextmanager
    def second_gateway(self, service: str, config: str, *, progress: Progress) -> Iterator[SecondGateway]:
        """Give the one that was set, and note both ends."""
        self._do(f"second gateway like {service}")
        assert self.second, "this test has no second gateway"
        yield self.second
        self.done.append("second gateway removed")

    def _do(self, what: str) -> None:
        self.done.append(what)
        if self.fault:
            raise self.fault


def container(
    compose_file: Path, service: str, ports: Mapping[int, Address] | None = None, **state: object
) -> dict[str, object]:
    """A running container of the Compose project that a folder is, as the engine lists and inspects it."""
    folder = compose_file.parent
    project = dotenv_values(folder / ".env").get("COMPOSE_PROJECT_NAME") or folder.name
    bindings = {
        f"{inside}/tcp": [{"HostIp": at.host, "HostPort": str(at.port)}] for inside, at in (ports or {}).items()
    }
    labels = {
        "com.docker.compose.project": project,
        "com.docker.compose.service": service,
        "com.docker.compose.container-number": "1",
        "com.docker.compose.oneoff": "False",
        "com.docker.compose.project.working_dir": str(folder),
        "com.docker.compose.project.config_files": str(compose_file),
    }
    return {
        "Id": f"{service:0>16}"[:16] * 4,
        "Name": f"/{project}-{service}-1",
        "Names": [f"/{project}-{service}-1"],
        "Labels": labels,
        "Image": "sha256:1",
        "Config": {"Image": "some/image:tag", "Labels": labels},
        "NetworkSettings": {"Ports": bindings},
        "RestartCount": 0,
        "State": {"Status": "running", "StartedAt": LONG_AGO, "Pid": 4711, "ExitCode": 0, **state},
    }


def docker_engine(containers: Sequence[Mapping[str, Any]], seen: list[str] | None = None) -> Script:
    """A Docker engine that has these containers, none of them left by a `verify`, and every image."""
    by_id = {str(item["Id"])[:12]: item for item in containers}
    listed = [{**item, "State": item["State"]["Status"]} for item in containers]  # one word there, more when inspected

    def answer(method: str, path: str) -> bytes:
        inspected = re.fullmatch(r"/containers/(\w+)/json", path)
        if path == "/version":
            return reply(200, {"ApiVersion": "1.45", "Version": "26.1.5"})
        if path == "/containers/json":
            return reply(200, listed)
        if path == "/volumes":
            return reply(200, {"Volumes": []})
        if inspected and inspected[1][:12] in by_id:
            return reply(200, by_id[inspected[1][:12]])
        if path.startswith("/images/") and method == "GET":
            return reply(200, {"Id": "sha256:1"})
        return reply(404, {"message": f"No such thing: {path}"})

    def script(peer: socket.socket) -> None:
        while True:  # the SDK keeps its connection
            method, target = requested(peer).split()[:2]
            path = re.sub(r"^/v1\.\d+|\?.*", "", target)
            if seen is not None:
                seen.append(f"{method} {path}")
            peer.sendall(reply(200, []) if "hubctl.second" in target else answer(method, path))

    return script


def context(config: Path, name: str, host: str, *, is_current: bool = False) -> None:
    """Write a Docker context into a folder that DOCKER_CONFIG is to name, as `docker context create` does."""
    folder = config / "contexts/meta" / sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": False}
    (folder / "meta.json").write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}}))
    if is_current:
        (config / "config.json").write_text(json.dumps({"currentContext": name}))


def chat(text: str = "Yes, I am here.", tokens: int = 7, headers: Mapping[str, str] | None = None) -> bytes:
    """A chat completion as the gateway answers it."""
    body = json.dumps({"choices": [{"message": {"content": text}}], "usage": {"completion_tokens": tokens}}).encode()
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


GATEWAY: dict[str, bytes | Script] = {
    "/health/liveliness": reply(200, "I'm alive!"),
    "/health/readiness": reply(200, {"status": "healthy", "db": "Not connected"}),
    "/v1/models": reply(200, {"object": "list", "data": [{"id": "llama3.2:3b"}, {"id": "llama3"}]}),
    "/health/readiness/details": reply(200, {"status": "healthy", "litellm_version": "1.106.2"}),
    "/v1/chat/completions": chat(),
}
