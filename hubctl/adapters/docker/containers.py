"""Reading containers from the engine's API: what their Compose labels say, their state, and how they ended.

Source: Engine API 1.41 to 1.51, `GET /containers/{id}/json` and `GET /events`; the labels are those of Docker Compose.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubctl.core.compose.stack import KILLED, Instance

if TYPE_CHECKING:
    from docker import APIClient

LABEL = "com.docker.compose."


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a Compose project: what its labels say, its state, and container port -> (host ip, port).

    `environment` is what it was created with; `image_id` is what it was made from: the name may have moved on.
    """

    project: str
    service: str
    instance: Instance
    published: Mapping[int, tuple[str, int]]
    number: int
    image_id: str
    environment: Mapping[str, str] = field(repr=False)
    networks: frozenset[str] = frozenset()


def created_from(labels: Mapping[str, str]) -> tuple[Path, ...]:
    """Give the compose files that a container was created from; none where its labels do not say.

    Compose 1.29 wrote their names, later ones paths. A path may hold a comma itself: only one before a slash begins the
    next path.
    """
    if not labels.get(f"{LABEL}project.config_files"):
        return ()
    folder, files = labels.get(f"{LABEL}project.working_dir", ""), labels.get(f"{LABEL}project.config_files", "")
    return tuple(Path(folder, name) for name in re.split(",(?=/)" if files.startswith("/") else ",", files))


def inspect(api: "APIClient", container_id: str) -> Container | None:
    """Read one container; null when it went away since it was listed."""
    from docker.errors import NotFound

    try:
        return _container(api, api.inspect_container(container_id))
    except NotFound:
        return None


def doubt(api: "APIClient", container_id: str, inside: int, port: int) -> str | None:
    """Say why a container may not publish its port `inside` at a port of its machine now; null where it does.

    The engine answers only after it has dealt with the container's end, and what listens at its ports ends with that.
    """
    from docker.errors import NotFound

    try:
        attrs = api.inspect_container(container_id)
    except NotFound:
        return "its container is gone"
    name = attrs["Name"].lstrip("/")
    if attrs["State"]["Status"] not in {"running", "paused"}:
        return f"its container {name} does not run"
    published = ((attrs.get("NetworkSettings") or {}).get("Ports") or {}).get(f"{inside}/tcp") or ()
    return None if any(each["HostPort"] == str(port) for each in published) else f"{name} does not publish that port"


def environment_of(config: Mapping[str, Any] | None) -> dict[str, str]:
    """Read the environment of a container or an image, from the `Config` of either."""
    pairs = (entry.partition("=") for entry in (config or {}).get("Env") or ())
    return {name: value for name, sign, value in pairs if sign}


def _networks(attrs: Mapping[str, Any]) -> frozenset[str]:
    """Name the networks of a container; one that uses another container's has none of its own, and is in that."""
    mode = (attrs.get("HostConfig") or {}).get("NetworkMode") or ""
    own = frozenset((attrs.get("NetworkSettings") or {}).get("Networks") or ())
    return own | {mode} if mode.startswith("container:") else own


def _exit_code(api: "APIClient", attrs: Mapping[str, Any]) -> int | None:
    """How it ended; of one that the engine started again, only that it was killed. OOMKilled outlasts a restart."""
    state = attrs["State"]
    if state.get("OOMKilled"):
        return KILLED
    if state["Status"] in {"exited", "restarting", "dead"}:
        code: int | None = state.get("ExitCode")
        return code
    return KILLED if attrs.get("RestartCount") and _was_killed(api, attrs) else None


def _was_killed(api: "APIClient", attrs: Mapping[str, Any]) -> bool:
    """Whether the run before this one was killed. Its exit code is gone from the state and still among the events."""
    started: Any = _seconds(attrs["State"]["StartedAt"])  # the stubs know whole seconds only
    created: Any = _seconds(attrs["Created"])
    filters = {"container": attrs["Id"], "event": "die"}
    deaths = list(api.events(since=created, until=started, filters=filters, decode=True))
    return bool(deaths) and deaths[-1]["Actor"]["Attributes"].get("exitCode") == str(KILLED)


def _seconds(moment: str) -> str:
    """Turn RFC 3339 into the seconds that events are asked for by."""
    return f"{datetime.fromisoformat(moment).timestamp():.6f}"


def _container(api: "APIClient", attrs: Mapping[str, Any]) -> Container:
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
        image_id=attrs.get("Image", ""),
        environment=environment_of(attrs["Config"]),
        networks=_networks(attrs),
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
            exit_code=_exit_code(api, attrs),
        ),
    )
