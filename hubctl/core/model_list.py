"""The litellm config as text: its model entries, active and commented out, with the line each begins on. No I/O."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from hubctl.errors import BadFile

EntryState = Literal["active", "disabled", "broken"]

_COMMENT = re.compile(r"^(?P<lead>[ \t]*#+[ \t]*)(?P<content>.*?)[ \t\r]*$")
_ENTRY_START = re.compile(r"""-[ \t]+(["']?)(?:model_name|litellm_params|model_info)\1[ \t]*:""")
_VARIABLE = "os.environ/"
_IN_ROOT, _IN_LIST = 1, 2
_DEEPEST = 100
_LOCAL_PROVIDERS = frozenset({"ollama", "ollama_chat"})
# What PyYAML lets through when a tag such as !!int stands before something else.
_MISREAD = (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One item of `model_list`. `line` counts from 1. A broken entry lacks a name, parameters or a target.

    `key_variable` is the variable its `api_key` names; `free` holds for local models, canned answers and prices of 0.
    """

    name: str
    state: EntryState
    line: int
    target: str | None
    provider: str | None
    api_base: str | None
    key_variable: str | None
    free: bool


@dataclass(frozen=True, slots=True)
class ModelList:
    """All entries in the order of the file, and the router's aliases (alias -> model name).

    `hidden` are the aliases that can be asked for and are not listed.
    """

    entries: tuple[ModelEntry, ...]
    aliases: Mapping[str, str]
    hidden: frozenset[str]

    @property
    def active(self) -> tuple[ModelEntry, ...]:
        """The entries that LiteLLM reads and can use."""
        return tuple(entry for entry in self.entries if entry.state == "active")


def ollama_name(target: str | None) -> str | None:
    """Give the name under which Ollama lists the model of a local target: one pulled without a tag has the tag latest.

    Null for a target of another provider.
    """
    provider, slash, name = (target or "").partition("/")
    if not slash or provider not in _LOCAL_PROVIDERS:
        return None
    return name if ":" in name else f"{name}:latest"


def load(text: str, path: Path) -> dict[str, object]:
    """Parse the config. Raises BadFile with line and column for what no YAML reader takes, or no mapping."""
    import yaml

    try:
        data = _loaded(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise BadFile(
            f"{path}{where}: {error.problem or error.context}", hint="correct the line and run again"
        ) from error
    except (yaml.YAMLError, *_MISREAD) as error:
        raise BadFile(f"{path}: not YAML: {error}".splitlines()[0]) from error
    if not isinstance(data, dict):
        raise BadFile(f"{path}: no litellm config: expected sections such as model_list, found {_kind(data)}")
    return cast("dict[str, object]", data)


def section(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return a section of the config; an absent, empty or misshapen one is empty."""
    value = data.get(name)
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def resolved(value: object, environment: Mapping[str, str]) -> str | None:
    """Give a value of the config as LiteLLM sees it: os.environ/NAME stands for a variable. Null for an unset one."""
    if value is None or isinstance(value, (dict, list)):
        return None
    variable = variable_of(value)
    return environment.get(variable) if variable is not None else str(value)


def variable_of(value: object) -> str | None:
    """Give the variable that a value of the config names as os.environ/NAME; null for any other value."""
    named = isinstance(value, str) and value.startswith(_VARIABLE)
    return str(value).removeprefix(_VARIABLE) if named else None


def read(text: str, path: Path) -> ModelList:
    """List every entry, active or commented out, with its line. Raises BadFile as `load` does."""
    data = load(text, path)
    items = data.get("model_list")
    active = items if isinstance(items, list) else []
    # A list that comes by an alias or a merge key has no lines of its own.
    lines = _lines(text) or [1] * len(active)
    entries = [_entry(item, line, "active") for item, line in zip(active, lines, strict=False)]
    entries += [_entry(item, line, "disabled") for item, line in _commented(text.split("\n"))]
    aliases = section(section(data, "router_settings"), "model_group_alias")
    return ModelList(
        entries=tuple(sorted(entries, key=lambda entry: entry.line)),
        aliases={str(alias): _alias_target(target) for alias, target in aliases.items()},
        hidden=frozenset(str(alias) for alias in aliases if section(aliases, alias).get("hidden")),
    )


def _alias_target(target: object) -> str:
    return str(target.get("model")) if isinstance(target, dict) else str(target)


def _entry(item: object, line: int, state: EntryState) -> ModelEntry:
    fields = item if isinstance(item, dict) else {}
    name, params = fields.get("model_name"), section(fields, "litellm_params")
    target = params.get("model")
    whole = isinstance(name, str) and isinstance(target, str)
    provider, slash, _ = target.partition("/") if isinstance(target, str) else ("", "", "")
    api_base = params.get("api_base")
    return ModelEntry(
        name=str(name) if name is not None else "(no name)",
        state=state if whole or state == "disabled" else "broken",
        line=line,
        target=target if isinstance(target, str) else None,
        provider=provider if slash else None,
        api_base=api_base if isinstance(api_base, str) else None,
        key_variable=variable_of(params.get("api_key")),
        free=bool(slash and provider in _LOCAL_PROVIDERS) or "mock_response" in params or _costs_nothing(params),
    )


def _costs_nothing(params: Mapping[str, object]) -> bool:
    return params.get("input_cost_per_token") == 0 and params.get("output_cost_per_token") == 0


def _loaded(text: str) -> object:
    """Parse YAML with the C loader, after a look at how deep it goes. Raises yaml.YAMLError, ValueError."""
    import yaml

    _lines(text)
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _lines(text: str) -> list[int]:
    """Find the line on which each active entry begins, from the parser's own marks.

    Raises ValueError for nesting so deep that the C parser, which recurses, would end the process.
    """
    import yaml

    lines: list[int] = []
    depth, is_key, key = 0, True, ""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        node = isinstance(event, yaml.NodeEvent)
        if node and depth == _IN_LIST and key == "model_list":
            lines.append(cast("yaml.Mark", event.start_mark).line + 1)
        if node and depth == _IN_ROOT and is_key:
            key = event.value if isinstance(event, yaml.ScalarEvent) else ""
            lines = [] if key == "model_list" else lines  # of a key that stands twice, the last one counts
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST} levels")
        if depth == _IN_ROOT and (isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent, yaml.CollectionEndEvent))):
            is_key = not is_key
    return lines


