"""Where an entry stands, and why it cannot be edited there."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

from hubctl.core.models.commented import Commented
from hubctl.core.models.edit.check import Config
from hubctl.core.models.items import Item
from hubctl.core.models.model_list import ModelEntry
from hubctl.core.text import yaml_text
from hubctl.core.text.yaml_text import Event


def must_be_clear(config: Config, entries: Sequence[Commented]) -> None:
    """See that it is beyond doubt what the commented-out entries say, which are to be enabled at once, and where each
    ends. Raises EditRefused.
    """
    lacking_any = any(entry.missing for entry in entries)
    brought = (
        {anchor for other in entries for anchor in _anchors(yaml_text.events(other.content))} if lacking_any else set()
    )
    for entry in entries:
        _must_be_clear(config, entry, brought)


def _must_be_clear(config: Config, entry: Commented, brought: Collection[str]) -> None:
    if entry.inside is not None:
        raise config.refused(
            entry.line,
            f"it stands inside the commented-out entry of line {entry.inside}, which cannot be read",
            f"correct line {entry.inside} and what follows it, or move the entry out of it",
        )
    if entry.doubt is not None:
        raise config.refused(
            entry.doubt,
            "it is not clear whether this line belongs to the entry above",
            "indent it as a part of the entry, glued to it, or move it away, and run again",
        )
    if lacking := sorted(entry.missing.difference(brought)):
        raise config.refused(
            entry.line,
            f"it uses the anchor &{lacking[0]}, which no active line defines",
            "enable the entry that defines it first" if _defined(config, lacking[0]) else "define it, or write it out",
        )


def must_be_in_the_list(config: Config, entry: Commented) -> None:
    """See that the entry would become an item of `model_list` where it stands. Raises EditRefused."""
    name, span = entry.fields["model_name"], f"lines {entry.line} to {entry.last_line}"
    if (text := _text_around(config, entry.line)) is not None:
        raise config.refused(
            entry.line,
            f"it is part of the text that begins in line {text}, not a comment of this file",
            "keep the litellm config in a file of its own (a manifest can be made from it), or edit the text by hand",
        )
    must_be_a_block(config, entry.line)
    section = config.outline.model_list
    start = section.line if section else 0
    target = f"below line {config.outline.items[-1].last_line if config.outline.items else start}"
    move = f"move {span} {target} and run again"
    if entry.line < start:
        raise config.refused(entry.line, f"{name} stands above the model_list of line {start}", move)
    following = next((other for other in config.outline.sections if other.line > start), None)
    if following and entry.line > following.line:
        raise config.refused(
            entry.line, f"{name} stands below {following.name} (line {following.line}), outside of model_list", move
        )
    before = bisect_left(config.outline.items, entry.line, key=lambda item: item.line)
    item = config.outline.items[before - 1] if before else None
    if item and entry.line <= item.last_line:
        raise config.refused(entry.line, f"{name} stands inside the active entry of line {item.line}", move)


def item_of(config: Config, entry: ModelEntry) -> Item:
    """The item of the list that an active entry is, when it can be commented out. Raises EditRefused."""
    must_be_a_block(config, entry.line)
    if entry.state == "broken":
        raise config.refused(
            entry.line,
            f"{entry.name} lacks a model: commented out, nobody could tell it from prose",
            "complete it or delete it by hand",
        )
    item = config.items_by_line[entry.line]
    column = config.outline.column or 0
    if config.lines[item.line - 1][:column].strip():
        raise config.refused(item.line, "the entry shares its first line with something else", OWN_LINES)
    end = last_line(config, item)
    inside = (config.disabled_by_line.get(line) for line in range(item.line + 1, end + 1))
    if hidden := next(filter(None, inside), None):
        raise config.refused(
            hidden.line,
            f"the commented-out entry {hidden.fields['model_name']} stands inside {entry.name}",
            "move it below and run again",
        )
    for anchor in _anchors(config.outline.events[index] for index in item.events):
        if (user := _user(config, anchor, item)) is not None:
            raise config.refused(
                item.line,
                f"{entry.name} defines the anchor &{anchor}, which line {user} uses",
                f"disable what stands in line {user} first, or move the anchor to a section of its own (x-...)",
            )
    return item


def last_line(config: Config, item: Item) -> int:
    """The last line, from 1, that goes with an active entry: comments that are deeper than its dash are its own."""
    line = item.last_line
    while line < len(config.lines) and line + 1 not in config.disabled_by_line and _is_own_comment(config, line):
        line += 1
    return line


def _is_own_comment(config: Config, index: int) -> bool:
    content = config.lines[index].lstrip(" \t")
    return content.startswith("#") and len(config.lines[index]) - len(content) > (config.outline.column or 0)


OWN_LINES = "give every entry lines of its own (`- model_name: ...`, its fields below) and run again"


def must_be_a_block(config: Config, line: int) -> None:
    """See that `model_list` is a list with lines of its own for each entry, or nothing yet. Raises EditRefused."""
    section = config.outline.model_list
    if section is None:
        must_not_be_merged(config)
        raise config.refused(
            line, "this file has no active `model_list:`", f"write or uncomment a line `model_list:` above line {line}"
        )
    must_not_be_shared(config)
    start = config.outline.events[section.value.start]
    bare = start.kind == "scalar" and not start.value and start.plain
    if config.outline.column is not None or bare:
        return
    if config.outline.items:
        raise config.refused(section.line, "model_list is written in brackets", OWN_LINES)
    cause = "model_list is written as an empty value" if is_empty(start) else "model_list is no list"
    raise config.refused(section.line, cause, "leave nothing but `model_list:` on this line and run again")


def must_not_be_shared(config: Config) -> None:
    """See that no alias makes the list the same as something else in the file. Raises EditRefused."""
    section = config.outline.model_list
    start = config.outline.events[section.value.start] if section else None
    if section and start and start.anchor in config.aliases:
        raise config.refused(section.line, "model_list is shared with another section by an alias", "write it out")


def must_not_be_merged(config: Config) -> None:
    """See that the list does not come from elsewhere by a merge key. Raises EditRefused."""
    for entry in config.models.entries:
        if config.outline.model_list is None and entry.state != "disabled":
            raise config.refused(entry.line, "the model_list of this file comes by a merge key", "write it out")


def is_empty(start: Event) -> bool:
    """Whether the value of `model_list` that begins with this event is null, or a list in brackets."""
    if start.kind == "scalar":
        return start.plain and start.value in _NULLS
    return start.kind == "list" and start.style != ""


_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def _text_around(config: Config, line: int) -> int | None:
    """The line on which a text of several lines begins that this line is a part of."""
    before = bisect_left(config.texts, line - 1, key=lambda event: event.line)
    event = config.texts[before - 1] if before else None
    if event and line - 1 <= event.end_line:
        if event.style not in ("|", ">"):
            return event.line + 1
        below = (config.lines[number] for number in range(event.line + 1, len(config.lines)))
        first = next(text for text in below if text.strip())
        if _indent(config.lines[line - 1]) >= _indent(first):  # its end is marked below the comments that follow it
            return event.line + 1
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _anchors(parsed: Iterable[Event]) -> list[str]:
    """The anchors that these events define."""
    return [event.anchor for event in parsed if event.anchor and event.kind != "alias"]


def _user(config: Config, anchor: str, item: Item) -> int | None:
    """The first line outside of the item that uses its anchor."""
    users = (index for index in config.aliases.get(anchor, ()) if index not in item.events)
    return next((config.outline.events[index].line + 1 for index in users), None)


def _defined(config: Config, anchor: str) -> bool:
    return any(anchor in _anchors(yaml_text.events(entry.content)) for entry in config.disabled)
