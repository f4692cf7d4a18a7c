"""What the aliases of a YAML text stand for. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, cast

from hubctl.core.text import yaml_text
from hubctl.core.text.yaml_text import Event

if TYPE_CHECKING:
    import yaml

_DEEPEST_ALIAS = 4
_MOST_EVENTS = 100_000  # of one entry


def anchored(parsed: Sequence[Event]) -> dict[str, Sequence[Event]]:
    """The node behind every anchor of the file, as its events."""
    found: dict[str, Sequence[Event]] = {}
    for index, event in enumerate(parsed):
        if event.anchor and event.kind == "scalar":
            found[event.anchor] = (event,)
        elif event.anchor and event.opens:
            inside = [node.stop for node in yaml_text.children(parsed, index)]
            found[event.anchor] = parsed[index : (inside[-1] if inside else index + 1) + 1]
    return found


def written_out(parsed: Sequence[Event], anchors: Mapping[str, Sequence[Event]]) -> tuple[str, frozenset[str]]:
    """Write a document with the anchored node in the place of every alias, and name the anchors that nothing defines.

    An empty mapping stands for those, and where there is no end to it. Raises yaml.YAMLError, and ValueError for more
    than an entry can have.
    """
    import yaml

    missing: set[str] = set()
    nodes = tuple(islice(_resolved(parsed, anchors, missing, 0), _MOST_EVENTS + 1))
    if len(nodes) > _MOST_EVENTS:
        raise ValueError("too large once its aliases are followed")
    around = (yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False))
    text = yaml.emit((*around, *nodes, yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent()))
    return cast("str", text), frozenset(missing)


def _resolved(
    parsed: Sequence[Event], anchors: Mapping[str, Sequence[Event]], missing: set[str], depth: int
) -> Iterator["yaml.Event"]:
    import yaml

    open_kinds: list[str] = []
    for event in parsed:
        if event.kind == "scalar":
            yield yaml.ScalarEvent(None, event.tag, (event.plain, not event.plain), event.value, style=event.style)
        elif event.kind == "alias":
            node = anchors.get(event.anchor)
            if node is None:
                missing.add(event.anchor)
            if node is None or depth == _DEEPEST_ALIAS:
                yield yaml.MappingStartEvent(anchor=None, tag=None, implicit=True)
                yield yaml.MappingEndEvent()
            else:
                yield from _resolved(node, anchors, missing, depth + 1)
        elif event.opens:
            start = yaml.MappingStartEvent if event.kind == "mapping" else yaml.SequenceStartEvent
            yield start(None, event.tag, event.tag is None)
            open_kinds.append(event.kind)
        else:
            yield yaml.MappingEndEvent() if open_kinds.pop() == "mapping" else yaml.SequenceEndEvent()
