"""YAML text: its lines and events as the C parser counts them, and its data. No I/O."""

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Literal, NamedTuple, ParamSpec, TypeVar, cast

from hubctl.errors import BadFile

P = ParamSpec("P")
T = TypeVar("T")
Kind = Literal["scalar", "alias", "mapping", "list", "end"]

# A line ends where YAML 1.1 ends it, or the parser's marks would name other lines than ours.
_LINE = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029]|\\Z)")
_BREAKS = "\n\r\x85\u2028\u2029"
_DEEPEST = 100
# Nodes once aliases are followed, where there are any: a few lines of aliases of aliases make billions.
LARGEST = 2_000_000
# What PyYAML lets through when a tag such as !!int stands before something else.
MISREAD = (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError)


def uncollected(work: Callable[P, T]) -> Callable[P, T]:
    """Let a function run without the garbage collector.

    What a parser makes lives until the work is done: every walk of the collector over it finds nothing, and for a large
    config those walks took as long as the work itself.
    """

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        collecting = gc.isenabled()
        gc.disable()
        try:
            return work(*args, **kwargs)
        finally:
            if collecting:
                gc.enable()

    return run


def lines(text: str) -> list[str]:
    """Split into lines, each with its own line ending: joined, they are the text again."""
    return [line for line in _LINE.findall(text) if line]


def ending(line: str) -> str:
    """The line ending of a line, empty for the last one of a file that ends without."""
    return line[len(line.rstrip(_BREAKS)) :]


class Event(NamedTuple):
    """One step of the parser. Lines and columns count from 0; `plain` tells whether the tag follows from the value.

    `style` is the quote or block sign of a scalar, `{` for a collection in brackets, else empty. Much lighter than the
    parser's own: a config of 5,000 entries has 100,000 of them.
    """

    kind: Kind
    line: int
    column: int
    end_line: int
    end_column: int
    value: str = ""
    anchor: str = ""
    tag: str | None = None
    plain: bool = True
    style: str = ""

    @property
    def opens(self) -> bool:
        """Whether it begins a collection."""
        return self.kind in ("mapping", "list")


def events(text: str) -> list[Event]:
    """Parse into events, those of nodes alone. Raises yaml.YAMLError.

    Raises ValueError for nesting so deep that the C loader, which recurses, would end the process, and for aliases that
    stand for more than `LARGEST` nodes.
    """
    import yaml

    kinds: dict[type[yaml.Event], Kind] = {
        yaml.ScalarEvent: "scalar",
        yaml.AliasEvent: "alias",
        yaml.MappingStartEvent: "mapping",
        yaml.SequenceStartEvent: "list",
        yaml.MappingEndEvent: "end",
        yaml.SequenceEndEvent: "end",
    }
    found: list[Event] = []
    followed = _Followed()
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        kind = kinds.get(type(event))
        if kind is None:
            continue
        found.append(_event(kind, event))
        followed.add(found[-1])
        depth += (kind in ("mapping", "list")) - (kind == "end")
        if depth > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST} levels")
    return found


class _Followed:
    """Counts nodes as they are once aliases are followed. A node inside itself has no size yet, and counts as one."""

    def __init__(self) -> None:
        self._count = 0
        self._sizes: dict[str, int] = {}
        self._open: list[tuple[str, int]] = []

    def add(self, event: Event) -> None:
        """Count one event. Raises ValueError when aliases make it too many."""
        if event.kind == "end":
            anchor, before = self._open.pop()
            self._sizes[anchor] = self._count - before
            return
        self._count += self._sizes.get(event.anchor, 1) if event.kind == "alias" else 1
        if event.opens:
            self._open.append((event.anchor, self._count - 1))
        elif event.kind == "scalar":
            self._sizes[event.anchor] = 1
        elif self._count > LARGEST:
            raise ValueError("too large once its aliases are followed")


def _event(kind: Kind, event: Any) -> Event:
    start, end = event.start_mark, event.end_mark
    where = (start.line, start.column, end.line, end.column)
    if kind == "end":
        return Event(kind, *where)
    if kind == "alias":
        return Event(kind, *where, anchor=event.anchor)
    if kind == "scalar":
        return Event(kind, *where, event.value, event.anchor or "", event.tag, event.implicit[0], event.style or "")
    return Event(kind, *where, anchor=event.anchor or "", tag=event.tag, style="{" if event.flow_style else "")


def children(parsed: Sequence[Event], parent: int) -> Iterator[range]:
    """The nodes directly inside the collection that begins with event `parent`, as ranges of events."""
    depth, begin = 0, parent + 1
    for index in range(parent + 1, len(parsed)):
        kind = parsed[index].kind
        depth += (kind in ("mapping", "list")) - (kind == "end")
        if depth < 0:
            return
        if depth == 0:
            yield range(begin, index + 1)
            begin = index + 1


def pairs(parsed: Sequence[Event], parent: int) -> Iterator[tuple[range, range]]:
    """The keys of the mapping that begins with event `parent`, each with its value."""
    nodes = list(children(parsed, parent))
    return zip(nodes[::2], nodes[1::2], strict=True)


def repeated_key(parsed: Sequence[Event]) -> int | None:
    """The line, from 0, of the first key that its mapping has already; the loader would take the last one silently."""
    for index, event in enumerate(parsed):
        if event.kind == "mapping":
            seen: set[str] = set()
            for key, _ in pairs(parsed, index):
                name = parsed[key.start].value
                if name in seen:
                    return parsed[key.start].line
                seen.add(name)
    return None


def mapping(text: str, path: Path) -> tuple[list[Event], dict[str, object]]:
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
