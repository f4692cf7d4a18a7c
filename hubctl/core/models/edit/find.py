"""Which entry is meant by NAME or NAME@LINE."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Literal

from hubctl.core.models.model_list import ModelEntry, ModelList
from hubctl.core.providers import catalog
from hubctl.errors import AmbiguousModel, UnknownModel


def find(models: ModelList, ref: str, wanted: Literal["active", "disabled"]) -> ModelEntry:
    """Give the entry that is to become active or disabled; where all that fit are so already, the first of them.

    An exact model name wins over NAME@LINE, for names may contain an @. Raises UnknownModel, AmbiguousModel.
    """
    named = _named(models, ref)
    if not named and (meant := models.aliases.get(ref)) in models.by_name:
        verb = "enable" if wanted == "active" else "disable"
        raise UnknownModel(
            f"{ref} is an alias of {meant}, and no model entry of its own",
            hint=f"`hubctl models {verb} {meant}` is about that entry; the alias stands in `model_group_alias`",
        )
    if not named:
        names = sorted({entry.name for entry in models.entries})
        near = get_close_matches(ref.rpartition("@")[0] or ref, names)
        raise UnknownModel(
            f"the config has no model entry {catalog.scrub(ref)}" + _elsewhere(models, ref),
            hint=f"did you mean {_listed(near)}?" if near else "`hubctl models` lists the entries with their lines",
        )
    open_ones = [entry for entry in named if (entry.state == "disabled") is (wanted == "active")]
    if len(open_ones) > 1:
        raise AmbiguousModel(
            f"{len(open_ones)} {'commented-out' if wanted == 'active' else 'active'} entries are called {ref}",
            hint=f"name one of them: {', '.join(f'{entry.name}@{entry.line}' for entry in open_ones)}",
        )
    return (open_ones or named)[0]


def _named(models: ModelList, ref: str) -> Sequence[ModelEntry]:
    named = models.by_name.get(ref, ())
    name, at, line = ref.rpartition("@")
    if named or not at or not line.isdecimal():
        return named
    return [entry for entry in models.by_name.get(name, ()) if entry.line == int(line)]


def _elsewhere(models: ModelList, ref: str) -> str:
    """Where entries of that name do stand, when the line alone is wrong."""
    lines = [str(entry.line) for entry in models.by_name.get(ref.rpartition("@")[0], ())]
    return f"; {ref.rpartition('@')[0]} stands in line {_listed(lines)}" if lines else ""


def _listed(words: Iterable[str]) -> str:
    return " or ".join(words)
