"""What a rule sees: the files of a hub as text and data, what is known about files, and what LiteLLM knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from hubctl.core import env_text, yaml_nodes, yaml_text
from hubctl.core.compose_text import Note
from hubctl.core.env_text import EnvText
from hubctl.core.layout import Layout, Service
from hubctl.core.model_list import section, variable_of
from hubctl.core.rules.known import Known
from hubctl.core.rules.packed import Packed, unpack
from hubctl.core.rules.scalars import scalars
from hubctl.core.yaml_nodes import Document

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a config cannot be read: where (from 1), the parser's words, and whether the parser could give a place."""

    line: int
    column: int
    cause: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An active item of `model_list`, at `index`: its name and target as text, null where they are missing or none."""

    index: int
    name: str | None
    target: str | None
    params: Values = field(repr=False)
    fields: Values = field(repr=False)
    is_mapping: bool = True

    @property
    def provider(self) -> str | None:
        """What stands before the first slash of the target; null without one."""
        prefix, slash, _ = (self.target or "").partition("/")
        return prefix if slash else None


@dataclass(frozen=True)
class Config:
    """A litellm config. `data` is empty and `problem` set when it cannot be read."""

    path: Path
    text: str = field(repr=False)
    document: Document | None = field(repr=False)
    problem: Problem | None
    packed: Packed | None = None

    @classmethod
    def read(cls, text: str, path: Path) -> "Config":
        """Parse the text; what no YAML reader takes becomes its problem. A config inside another file is unpacked."""
        import yaml

        try:
            document = yaml_nodes.read(text)
            inner, packed = unpack(document) or (document, None)
            return cls(path, text, inner, None, packed)
        except yaml.MarkedYAMLError as error:
            marks = (error.problem_mark, error.context_mark)
            is_seen_late = any(said in (error.problem or "") for said in ("end of stream", "could not find"))
            mark = next(filter(None, reversed(marks) if is_seen_late else marks), None)
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            return cls(path, text, None, Problem(*place, error.problem or error.context or "not YAML"))
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            column = error.position - text.rfind("\n", 0, error.position)
            return cls(path, text, None, Problem(line, column, "a character that YAML does not allow"))
        except (yaml.YAMLError, *yaml_text.MISREAD) as error:
            return cls(path, text, None, Problem(1, 1, f"{error}".splitlines()[0] if f"{error}" else "not YAML"))

    @cached_property
    def data(self) -> Values:
        """The config's mapping; empty when there is none."""
        loaded = self.document.data if self.document else None
        return {str(key): value for key, value in loaded.items()} if isinstance(loaded, dict) else {}

    def line(self, *path: str | int) -> int:
        """The line of a key or item; of the nearest part of the path that is there."""
        return self.document.line(*path) if self.document else 1

    def token(self, *path: str | int) -> tuple[int, int, str] | None:
        """Line (from 1), column (from 0) and text of a scalar as written; null where it is not on one line."""
        node = self.document.node(*path) if self.document and not self.packed else None
        if node is None or node.start_mark.line != node.end_mark.line or node.start_mark.line + 1 != self.line(*path):
            return None
        line = self.text.split("\n")[node.start_mark.line]
        return node.start_mark.line + 1, node.start_mark.column, line[node.start_mark.column : node.end_mark.column]

    def section(self, name: str) -> Values:
        """A section; an absent or misshapen one is empty."""
        return section(self.data, name)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The active entries, broken ones included."""
        items = self.data.get("model_list")
        return tuple(_entry(i, item) for i, item in enumerate(items)) if isinstance(items, list) else ()

    @cached_property
    def targets(self) -> tuple[tuple[Entry, str, int], ...]:
        """Every entry that has a target, with the target and its line."""
        path = ("litellm_params", "model")
        return tuple((e, e.target, self.line("model_list", e.index, *path)) for e in self.entries if e.target)

    @cached_property
    def names(self) -> frozenset[str]:
        """The model names of the entries."""
        return frozenset(entry.name for entry in self.entries if entry.name is not None)

    @cached_property
    def aliases(self) -> Values:
        """The router's aliases as written."""
        return section(self.section("router_settings"), "model_group_alias")

    @cached_property
    def values(self) -> tuple[tuple[tuple[str | int, ...], object], ...]:
        """Every scalar with its path, below dictionaries and lists alike."""
        return tuple(scalars(self.data))

    @cached_property
    def is_partial(self) -> bool:
        """Whether entries come from elsewhere too: included files, or the gateway's database."""
        general = self.section("general_settings")
        return bool(self.data.get("include")) or general.get("store_model_in_db") is True


@dataclass(frozen=True, slots=True)
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

    def line(self, name: str) -> int:
        """The line that counts for a name: its last assignment."""
        return next((each.line for each in reversed(self.content.assignments) if each.name == name), 1)


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

    @property
    def gateway_environment(self) -> Mapping[str, str] | None:
        """What the gateway's env files and compose entries give it; null where that is not known."""
        return self.environments.get(self.gateway) if self.gateway is not None and self.whole else None

    @property
    def gateway_service(self) -> Service | None:
        """The gateway as the compose file has it; null where that is not known."""
        services = self.layout.services if self.layout and self.whole else ()
        return next((service for service in services if service.name == self.gateway), None)

    @property
    def in_container(self) -> bool:
        """Whether the gateway is known to be in a container with a network of its own: localhost is that container."""
        service = self.gateway_service
        return service is not None and not service.network_mode and not self.embedded

    @property
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


def _entry(index: int, item: object) -> Entry:
    fields = {str(key): value for key, value in item.items()} if isinstance(item, dict) else {}
    params = section(fields, "litellm_params")
    name, target = fields.get("model_name"), params.get("model")
    return Entry(
        index,
        str(name) if name is not None and not isinstance(name, (dict, list)) else None,
        target if isinstance(target, str) else None,
        params,
        fields,
        isinstance(item, dict),
    )
