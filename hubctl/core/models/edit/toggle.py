"""Comment entries out, and take the comment away again."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from hubctl.core.models import commented
from hubctl.core.models.commented import Commented
from hubctl.core.models.edit import places, references
from hubctl.core.models.edit.check import BY_HAND, Config, Edited, parse, proven, said
from hubctl.core.models.edit.find import find
from hubctl.core.models.items import Item
from hubctl.core.models.model_list import ModelEntry
from hubctl.core.text import comment_lines, yaml_text
from hubctl.errors import EditRefused

Refs = Sequence[str | ModelEntry]
Part = TypeVar("Part")


@yaml_text.uncollected
def enable(text: str, path: Path, refs: Refs) -> Edited:
    """Uncomment entries, named as NAME, NAME@LINE or as they were listed. Active ones are left as they are.

    Raises BadFile, UnknownModel, AmbiguousModel, and EditRefused for what cannot be done without touching more.
    """
    config = parse(text, path)
    entries = _chosen(config, refs, "active")
    if not entries:
        return Edited(text, (), ())
    wanted = {entry.line for entry in entries}
    chosen = [entry for entry in config.disabled if entry.line in wanted]
    return Edited(_enabled(config, chosen), entries, tuple(references.shared(config.models, entries)))


@yaml_text.uncollected
def disable(text: str, path: Path, refs: Refs) -> Edited:
    """Comment entries out, so that `enable` gives the same bytes back. Disabled ones are left as they are.

    Warns of every place that names a model nobody serves any more. Raises as `enable` does.
    """
    config = parse(text, path)
    entries = _chosen(config, refs, "disabled")
    if not entries:
        return Edited(text, (), ())
    items = [places.item_of(config, entry) for entry in entries]
    try:
        after = _disabled(config, items)
    except EditRefused as error:
        raise _at_fault(lambda part: _disabled(config, part), items, error)[1] from error
    return Edited(after, entries, references.orphaned(config, entries, items))


def _chosen(config: Config, refs: Refs, wanted: Literal["active", "disabled"]) -> tuple[ModelEntry, ...]:
    """The entries that are not yet as they should be, each once, in the order of the file."""
    found = [ref if isinstance(ref, ModelEntry) else find(config.models, ref, wanted) for ref in refs]
    to_change = {entry for entry in found if (entry.state == "disabled") is (wanted == "active")}
    return tuple(entry for entry in config.models.entries if entry in to_change)


def _enabled(config: Config, chosen: Sequence[Commented]) -> str:
    for entry in chosen:
        places.must_be_in_the_list(config, entry)
    places.must_be_clear(config, chosen)
    try:
        text, after = _proven_without_hashes(config, chosen)
    except EditRefused as error:
        entry, why = _at_fault(lambda part: _proven_without_hashes(config, part), chosen, error)
        cause = f"{entry.fields['model_name']} cannot be enabled: {why.message}"
        raise config.refused(entry.line, cause, BY_HAND) from error
    _must_say_the_same(chosen, after)
    return text


def _proven_without_hashes(config: Config, chosen: Sequence[Commented]) -> tuple[str, Config]:
    text = _uncommented(config, chosen)
    return text, proven(config, text, enabled={entry.line for entry in chosen})


def _at_fault(
    edit: Callable[[Sequence[Part]], object], parts: Sequence[Part], error: EditRefused
) -> tuple[Part, EditRefused]:
    """Find the first part that alone makes the edit fail, and its error, by halving; the first part where none does."""
    middle = len(parts) // 2
    for half in (parts[:middle], parts[middle:]) if middle else ():
        try:
            edit(half)
        except EditRefused as narrower:
            return _at_fault(edit, half, narrower)
    return parts[0], error


def _must_say_the_same(disabled: Sequence[Commented], config: Config) -> None:
    """See that entries say the same commented out as in a config in which they are active. Raises EditRefused."""
    items = {item.line: item for item in config.outline.items}
    for entry in disabled:
        parsed = yaml_text.events(entry.content)
        node = next(yaml_text.children(parsed, 0))
        active = items[entry.line].events
        if said(parsed[index] for index in node) != said(config.outline.events[index] for index in active):
            cause = f"{entry.fields['model_name']} says something else as a comment than as an entry"
            raise config.refused(entry.line, cause, BY_HAND)


def _uncommented(config: Config, chosen: Sequence[Commented]) -> str:
    """The text without the hashes before these entries; a list that is empty takes the column of the first hash."""
    column = config.outline.column if config.outline.column is not None else chosen[0].hash_column
    lines = list(config.lines)
    for entry in chosen:
        lines[entry.line - 1 : entry.last_line] = commented.uncommented(config.lines, entry, column)
    return "".join(lines)


def _disabled(config: Config, items: Sequence[Item]) -> str:
    lines = list(config.lines)
    column = config.outline.column or 0
    for item in items:
        last = places.last_line(config, item)
        lines[item.line - 1 : last] = comment_lines.commented(config.lines[item.line - 1 : last], column)
    text = "".join(lines)
    began = {item.line for item in items}
    after = proven(config, text, disabled=began)
    back = [entry for entry in after.disabled if entry.line in began]
    if len(back) < len(items) or _uncommented(after, back) != "".join(config.lines):
        raise config.refused(items[0].line, "commented out, the entry could not be enabled again as it is", BY_HAND)
    _must_say_the_same(back, config)
    places.must_be_clear(after, back)
    return text
