"""One service of a compose file: its mapping, with variables put in, as a value."""

import posixpath
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hubctl.core.compose import ports
from hubctl.core.compose.ports import Port
from hubctl.core.compose.stack import Role
from hubctl.core.compose.text import Note, Text
from hubctl.core.text.interpolation import interpolate

_COUNT = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class EnvFile:
    """An `env_file` of a service, absolute; Compose does nothing at all without one that is required."""

    path: Path
    required: bool


@dataclass(frozen=True, slots=True)
class Mount:
    """Something mounted at `target`; `source` is the host's file or folder, null for a named or unnamed volume."""

    source: Path | None
    target: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the compose file describes it. `command` is entrypoint and command in one, split into words.

    A variable of `environment` without a value comes from the caller. `role` is set by `layout.build`.
    """

    name: str
    role: Role | None
    image: str | None
    build: bool
    command: tuple[str, ...]
    container_name: str | None
    ports: tuple[Port, ...]
    env_files: tuple[EnvFile, ...]
    environment: Mapping[str, str | None] = field(repr=False)
    mounts: tuple[Mount, ...]
    depends_on: tuple[str, ...]
    healthcheck: bool
    restart: str | None
    replicas: int
    profiles: tuple[str, ...]
    network_mode: str | None


class Reader:
    """Reads services of one hub, and collects a note for everything that it has to pass over."""

    def __init__(self, root: Path, file: Path, variables: Mapping[str, str], configs: object) -> None:
        self.notes: list[Note] = []
        self._root = root
        self._file = file
        self._variables = variables
        self._configs = mapping(configs)
        self._unset: set[str] = set()

    def service(self, name: str, data: Mapping[str, object]) -> Service:
        """Read one service. `data` is what stands under its name, from a file or from `docker compose config`."""
        deploy = mapping(data.get("deploy"))
        replicas = self.text(deploy.get("replicas")) or self.text(data.get("scale"))
        return Service(
            name=str(name),
            role=None,
            image=self.text(data.get("image")) or None,
            build=data.get("build") is not None,
            command=(*self._words(data.get("entrypoint")), *self._words(data.get("command"))),
            container_name=self.text(data.get("container_name")) or None,
            ports=self._ports(data.get("ports")),
            env_files=tuple(e for item in sequence(data.get("env_file")) if (e := self._env_file(item))),
            environment=self._environment(data.get("environment")),
            mounts=(*self._volumes(data.get("volumes")), *self._config_mounts(data.get("configs"))),
            depends_on=tuple(str(other) for other in _names(data.get("depends_on"))),
            healthcheck=self._has_healthcheck(mapping(data.get("healthcheck"))),
            restart=self.text(data.get("restart")) or None,
            replicas=int(replicas) if _COUNT.fullmatch(replicas) else 1,
            profiles=tuple(self.text(item) for item in sequence(data.get("profiles"))),
            network_mode=self.text(data.get("network_mode")) or None,
        )

    def text(self, value: object) -> str:
        """Give a scalar as text with its variables put in; empty for null and for what is no scalar."""
        if isinstance(value, bool | int | float):
            return str(value).lower()
        if not isinstance(value, str):
            return ""
        result = interpolate(value, self._variables)
        for name in (*result.unset, *result.missing):
            if name not in self._unset:
                self._unset.add(name)
                self.note(value, f"the variable {name} is not set")
        if result.broken:
            self.note(value, "`${` does not begin a variable that Compose can read")
        return result.text

    def note(self, value: object, message: str) -> None:
        """Note something about `value`, at its place in its file where that is known."""
        file, span = (value.file, value.span) if isinstance(value, Text) else (self._file, None)
        self.notes.append(Note(file, span, message))

    def path(self, text: str) -> Path:
        """Make a path of the compose file absolute: relative ones begin at the hub's folder, `~` is HOME."""
        if text == "~" or text.startswith("~/"):
            text = self._variables.get("HOME", "~") + text[1:]
        return Path(posixpath.normpath(self._root / text))

    def _words(self, value: object) -> tuple[str, ...]:
        if isinstance(value, list):
            return tuple(self.text(item) for item in value)
        text = self.text(value)
        try:
            return tuple(shlex.split(text))
        except ValueError:
            self.note(value, "a quote in the command is not closed")
            return tuple(text.split())

    def _ports(self, value: object) -> tuple[Port, ...]:
        found: list[Port] = []
        for item in sequence(value):
            if isinstance(item, dict):
                published = ports.read_long({str(key): self.text(part) for key, part in item.items()})
            else:
                published = ports.read_short(self.text(item))
            if not published:
                anchor = next(iter(item.values()), None) if isinstance(item, dict) else item
                self.note(anchor, "a published port cannot be read")
            found += published
        return tuple(found)

    def _env_file(self, item: object) -> EnvFile | None:
        if isinstance(item, dict):
            path, is_required = self.text(item.get("path")), self.text(item.get("required")) != "false"
        else:
            path, is_required = self.text(item), True
        return EnvFile(self.path(path), is_required) if path else None

    def _environment(self, value: object) -> dict[str, str | None]:
        if isinstance(value, dict):
            return {str(name): None if item is None else self.text(item) for name, item in value.items()}
        pairs = (self.text(item).partition("=") for item in sequence(value))
        return {name: text if sign else None for name, sign, text in pairs}

    def _volumes(self, value: object) -> list[Mount]:
        return [mount for item in sequence(value) if (mount := self._volume(item))]

    def _volume(self, item: object) -> Mount | None:
        if isinstance(item, dict):
            source, target = self.text(item.get("source")), self.text(item.get("target"))
            is_read_only = self.text(item.get("read_only")) == "true"
        else:
            parts = self.text(item).split(":")
            source, target = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
            is_read_only = "ro" in parts[-1].split(",")
        # A source that does not look like a path is the name of a volume, in the long form too.
        is_path = source.startswith((".", "/", "~"))
        return Mount(self.path(source) if is_path else None, target, is_read_only) if target else None

    def _config_mounts(self, value: object) -> list[Mount]:
        mounts = []
        for item in sequence(value):
            long = item if isinstance(item, dict) else {"source": item}
            name = self.text(long.get("source"))
            file = self.text(mapping(self._configs.get(name)).get("file"))
            target = self.text(long.get("target")) or f"/{name}"
            mounts.append(Mount(self.path(file) if file else None, target, read_only=True))
        return mounts

    def _has_healthcheck(self, data: Mapping[str, object]) -> bool:
        test = self._words(data.get("test"))
        return bool(test) and test[0] != "NONE" and self.text(data.get("disable")) != "true"


def mapping(value: object) -> Mapping[str, object]:
    """Give `value` if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> list[object]:
    """Give `value` as a list: one item on its own is a list of one, null an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _names(value: object) -> list[object]:
    return list(value) if isinstance(value, dict) else sequence(value)
