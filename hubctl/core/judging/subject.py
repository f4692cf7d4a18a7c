"""What a rule sees: the files of a hub as text and data, what is known about files, and what LiteLLM knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from hubctl.core.compose.layout import Layout, Service
from hubctl.core.compose.service_text import mapping, sequence
from hubctl.core.compose.text import Note, Text
from hubctl.core.judging.config import Config, Entry
from hubctl.core.judging.known import Guesses, Known
from hubctl.core.text import env_text
from hubctl.core.text.env_statements import Statement
from hubctl.core.text.env_text import Assignment, EnvText
from hubctl.core.text.os_environ import variable_of
from hubctl.core.text.span import Lines, Span


@dataclass(frozen=True)
class EnvFile:
    """An env file that was read, and what Compose makes of it. `services` are the names of those that use it."""

    path: Path
    text: str = field(repr=False)
    content: EnvText = field(repr=False)
    services: frozenset[str] = frozenset()

    @classmethod
    def read(
        cls, text: str, path: Path, variables: Mapping[str, str], services: frozenset[str] = frozenset()
    ) -> "EnvFile":
        """Read the text as Compose does."""
        return cls(path, text, env_text.read(text, variables), services)

    @cached_property
    def lines(self) -> Lines:
        """The lines of the file."""
        return Lines(self.text)

    def name_span(self, statement: Statement) -> Span:
        """Where the name of a statement stands."""
        return self.lines.span(*statement.name_at)

    def value_span(self, statement: Statement) -> Span:
        """Where the value of a statement stands, in its quotes; its name, where it has none."""
        start, end = statement.value_at
        return self.lines.span(start, end) if start < end else self.name_span(statement)

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Name -> value, as the container gets it."""
        return self.content.values()

    @cached_property
    def last(self) -> Mapping[str, Assignment]:
        """The last assignment of each name, which counts."""
        return {each.name: each for each in self.content.assignments}

    def span(self, name: str) -> Span:
        """Where the value stands that counts for a name."""
        return self.value_span(self.last[name].statement) if name in self.last else self.lines.line(1)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the machine says about a path. `mode` is null where it is not there; `tracked` where git was not asked."""

    kind: Literal["file", "folder", "other", "missing"]
    mode: int | None = None
    tracked: bool | None = None


@dataclass(frozen=True)
class Subject:
    """One frozen value with everything that rules judge.

    `whole` tells that these are all files of a hub; else one file is judged on its own, and what its neighbours say is
    not known. `today` is an ISO date. `missing_packages` are Python packages that the gateway is known to lack.
    `unreadable` says where and why files that are there could not be read. `embedded` tells that the gateway is a
    process of this machine, whatever the compose file says.
    """

    known: Known
    today: str
    config: Config | None = None
    env_files: tuple[EnvFile, ...] = ()
    layout: Layout | None = None
    unreadable: tuple[Note, ...] = ()
    texts: Mapping[Path, str] = field(default_factory=dict, repr=False)
    facts: Mapping[Path, FileFacts] = field(default_factory=dict)
    environments: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    gateway: str | None = None
    gateway_version: str | None = None
    missing_packages: frozenset[str] = frozenset()
    whole: bool = False
    embedded: bool = False

    @cached_property
    def guesses(self) -> Guesses:
        """What was meant by names that nothing knows."""
        return Guesses()

    @cached_property
    def written_variables(self) -> Mapping[str, Mapping[str, Text]]:
        """Service -> variable -> where `environment:` of the compose file says it."""
        services = mapping(self.layout.data.get("services")) if self.layout else {}
        return {str(name): _written(mapping(described).get("environment")) for name, described in services.items()}

    @property
    def gateway_environment(self) -> Mapping[str, str] | None:
        """What the gateway's env files and compose entries give it; null where that is not known."""
        return self.environments.get(self.gateway) if self.gateway is not None and self.whole else None

    @cached_property
    def gateway_service(self) -> Service | None:
        """The gateway as the compose file has it; null where that is not known."""
        services = self.layout.services if self.layout and self.whole else ()
        return next((service for service in services if service.name == self.gateway), None)

    @property
    def in_container(self) -> bool:
        """Whether the gateway is known to be in a container with a network of its own: localhost is that container."""
        service = self.gateway_service
        return service is not None and not service.network_mode and not self.embedded

    @cached_property
    def lacks_env_file(self) -> bool:
        """Whether an env file of the gateway is missing, so that what it sets is not known."""
        named = self.gateway_service.env_files if self.gateway_service else ()
        return any(each.path not in self.texts for each in named)

    @property
    def doubt(self) -> Literal["warning"] | None:
        """How bad a variable is that no file sets, when an image that is built here may set it: a warning."""
        return "warning" if self.gateway_service and self.gateway_service.build else None

    @property
    def has_secret_manager(self) -> bool:
        """Whether `os.environ/NAME` may name something in a secret manager, which is not looked into."""
        return self.config is not None and "key_management_system" in self.config.section("general_settings")

    def resolved(self, value: object) -> str | None:
        """A value as LiteLLM sees it; null for a variable that is unset or not known."""
        variable = variable_of(value)
        if variable is not None:
            return (self.gateway_environment or {}).get(variable)
        return None if value is None or isinstance(value, (dict, list)) else str(value)


def _written(given: object) -> dict[str, Text]:
    """Variable -> its text; the first one that has a place."""
    texts = list(given.values()) if isinstance(given, Mapping) else sequence(given)
    words = given if isinstance(given, Mapping) else [str(text).partition("=")[0] for text in texts]
    found: dict[str, Text] = {}
    for word, text in zip(words, texts, strict=True):
        if isinstance(text, Text):
            found.setdefault(str(word), text)
    return found


def targets(subject: Subject) -> Iterator[tuple[Config, Entry, str]]:
    """Every entry that has a target."""
    if config := subject.config:
        for entry, target in config.targets:
            yield config, entry, target
