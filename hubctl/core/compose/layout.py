"""A hub as its compose files describe it: services, their roles, and where the gateway's config comes from."""

import fnmatch
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hubctl import errors
from hubctl.core.compose import roles
from hubctl.core.compose.ports import Port
from hubctl.core.compose.service_text import EnvFile, Mount, Reader, Service, mapping
from hubctl.core.compose.stack import Role
from hubctl.core.compose.text import Note
from hubctl.core.text.interpolation import interpolate

__all__ = ["EnvFile", "Layout", "Mount", "Port", "Service", "build", "config_path", "config_places", "project_name"]

_CONFIG_OPTION = re.compile(r"(?:^|\s)(?:--config|-c)(?:=|\s+)[\"']?([^\s\"';&|]+\.ya?ml)\b")
_CONFIG_VARIABLES = ("CONFIG_FILE_PATH", "LITELLM_CONFIG")
_CONFIG_TARGETS = ("/app/config.y*ml", "*litellm*config*.y*ml")
_GATEWAY_FOLDER = "/app"  # where the gateway's image starts, and relative paths begin
# Which role's service tells, by what it depends on and talks to, which of several is the hub's own.
_ASKED_BY: Mapping[Role, Role] = {"cache": "gateway", "database": "ui", "ollama": "gateway"}


@dataclass(frozen=True, slots=True)
class Layout:
    """A hub's services. `root` is where relative paths begin, `project` the explicit `name:` of the files, if any.

    `variables` are what `${...}` may name: the shell's environment over `.env`. They may hold secrets. `data` is
    what was read of the merged files, with a place to every text: see `text.Text`.
    """

    root: Path
    files: tuple[Path, ...]
    project: str | None
    services: tuple[Service, ...]
    notes: tuple[Note, ...]
    variables: Mapping[str, str] = field(repr=False)
    data: Mapping[str, object] = field(repr=False)

    def with_role(self, role: Role) -> tuple[Service, ...]:
        """All services of a role, in the order of the files."""
        return tuple(service for service in self.services if service.role == role)

    def service(self, role: Role, wanted: str | None = None) -> Service:
        """Give the one service of a role, or the one that the operator names, whatever role it seems to have.

        Of several, the one that its user (the gateway for a cache, the UI for a database) depends on or names in its
        variables. Raises UnknownService if there is none, AmbiguousService if several are left.
        """
        if wanted is not None:
            return self.named(wanted)
        candidates = self.with_role(role)
        if not candidates:
            message = f"no service of this hub is a {role}; there are: {_listed(self.services)}"
            raise errors.UnknownService(message, hint="name it with `--service NAME` if it is one of these")
        asking = self.with_role(_ASKED_BY[role]) if role in _ASKED_BY else ()
        chosen = [candidate for candidate in candidates if any(_uses(user, candidate) for user in asking)]
        if len(candidates) > 1 and len(chosen) != 1:
            message = f"several services fit the role {role}: {_listed(chosen or candidates)}"
            raise errors.AmbiguousService(message, hint="name one of them with `--service NAME`")
        return (chosen or candidates)[0]

    def named(self, wanted: str) -> Service:
        """Give the service, or container, of a name. Raises UnknownService."""
        for service in self.services:
            if wanted in (service.name, service.container_name):
                return service
        message = f"this hub has no service {wanted!r}; there are: {_listed(self.services)}"
        raise errors.UnknownService(message, hint="`hubctl status` lists the services")


def build(data: Mapping[str, object], *, root: Path, files: tuple[Path, ...], variables: Mapping[str, str]) -> Layout:
    """Make a Layout of merged compose data. `variables` are the environment's over those of `.env`.

    What cannot be read is a note; nothing is raised.
    """
    reader = Reader(root, files[0], variables, data.get("configs"))
    named = data.get("services")
    if not isinstance(named, Mapping):
        reader.note(named, "`services:` is missing" if named is None else "`services:` is not a mapping")
    services = []
    for name, described in mapping(named).items():
        if isinstance(described, Mapping):
            services.append(reader.service(name, described))
        else:
            reader.note(name, f"the service {name} is not a mapping")
    role_of = roles.assign(services)
    placed = tuple(replace(service, role=role_of.get(service.name)) for service in services)
    project = reader.text(data.get("name")) or None
    return Layout(root, files, project, placed, tuple(reader.notes), variables, data)


def project_name(hub: Layout) -> str:
    """Give the name under which Compose looks for the hub's containers, unless it is told another.

    Source: Compose 2.26 and 2.40 (`-p`, which nobody can know of, comes before these).
    """
    return given_name(hub) or _normalized(hub.root.name)


def given_name(hub: Layout) -> str | None:
    """Give the project's name that the hub's files or the shell say; null where it is that of the folder."""
    return hub.variables.get("COMPOSE_PROJECT_NAME") or _normalized(hub.project or "") or None


def _normalized(name: str) -> str:
    """Write a name as Compose does: `My.Hub` is `myhub`. A COMPOSE_PROJECT_NAME of other characters it refuses."""
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")


def volume_names(hub: Layout, project: str) -> frozenset[str]:
    """Give the names under which Docker knows the volumes that a start of this hub makes or takes, and `down` deletes.

    One that the file calls external is the operator's word: Compose neither makes nor deletes it.
    """
    found = set()
    for key, described in mapping(hub.data.get("volumes")).items():
        told = mapping(described)
        if str(told.get("external", "")).lower() not in {"true", "yes", "on", "1"} and not mapping(
            told.get("external")
        ):
            name = interpolate(str(told.get("name") or ""), {**hub.variables, "COMPOSE_PROJECT_NAME": project}).text
            found.add(name or f"{project}_{key}")
    return frozenset(found)


def config_path(service: Service) -> Path | None:
    """Find the host's file that the gateway reads as its config; null when it is not mounted from the host."""
    source, _ = config_places(service)
    return source


def config_places(service: Service) -> tuple[Path | None, str]:
    """Find the gateway's config: the host's file, null when it is not mounted from there, and its path inside.

    Told by `--config` or `-c` in the command (also inside a script), by the variables that LiteLLM's images know, else
    by the only mounted file that looks like one. Of several `--config`, the first one that is mounted counts.
    """
    told = _CONFIG_OPTION.findall(" ".join(service.command))
    told += [value for name in _CONFIG_VARIABLES if (value := service.environment.get(name))]
    for target in told:
        inside = posixpath.join(_GATEWAY_FOLDER, target)
        if source := _mounted(service, inside):
            return source, inside
    fitting = {m.source: m.target for m in service.mounts if any(fnmatch.fnmatch(m.target, p) for p in _CONFIG_TARGETS)}
    return fitting.popitem() if len(fitting) == 1 else (None, "")


def _mounted(service: Service, target: str) -> Path | None:
    """Find what the host has at a path of the container: its own mount, or that of the nearest folder above."""
    by_target = {posixpath.normpath(mount.target): mount.source for mount in service.mounts}
    path = posixpath.normpath(target)
    for folder in (path, *(str(parent) for parent in Path(path).parents)):
        if folder in by_target:
            source = by_target[folder]
            return source / posixpath.relpath(path, folder) if source and folder != path else source
    return None


def _uses(user: Service, other: Service) -> bool:
    names = "|".join(re.escape(name) for name in (other.name, other.container_name) if name)
    mentioned = re.compile(rf"(?<![\w.-])(?:{names})(?![\w-])")
    return other.name in user.depends_on or any(mentioned.search(value or "") for value in user.environment.values())


def _listed(services: Iterable[Service]) -> str:
    return ", ".join(service.name for service in services) or "none"
