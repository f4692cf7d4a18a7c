"""A litellm config as rules see it: its data, its entries, and where each key stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hubctl.core.judging.packed import Packed, unpack
from hubctl.core.judging.scalars import scalars
from hubctl.core.models.model_list import section
from hubctl.core.text import yaml_nodes, yaml_text
from hubctl.core.text.span import Lines, Span
from hubctl.core.text.yaml_document import Document

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a config cannot be read: where (from 1), and the parser's words."""

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
    def path(self) -> tuple[str, int]:
        """Where the entry stands in the config."""
        return "model_list", self.index

    @property
    def params_path(self) -> tuple[str | int, ...]:
        """Where its parameters stand, of which the target is one."""
        return *self.path, "litellm_params"

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

        lines = Lines(text)
        try:
            document = yaml_nodes.read(text)
            inner, packed = unpack(document) or (document, None)
            return cls(path, text, inner, None, packed)
        except yaml.MarkedYAMLError as error:
            marks = (error.problem_mark, error.context_mark)
            is_seen_late = any(said in (error.problem or "") for said in ("end of stream", "could not find"))
            mark = next(filter(None, reversed(marks) if is_seen_late else marks), None)
            place = lines.place(lines.offsets(mark, mark)[0]) if mark else (1, 1)
            return cls(path, text, None, Problem(*place, error.problem or error.context or "not YAML"))
        except yaml.reader.ReaderError as error:
            return cls(path, text, None, Problem(*lines.first(error.character), "a character that YAML does not allow"))
        except (yaml.YAMLError, *yaml_text.MISREAD) as error:
            return cls(path, text, None, Problem(1, 1, f"{error}".splitlines()[0] if f"{error}" else "not YAML"))

    @cached_property
    def data(self) -> Values:
        """The config's mapping; empty when there is none."""
        loaded = self.document.data if self.document else None
        return {str(key): value for key, value in loaded.items()} if isinstance(loaded, dict) else {}

    @cached_property
    def lines(self) -> Lines:
        """The lines of the file."""
        return Lines(self.text)

    @cached_property
    def text_lines(self) -> list[str]:
        """The text of each line."""
        return self.text.split("\n")

    @cached_property
    def anchored(self) -> frozenset[int]:
        """The lines, from 1, in which an anchor stands behind something."""
        return frozenset(number for number, line in enumerate(self.text_lines, 1) if " &" in line)

    def span(self, *path: str | int) -> Span:
        """Where a key or item stands; the nearest part of the path that is there."""
        return self.document.span(*path) if self.document else self.lines.line(1)

    def value_span(self, *path: str | int) -> Span:
        """Where the value behind a path stands; its key, where there is no value on the line of the key."""
        return self.document.value_span(*path) if self.document else self.lines.line(1)

    def line(self, *path: str | int) -> int:
        """The line of a key or item, for words: a finding has its `span`."""
        return self.span(*path).line

    def token(self, *path: str | int) -> tuple[int, int, str] | None:
        """Line (from 1), column (from 0) and text of a scalar as written; null where it is not on one line."""
        node = self.document.node(*path) if self.document and not self.packed else None
        if node is None:
            return None
        start, end = self.lines.offsets(node.start_mark, node.end_mark)
        line, written = self.lines.place(start)[0], self.text[start:end]
        if "\n" in written or line != self.line(*path):
            return None
        return line, self.lines.before(start), written

    def section(self, name: str) -> Values:
        """A section; an absent or misshapen one is empty."""
        return section(self.data, name)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The active entries, broken ones included."""
        items = self.data.get("model_list")
        return tuple(_entry(i, item) for i, item in enumerate(items)) if isinstance(items, list) else ()

    @cached_property
    def targets(self) -> tuple[tuple[Entry, str], ...]:
        """Every entry that has a target, with the target."""
        return tuple((entry, entry.target) for entry in self.entries if entry.target)

    def target_span(self, entry: Entry) -> Span:
        """Where the target of an entry stands."""
        return self.value_span(*entry.params_path, "model")

    @cached_property
    def names(self) -> frozenset[str]:
        """The model names of the entries."""
        return frozenset(entry.name for entry in self.entries if entry.name is not None)

    @cached_property
    def wildcards(self) -> tuple[str, ...]:
        """How the model names begin that stand for many names."""
        return tuple({name.partition("*")[0] for name in self.names if "*" in name})

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
