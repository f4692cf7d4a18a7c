"""What an engine has of Compose projects, whoever made it: containers with the folder they come from, and volumes.

Source: Engine API 1.41 to 1.51, `GET /containers/json` and `GET /volumes`; Compose 2.26 and 2.40 for the labels.
"""

from collections.abc import Collection, Mapping
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

    @property
    def files(self) -> tuple[Path, ...]:
        """The compose files that it was created from."""
        return created_from(self.labels)


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume. `hub` is the id of the hub that made it, null where none is on it."""

    name: str
    created_at: str
    hub: str | None


def members(engine: Engine, project: str | None = None) -> tuple[Member, ...]:
    """List the containers of a project, or of all. Raises EngineUnavailable, EngineRefused."""
    label = f"{LABEL}project={project}" if project else f"{LABEL}project"
    with engine.asking() as api:
        listed = api.containers(all=True, filters={"label": [label]})
    return tuple(sorted(map(_member, listed), key=lambda member: member.name))


def volumes(engine: Engine, project: str, names: Collection[str] = ()) -> tuple[Volume, ...]:
    """List the volumes of a project, and those of these names, whoever made them. Raises as `members` does."""
    with engine.asking() as api:
        listed = api.volumes()["Volumes"] or ()
    found = ((each["Name"], each.get("CreatedAt") or "", each.get("Labels") or {}) for each in listed)
    return tuple(
        Volume(name, created_at, labels.get(HUB_LABEL) or None)
        for name, created_at, labels in sorted(found, key=lambda volume: volume[0])
        if name in names or labels.get(f"{LABEL}project") == project
    )


def _member(entry: Mapping[str, Any]) -> Member:
    labels = entry.get("Labels") or {}
    folder = labels.get(f"{LABEL}project.working_dir")
    return Member(
        name=str(next(iter(entry.get("Names") or ()), entry["Id"][:12])).lstrip("/"),
        project=labels[f"{LABEL}project"],
        service=labels.get(f"{LABEL}service"),
        folder=Path(folder) if folder else None,
        labels=labels,
        volumes=frozenset(mount["Name"] for mount in entry.get("Mounts") or () if mount.get("Name")),
    )
