"""What is known of a config before an edit, and the proof that the edit changed exactly what was asked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hubctl.core.models import commented, items, model_list
from hubctl.core.models.commented import Commented
from hubctl.core.models.items import Item, Outline
from hubctl.core.models.model_list import ModelEntry, ModelList
from hubctl.core.text import yaml_text
from hubctl.core.text.yaml_text import Event
from hubctl.errors import BadFile, EditRefused

BY_HAND = "nothing was changed; edit these lines by hand"


@dataclass(frozen=True, slots=True)
class Edited:
    """The text after an edit, the entries that changed (as they were listed before, none when all was as wanted)."""

    text: str
    entries: tuple[ModelEntry, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Config:
    """A config that parses, from every side an edit looks at it. Many entries are edited at once: each side is
    computed once."""

    path: Path
    lines: Sequence[str]
    outline: Outline
    disabled: Sequence[Commented]
    models: ModelList

    @cached_property
    def items_by_line(self) -> Mapping[int, Item]:
        """The active entries by the line of their dash."""
        return {item.line: item for item in reversed(self.outline.items)}

    @cached_property
    def disabled_by_line(self) -> Mapping[int, Commented]:
        """The commented-out entries by their first line, in the order of the file."""
        return {entry.line: entry for entry in self.disabled}

    @cached_property
    def texts(self) -> tuple[Event, ...]:
        """Every scalar of several lines, in the order of the file."""
        return tuple(e for e in self.outline.events if e.kind == "scalar" and e.line < e.end_line)

    @cached_property
    def aliases(self) -> Mapping[str, Sequence[int]]:
        """The events that use each anchor."""
        found: dict[str, list[int]] = {}
        for index, event in enumerate(self.outline.events):
            if event.kind == "alias":
                found.setdefault(event.anchor, []).append(index)
        return found

    def refused(self, line: int, cause: str, hint: str) -> EditRefused:
        """The error for an edit that is not made: where, why, and the way out."""
        return EditRefused(f"{self.path}, line {line}: {cause}", hint=hint)


def parse(text: str, path: Path) -> Config:
    """Parse a config. Raises BadFile."""
    parsed, data = yaml_text.mapping(text, path)
    lines = yaml_text.lines(text)
    disabled = list(commented.find(lines, parsed))
    where = items.outline(parsed, lines)
    return Config(path, lines, where, disabled, model_list.listed(where, disabled, data))


def proven(
    config: Config,
    text: str,
    *,
    enabled: Collection[int] = (),
    disabled: Collection[int] = (),
    added: Collection[int] = (),
) -> Config:
    """Parse the text after an edit and see that exactly the entries on these lines came or went.

    Every other section, entry, alias and anchor has to be as before, and every other commented-out entry too.
    Raises EditRefused.
    """
    try:
        after = parse(text, config.path)
    except BadFile as error:
        raise EditRefused(f"the file could not be read after the edit: {error.message}", hint=BY_HAND) from error
    if _shape(config.outline, disabled) != _shape(after.outline, {*enabled, *added}):
        raise EditRefused(f"{config.path}: the edit would change more than the entry itself", hint=BY_HAND)
    if _others(config.disabled, enabled) != _others(after.disabled, disabled):
        raise EditRefused(f"{config.path}: the edit would change another commented-out entry", hint=BY_HAND)
    return after


def said(events: Iterable[Event]) -> list[object]:
    """What events say, without where they stand."""
    return [(event.kind, event.value, event.tag, event.plain, event.anchor) for event in events]


def _others(disabled: Iterable[Commented], touched: Collection[int]) -> list[str]:
    return [entry.content for entry in disabled if entry.line not in touched]


def _shape(outline: Outline, without: Collection[int]) -> list[object]:
    """The whole file as its events, without the entries that begin on these lines and without the list around them.

    An alias counts as the node it stands for: an entry that takes an anchor along, or brings one, shows.
    """
    left_out = _left_out(outline, without)
    shape: list[object] = []
    anchors: dict[str, int] = {}
    for index, event in enumerate(outline.events):
        if event.kind == "alias":
            if index not in left_out:
                shape.append(anchors.get(event.anchor, "undefined"))
            continue
        if event.anchor:
            anchors[event.anchor] = -1 if index in left_out else len(shape)
        if index not in left_out:
            shape.extend(said([event]))
    return shape


def _left_out(outline: Outline, without: Collection[int]) -> set[int]:
    """The events of these entries, of the key `model_list` and of both ends of the list: a list may begin or end."""
    section = outline.model_list
    if section is None:
        return set()
    left_out = {section.value.start - 1, section.value.start, section.value.stop - 1}
    for item in outline.items:
        if item.line in without:
            left_out.update(item.events)
    return left_out