def _commented(lines: list[str]) -> Iterator[tuple[dict[str, object], int]]:
    """Yield every commented-out entry and its line, by the column in which the content of its lines begins."""
    index = 0
    while index < len(lines):
        block = _block(lines, index)
        item = _parsed(block)
        if item is None:
            index += 1
        else:
            yield item, index + 1
            index += len(block)


def _block(lines: list[str], start: int) -> list[str]:
    """Collect the uncommented text of the entry that begins here: deeper lines, and bare # joiners between them."""
    first = _COMMENT.match(lines[start])
    if first is None or not _ENTRY_START.match(first["content"]):
        return []
    dash = first.end("lead")
    block = [first["content"]]
    for index in range(start + 1, len(lines)):
        comment = _COMMENT.match(lines[index])
        if comment is None or (comment["content"] and comment.end("lead") <= dash):
            break
        block.append(" " * (comment.end("lead") - dash) + comment["content"] if comment["content"] else "")
    return block


def _parsed(block: list[str]) -> dict[str, object] | None:
    """Parse a block, without what is glued below it: the longest part that is one whole entry."""
    import yaml

    while block:
        try:
            items = _loaded("\n".join(block))
        except (yaml.YAMLError, *_MISREAD):
            items = None
        if isinstance(items, list) and len(items) == 1 and isinstance(items[0], dict) and _is_entry(items[0]):
            return cast("dict[str, object]", items[0])
        block.pop()
    return None


def _is_entry(item: Mapping[str, object]) -> bool:
    return isinstance(item.get("model_name"), str) and isinstance(section(item, "litellm_params").get("model"), str)


def _kind(data: object) -> str:
    return "nothing" if data is None else f"a {type(data).__name__}"
