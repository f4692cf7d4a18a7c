"""What an engine has of Compose projects, whoever made it: containers with the folder they come from, and volumes.

Source: Engine API 1.41 to 1.51, `GET /containers/json` and `GET /volumes`; Compose 2.26 and 2.40 for the labels.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hubctl.adapters.docker.containers import LABEL, created_from
from hubctl.adapters.docker.engine import Engine
from hubctl.core.compose.identity import LABEL as HUB_LABEL

_ADOPTER = "hubctl.adopted-by"


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
    is_running: bool

    @property
    def files(self) -> tuple[Path, ...]:
        """The compose files that it was created from."""
        return created_from(self.labels)


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume. `hub` is the id of the hub that made it, and `project` its project; null where none is on it.

    `adopter` is the folder of the hub that adopted a project, on the empty volume that says so; null on all others.
    """

    name: str
    created_at: str
    hub: str | None
    project: str | None
    adopter: Path | None = None


def look(engine: Engine) -> tuple[tuple[Member, ...], tuple[Volume, ...]]:
    """List the containers of every project, and every volume. Raises EngineUnavailable, EngineRefused."""
    with engine.asking() as api:
        listed = api.containers(all=True, filters={"label": [f"{LABEL}project"]})
        volumes = api.volumes()["Volumes"] or ()
    members = sorted(map(_member, listed), key=lambda member: member.name)
    return tuple(members), tuple(sorted(map(_volume, volumes), key=lambda volume: volume.name))


def named(engine: Engine, names: Collection[str]) -> dict[str, Mapping[str, str]]:
    """Find the containers that have these names, whoever made them: the labels of each. Raises EngineUnavailable."""
    with engine.asking() as api:
        listed = api.containers(all=True)
    found = {str(name).lstrip("/"): entry.get("Labels") or {} for entry in listed for name in entry.get("Names") or ()}
    return {name: found[name] for name in names if name in found}


def mark(project: str) -> str:
    """Give the name of the volume that says which hub has adopted a project."""
    return f"{project}_hubctl-adopted"


def set_mark(engine: Engine, project: str, folder: Path) -> Path | None:
    """Say on the engine that the hub in a folder has adopted a project, and give the folder that it says then.

    Of several at once the engine takes the first. What containers and volumes have on them cannot be changed, so it is
    an empty volume that says it. Raises EngineUnavailable, EngineRefused.
    """
    with engine.asking() as api:
        return _volume(api.create_volume(mark(project), labels={_ADOPTER: str(folder)})).adopter


def remove_mark(engine: Engine, project: str) -> None:
    """Let nothing say any more who has adopted a project. Raises EngineUnavailable, EngineRefused."""
    from docker.errors import NotFound

    with engine.asking() as api, suppress(NotFound):
        api.remove_volume(mark(project))


def _volume(entry: Mapping[str, Any]) -> Volume:
    labels = entry.get("Labels") or {}
    hub, project, adopter = labels.get(HUB_LABEL) or None, labels.get(f"{LABEL}project"), labels.get(_ADOPTER)
    return Volume(entry["Name"], entry.get("CreatedAt") or "", hub, project, Path(adopter) if adopter else None)


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
        is_running=entry.get("State") in {"running", "restarting", "paused"},
        volumes=frozenset(mount["Name"] for mount in entry.get("Mounts") or () if mount.get("Name")),
    )
