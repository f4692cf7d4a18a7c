"""Where the active entries of a litellm config stand in its text, from the parser's own marks. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from hubctl.core.text import yaml_text
from hubctl.core.text.yaml_text import Event


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the list: its events, the line of its dash and the last line of its data, counted from 1."""

    events: range
    line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level key, the line it stands on, and the events of its value."""

    name: str
    line: int
    value: range


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections of a config and the items of its `model_list`; of a section that stands twice the last one counts.

    `column` is where the dashes stand: null when there is no list with a line for each entry. `in_blocks` tells whether
    the sections stand on lines of their own.
    """

    events: Sequence[Event]
    sections: tuple[Section, ...]
    model_list: Section | None
    items: tuple[Item, ...]
    column: int | None
    in_blocks: bool


def outline(parsed: Sequence[Event], lines: Sequence[str]) -> Outline:
    """Find sections and items in the events of a whole config, whose root is a mapping."""
    in_blocks = not parsed[0].style
    sections = tuple(
        Section(parsed[key.start].value, parsed[key.start].line + 1, value) for key, value in yaml_text.pairs(parsed, 0)
    )
    found = next((section for section in reversed(sections) if section.name == "model_list"), None)
    start = parsed[found.value.start] if found else None
    if found is None or start is None or start.kind != "list":
        return Outline(parsed, sections, found, (), None, in_blocks)
    column = None if start.style else _dash_column(start, lines)
    items = tuple(_item(parsed, node, lines, column) for node in yaml_text.children(parsed, found.value.start))
    return Outline(parsed, sections, found, items, column, in_blocks)


def _dash_column(start: Event, lines: Sequence[str]) -> int:
    """The column of the first dash. A list as deep as its key is marked behind that dash, any other before it."""
    column = start.end_column
    return column - (lines[start.end_line][column : column + 1] != "-")


def _item(parsed: Sequence[Event], node: range, lines: Sequence[str], column: int | None) -> Item:
    begin = parsed[node.start].line
    last = max(_last_line(parsed[index]) for index in node)
    while last > begin and not _holds_data(lines[last], column):
        last -= 1
    return Item(node, _dash_line(lines, begin, column) + 1, last + 1)


def _dash_line(lines: Sequence[str], begin: int, column: int | None) -> int:
    """Go up from where an item begins to the line of its dash: that may stand on a line of its own."""
    if column is None:
        return begin
    line = begin
    while line > 0 and not (lines[line][:column].strip(" ") == "" and lines[line][column : column + 1] == "-"):
        line -= 1
    return line


def _last_line(event: Event) -> int:
    """The last line that an event stands on, from 0. A block that ends takes no place of its own."""
    if event.kind == "end" and (event.line, event.column) == (event.end_line, event.end_column):
        return 0
    return event.end_line - (event.end_column == 0 and event.end_line > event.line)


def _holds_data(line: str, column: int | None) -> bool:
    """Whether a line can be the last of an item: the mark of a text block stands below what follows the block."""
    content = line.strip()
    indent = len(line) - len(line.lstrip(" \t"))
    return bool(content) and not (content.startswith("#") and indent <= (column or 0))
