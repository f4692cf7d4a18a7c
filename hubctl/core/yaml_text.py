"""YAML text: its lines and events as the C parser counts them, and its data. No I/O."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hubctl.errors import BadFile

if TYPE_CHECKING:
    import yaml

# A line ends where YAML 1.1 ends it, or the parser's marks would name other lines than ours.
_LINE = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029]|\\Z)")
_BREAKS = "\n\r\x85\u2028\u2029"
_DEEPEST = 100
# What PyYAML lets through when a tag such as !!int stands before something else.
MISREAD = (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError)


def lines(text: str) -> list[str]:
    """Split into lines, each with its own line ending: joined, they are the text again."""
    return [line for line in _LINE.findall(text) if line]


def ending(line: str) -> str:
    """The line ending of a line, empty for the last one of a file that ends without."""
    return line[len(line.rstrip(_BREAKS)) :]


def events(text: str) -> Sequence["yaml.Event"]:
    """Parse into events. Raises yaml.YAMLError.

    Raises ValueError for nesting so deep that the C loader, which recurses, would end the process.
    """
    import yaml

    found: list[yaml.Event] = []
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST} levels")
        found.append(event)
    return found


def begin(event: "yaml.Event") -> "yaml.Mark":
    """Where an event begins; line and column count from 0."""
    return cast("yaml.Mark", event.start_mark)


def end(event: "yaml.Event") -> "yaml.Mark":
    """Where an event ends; line and column count from 0."""
    return cast("yaml.Mark", event.end_mark)


def children(parsed: Sequence["yaml.Event"], parent: int) -> Iterator[range]:
    """The nodes directly inside the collection that begins with event `parent`, as ranges of events."""
    import yaml

    depth, begin = 0, parent + 1
    for index in range(parent + 1, len(parsed)):
        event = parsed[index]
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth < 0:
            return
        if depth == 0:
            yield range(begin, index + 1)
            begin = index + 1


def data(text: str) -> object:
    """Load one document with the C loader, after a look at how deep it goes. Raises yaml.YAMLError or MISREAD."""
    import yaml

    events(text)
    return yaml.load(text, Loader=yaml.CSafeLoader)


def mapping(text: str, path: Path) -> tuple[Sequence["yaml.Event"], dict[str, object]]:
    """Parse a config into its events and its data.

    Raises BadFile with line and column for what no YAML reader takes, or no mapping.
    """
    import yaml

    try:
        parsed = events(text)
        loaded = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise BadFile(
            f"{path}{where}: {error.problem or error.context}", hint="correct the line and run again"
        ) from error
    except (yaml.YAMLError, *MISREAD) as error:
        raise BadFile(f"{path}: not YAML: {error}".splitlines()[0]) from error
    if not isinstance(loaded, dict):
        kind = "nothing" if loaded is None else f"a {type(loaded).__name__}"
        raise BadFile(f"{path}: no litellm config: expected sections such as model_list, found {kind}")
    return parsed, cast("dict[str, object]", loaded)
