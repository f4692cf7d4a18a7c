"""The litellm config as text: its model entries, active and commented out, with the line each begins on. No I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, cast

from hubctl.core.models import commented, items
from hubctl.core.models.commented import Commented
from hubctl.core.models.items import Outline
from hubctl.core.text import yaml_text
from hubctl.core.text.os_environ import variable_of

EntryState = Literal["active", "disabled", "broken"]

_LOCAL_PROVIDERS = frozenset({"ollama", "ollama_chat"})


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


@dataclass(frozen=True)
class ModelList:
    """All entries in the order of the file, and the router's aliases (alias -> model name).

    `hidden` are the aliases that can be asked for and are not listed.
    """

    entries: tuple[ModelEntry, ...]
    aliases: Mapping[str, str]
    hidden: frozenset[str]

    @cached_property
    def active(self) -> tuple[ModelEntry, ...]:
        """The entries that LiteLLM reads and can use."""
        return tuple(entry for entry in self.entries if entry.state == "active")

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[ModelEntry]]:
        """The entries of each name, in the order of the file."""
        found: dict[str, list[ModelEntry]] = {}
        for entry in self.entries:
            found.setdefault(entry.name, []).append(entry)
        return found


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
    return yaml_text.mapping(text, path)[1]


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


@yaml_text.uncollected
def read(text: str, path: Path) -> ModelList:
    """List every entry, active or commented out, with its line. Raises BadFile as `load` does."""
    parsed, data = yaml_text.mapping(text, path)
    lines = yaml_text.lines(text)
    return listed(items.outline(parsed, lines), commented.find(lines, parsed), data)


def listed(outline: Outline, disabled: Iterable[Commented], data: Mapping[str, object]) -> ModelList:
    """List the entries of a config that is parsed already."""
    found = data.get("model_list")
    active = found if isinstance(found, list) else []
    # A list that comes by an alias or a merge key has no lines of its own.
    begins = [item.line for item in outline.items] or [1] * len(active)
    entries = [_entry(item, line, "active") for item, line in zip(active, begins, strict=False)]
    entries += [_entry(entry.fields, entry.line, "disabled") for entry in disabled]
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
