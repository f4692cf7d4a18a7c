"""The names that clients can ask a gateway for: which of them are free, what answers for them, what else might."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from hubctl.core.models.model_list import ModelEntry, ModelList, section

_KINDS = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Askable:
    """One name that can be asked, the name of its entries where it is an alias, and the targets that may answer.

    free holds when none of them costs.
    """

    name: str
    entry: str
    free: bool
    targets: frozenset[str]


class Names:
    """What can be asked according to a config. `data` is the parsed config of the entries."""

    def __init__(self, models: ModelList, data: Mapping[str, object]) -> None:
        self._models = models
        self._fallbacks = _fallbacks(data)

    @cached_property
    def all(self) -> list[str]:
        """Every name that stands for one model, entries first. An entry with a * stands for many."""
        entries = dict.fromkeys(entry.name for entry in self._models.active)
        aliases = [alias for alias, name in self._models.aliases.items() if name in entries]
        return [name for name in dict.fromkeys([*entries, *aliases]) if _ANY not in name]

    @property
    def patterns(self) -> list[str]:
        """Every name that stands for many models."""
        return list(dict.fromkeys(entry.name for entry in self._models.active if _ANY in entry.name))

    def find(self, name: str) -> Askable | None:
        """Give what answers for a name; null when it cannot be asked. An entry that costs makes its name paid."""
        entries = self.entries(name)
        own = self._models.aliases.get(name, name)
        targets = frozenset(_filled(entry, own) for entry in entries)
        return Askable(name, own, all(entry.free for entry in entries), targets) if entries else None

    def entries(self, name: str) -> tuple[ModelEntry, ...]:
        """Give the active entries that may answer for a name; none when it cannot be asked."""
        own = self._models.aliases.get(name, name)
        if _ANY in own:
            return ()
        return tuple(e for e in self._models.by_name.get(own, ()) if e.state == "active") or self._standing_for(own)

    def costing(self, name: str, *, through_fallbacks: bool) -> tuple[Askable, ...]:
        """Give what may cost when a name is asked: itself, and what is asked in its place. A name nobody knows may."""
        asked = [name, *(self._spares(name) if through_fallbacks else ())]
        found = [self.find(each) or Askable(each, each, free=False, targets=frozenset()) for each in asked]
        return tuple(each for each in found if not each.free)

    def why_not(self, name: str) -> str:
        """Say why nothing can be asked under a name: its entry is not active, or there is none."""
        if _ANY in name:
            return "a name with a * stands for many models: name one of them"
        for entry in self._models.by_name.get(name, ()):
            if entry.state == "disabled":
                return f"its entry is commented out (line {entry.line}): `hubctl models enable {name}`"
            return f"its entry in the config is broken (line {entry.line}): see `hubctl config check`"
        if name in self._models.aliases:
            return f"it is an alias of {self._models.aliases[name]}, which is no active model; see `hubctl models`"
        near = get_close_matches(name, self.all)
        return f"the config has no such model{'; near: ' + ', '.join(near) if near else ''}; see `hubctl models`"

    @cached_property
    def _by_start(self) -> Mapping[str, Sequence[ModelEntry]]:
        """The entries that stand for many names, by how these begin: so that few are tried for a name."""
        found: dict[str, list[ModelEntry]] = {}
        for entry in self._models.active:
            start, star, _ = entry.name.partition(_ANY)
            if star:
                found.setdefault(start, []).append(entry)
        return found

    def _standing_for(self, name: str) -> tuple[ModelEntry, ...]:
        starts = (name[:end] for end in range(len(name) + 1)) if self._by_start else ()
        found = [e for start in starts for e in self._by_start.get(start, ()) if re.fullmatch(_pattern(e), name)]
        return tuple(sorted(found, key=lambda entry: entry.line))

    def _spares(self, name: str) -> list[str]:
        """Every name that can be asked in its place, over as many steps as there are."""
        found = {name: None}
        for asked in (waiting := [name]):
            keys = (asked, self._models.aliases.get(asked, asked), _ANY)
            spares = [spare for key in dict.fromkeys(keys) for spare in self._fallbacks.get(key, ())]
            waiting += [spare for spare in dict.fromkeys(spares) if spare not in found]
            found |= dict.fromkeys(spares)
        return list(found)[1:]


def _filled(entry: ModelEntry, name: str) -> str:
    """Put what a * stands for in a name into the target that has one, too."""
    stars = re.fullmatch(_pattern(entry), name) if _ANY in entry.name else None
    return str(entry.target).replace(_ANY, stars[1], 1) if stars else str(entry.target)


def _pattern(entry: ModelEntry) -> str:
    return re.escape(entry.name).replace(r"\*", "(.*)")


def _fallbacks(data: Mapping[str, object]) -> dict[str, Sequence[str]]:
    """Map each name to the names asked when it fails; * stands for every name. LiteLLM reads both sections."""
    found: dict[str, list[str]] = {}
    for settings in (section(data, "router_settings"), section(data, "litellm_settings")):
        for kind in _KINDS:
            for name, spares in pairs(settings.get(kind)):
                found.setdefault(name, []).extend(spares_of(spares))
        found.setdefault(_ANY, []).extend(spares_of(settings.get("default_fallbacks")))
    return {name: tuple(spares) for name, spares in found.items()}


def pairs(rules: object) -> Iterator[tuple[str, object]]:
    """Give what a setting such as `fallbacks` says: a name, and what stands in for it. Nothing for another shape."""
    for rule in rules if isinstance(rules, list) else []:
        if isinstance(rule, dict):
            yield from ((str(name), spares) for name, spares in rule.items())


def spares_of(spares: object) -> list[str]:
    """Give the names in a list of stand-ins."""
    items = spares if isinstance(spares, list) else []
    return [str(item.get("model")) if isinstance(item, dict) else str(item) for item in items]
