"""Which settings name a model: what disabling it leaves pointing at nothing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from hubctl.core.models.edit.check import Config
from hubctl.core.models.items import Item
from hubctl.core.models.model_list import ModelEntry, ModelList
from hubctl.core.text.yaml_text import Event

_ALIASES = frozenset({"model_group_alias", "model_alias_map"})
_FALLBACKS = frozenset(
    {"fallbacks", "default_fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "completion_model"}
)


def orphaned(config: Config, entries: Sequence[ModelEntry], items: Sequence[Item]) -> tuple[str, ...]:
    """One warning for each disabled name that no active entry has any more and that a setting names."""
    gone = {entry.line for entry in entries}
    left = {entry.name for entry in config.models.active if entry.line not in gone}
    places: dict[str, list[str]] = {entry.name: [] for entry in entries if entry.name not in left}
    own = {index for item in items for index in item.events}
    for index, name, setting in _settings(config.outline.events, places.keys()):
        if index not in own:
            line = config.outline.events[index].line + 1
            places[name].append(f"{setting} (line {line})")
    return tuple(
        f"{name} is still named by {', '.join(dict.fromkeys(found))}" for name, found in places.items() if found
    )


def shared(models: ModelList, entries: Sequence[ModelEntry]) -> Iterator[str]:
    """A warning for each name that is active already: the gateway spreads requests over all entries of a name."""
    for name in dict.fromkeys(entry.name for entry in entries):
        if lines := [str(other.line) for other in models.by_name[name] if other.state == "active"]:
            yield f"{name} is active in line {', '.join(lines)} too: requests are spread over all entries of a name"


@dataclass(slots=True)
class _Level:
    """A mapping or list that is open, and the key whose value is next: null when a key is next."""

    mapping: bool
    key: str | None = None


def _settings(parsed: Sequence[Event], names: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Every scalar below a setting for fallbacks or aliases that is one of the names: its event, the name, the setting.

    The alias itself, left of its target, is no use of the model.
    """
    open_levels: list[_Level] = []
    for index, event in enumerate(parsed):
        if event.kind == "end":
            open_levels.pop()
        level = open_levels[-1] if open_levels else _Level(mapping=False)
        is_key = level.mapping and level.key is None and event.kind != "end"
        if event.kind == "scalar" and event.value in names and (setting := _setting(open_levels, is_key=is_key)):
            yield index, event.value, setting
        if event.opens:
            open_levels.append(_Level(event.kind == "mapping"))
        else:
            level.key = event.value if is_key else None


def _setting(levels: Sequence[_Level], *, is_key: bool) -> str | None:
    keys = [level.key for level in levels if level.key]
    for above, key in zip(["", *keys], keys, strict=False):
        if key in _FALLBACKS or (key in _ALIASES and not is_key):
            return f"{above}.{key}".lstrip(".")
    return None
