"""Gathers what rules judge: the files of a hub or a single file, and what the machine says about them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hubctl.adapters.files import disk, hub_files
from hubctl.adapters.files import facts as file_facts
from hubctl.adapters.gateway import litellm_facts
from hubctl.core.compose import layout as layouts
from hubctl.core.compose.layout import Layout, Service
from hubctl.core.compose.text import Note
from hubctl.core.judging import surroundings
from hubctl.core.judging.config import Config
from hubctl.core.judging.kinds import kind_of
from hubctl.core.judging.subject import EnvFile, Subject
from hubctl.core.text.span import Lines, Span
from hubctl.errors import BadFile


def of_hub(
    layout: Layout,
    gateway: Service,
    *,
    gateway_version: str | None = None,
    missing_packages: frozenset[str] = frozenset(),
    embedded: bool = False,
) -> Subject:
    """Read all files of a hub. What is missing or cannot be read is for the rules to tell; nothing is raised.

    `embedded` says that the gateway runs as a process of this machine.
    """
    config_path = layouts.config_path(gateway)
    reading = _Reading(layout.variables)
    for file in layout.files:
        reading.text(file)
    config_text = reading.text(config_path) if config_path else None
    environments = {service.name: reading.environment(service) for service in layout.services}
    reading.dotenv(layout.root / ".env")
    mounted = (mount.source for each in layout.services for mount in each.mounts if mount.source)
    interesting = [*reading.wanted, *mounted, *surroundings.build_contexts(layout).values()]
    facts = file_facts.with_git(file_facts.look(interesting), layout.root)
    return Subject(
        known=litellm_facts.load(),
        today=_today(),
        config=Config.read(config_text, config_path) if config_text is not None and config_path else None,
        env_files=tuple(reading.env_files.values()),
        layout=layout,
        texts=reading.texts,
        facts=facts,
        environments=environments,
        gateway=gateway.name,
        gateway_version=gateway_version or _tagged(gateway),
        missing_packages=missing_packages,
        unreadable=tuple(reading.unreadable.values()),
        whole=True,
        embedded=embedded,
    )


def of_file(path: Path, environment: Mapping[str, str]) -> Subject:
    """Read one file on its own, recognised by its content. Raises BadFile when it is none of the three kinds."""
    text = disk.read_text(path)
    kind = kind_of(text, path.name)
    if kind is None:
        raise BadFile(
            f"{path} is {'no litellm config, env file or compose file' if text.strip() else 'empty'}",
            hint="name a file with `model_list:`, with `services:`, or with lines like NAME=value",
        )
    return _ONE_OF_A_KIND[kind](path, text, environment)


def _config(path: Path, text: str, _environment: Mapping[str, str]) -> Subject:
    return Subject(litellm_facts.load(), _today(), config=Config.read(text, path), texts={path: text})


def _env(path: Path, text: str, environment: Mapping[str, str]) -> Subject:
    read = EnvFile.read(text, path, environment)
    facts = file_facts.with_git(file_facts.look([path]), path.parent)
    return Subject(litellm_facts.load(), _today(), env_files=(read,), texts={path: text}, facts=facts)


def _compose(path: Path, text: str, environment: Mapping[str, str]) -> Subject:
    try:
        layout = hub_files.read((path,), environment)
    except BadFile as error:
        return Subject(litellm_facts.load(), _today(), texts={path: text}, unreadable=(_why(path, error, text),))
    gateways = layout.with_role("gateway")
    sources = [mount.source for service in layout.services for mount in service.mounts if mount.source]
    named = [env_file.path for service in layout.services for env_file in service.env_files]
    return Subject(
        litellm_facts.load(),
        _today(),
        layout=layout,
        texts={path: text},
        facts=file_facts.look([*sources, *named, *surroundings.build_contexts(layout).values()]),
        gateway=gateways[0].name if len(gateways) == 1 else None,
    )


def _why(path: Path, error: BadFile, text: str | None = None) -> Note:
    """Where and why a file cannot be read, from the error; `text` is what could be read of it."""
    words = error.message.removeprefix(f"{path}")
    _, _, cause = words.rpartition(": ") if words.startswith((",", ":")) else ("", "", words.strip())
    span = None
    if error.place:
        line, column = error.place
        span = Lines(text).line(line) if text is not None else Span(line, column, line, column + 1)
    return Note(path, span, cause or error.message)


_ONE_OF_A_KIND = {"config": _config, "env": _env, "compose": _compose}


@dataclass
class _Reading:
    """Reads env files once each, however many services use them."""

    variables: Mapping[str, str] = field(repr=False)
    texts: dict[Path, str] = field(default_factory=dict, repr=False)
    env_files: dict[Path, EnvFile] = field(default_factory=dict)
    wanted: dict[Path, None] = field(default_factory=dict)
    unreadable: dict[Path, Note] = field(default_factory=dict)

    def text(self, path: Path) -> str | None:
        """The text of a file; null for one that cannot be read."""
        self.wanted[path] = None
        if path not in self.texts:
            try:
                self.texts[path] = disk.read_text(path)
            except BadFile as error:
                if path.is_file():
                    self.unreadable[path] = _why(path, error)
                return None
        return self.texts[path]

    def environment(self, service: Service) -> dict[str, str]:
        """What Compose gives the service, as far as its env files can be read."""
        values: dict[str, str] = {}
        for env_file in service.env_files:
            text = self.text(env_file.path)
            if text is not None:
                read = EnvFile.read(
                    text, env_file.path, {**self.variables, **values}, self._users(env_file.path, service)
                )
                self.env_files[env_file.path] = read
                values.update(read.content.values())
        for name, value in service.environment.items():
            given = self.variables.get(name) if value is None else value
            if given is not None:
                values[name] = given
        return values

    def dotenv(self, path: Path) -> None:
        """Read the file whose variables Compose puts into the compose file, when no service reads it anyway."""
        text = self.text(path)
        if text is not None and path not in self.env_files:
            self.env_files[path] = EnvFile.read(text, path, self.variables)

    def _users(self, path: Path, service: Service) -> frozenset[str]:
        before = self.env_files[path].services if path in self.env_files else frozenset()
        return before | {service.name}


def _tagged(gateway: Service) -> str | None:
    """The version of LiteLLM that the tag of its image names: `main-v1.80.5-stable`; null for one that moves."""
    tag = (gateway.image or "").rpartition("/")[2].partition(":")[2]
    found = re.search(r"(?:^|[-v])(\d+\.\d+\.\d+)", tag)
    return found[1] if found and "litellm" in (gateway.image or "") else None


def _today() -> str:
    return datetime.now(tz=UTC).date().isoformat()
