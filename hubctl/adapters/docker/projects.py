"""What an engine has of Compose projects, whoever made it: containers with the folder they come from, and volumes.

Source: Engine API 1.41 to 1.51, `GET /containers/json` and `GET /volumes`; Compose 2.26 and 2.40 for the labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hubctl.adapters.docker.containers import LABEL, created_from
from hubctl.adapters.docker.engine import Engine
from hubctl.core.compose.identity import LABEL as HUB_LABEL


@dataclass(frozen=True, slots=True)
class Member:
    """One container of a project, in any state. `folder` is null where its labels do not say."""

    name: str
    project: str
    service: str | None
    folder: Path | None
    labels: Mapping[str, str]
    volumes: frozenset[str]
    is_one_off: bool

    @property
    def files(self) -> tuple[Path, ...]:
        """The compose files that it was created from."""
        return created_from(self.labels)


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume. `hub` is the id of the hub that made it, and `project` its project; null where none is on it."""

    name: str
    created_at: str
    hub: str | None
    project: str | None


def look(engine: Engine) -> tuple[tuple[Member, ...], tuple[Volume, ...]]:
    """List the containers of every project, and every volume. Raises EngineUnavailable, EngineRefused."""
    with engine.asking() as api:
        listed = api.containers(all=True, filters={"label": [f"{LABEL}project"]})
        volumes = api.volumes()["Volumes"] or ()
    members = sorted(map(_member, listed), key=lambda member: member.name)
    return tuple(members), tuple(sorted(map(_volume, volumes), key=lambda volume: volume.name))


def _volume(entry: Mapping[str, Any]) -> Volume:
    labels = entry.get("Labels") or {}
    hub, project = labels.get(HUB_LABEL) or None, labels.get(f"{LABEL}project")
    return Volume(entry["Name"], entry.get("CreatedAt") or "", hub, project)


def _member(entry: Mapping[str, Any]) -> Member:
    labels = entry.get("Labels") or {}
    folder = labels.get(f"{LABEL}project.working_dir")
    return Member(
        name=str(next(iter(entry.get("Names") or ()), entry["Id"][:12])).lstrip("/"),
        project=labels[f"{LABEL}project"],
        service=labels.get(f"{LABEL}service"),
        folder=Path(folder) if folder else None,
        labels=labels,
        is_one_off=labels.get(f"{LABEL}oneoff") == "True",
        volumes=frozenset(mount["Name"] for mount in entry.get("Mounts") or () if mount.get("Name")),
    )
