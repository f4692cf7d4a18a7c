"""What the aliases of a YAML text stand for, as events. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hubctl.core import yaml_text

if TYPE_CHECKING:
    import yaml

_DEEPEST_ALIAS = 4


def anchored(parsed: Sequence["yaml.Event"]) -> dict[str, Sequence["yaml.Event"]]:
    """The node behind every anchor of the file, as its events."""
    import yaml

    found: dict[str, Sequence[yaml.Event]] = {}
    for index, event in enumerate(parsed):
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            found[event.anchor] = (event,)
        elif isinstance(event, yaml.CollectionStartEvent) and event.anchor:
            inside = [node.stop for node in yaml_text.children(parsed, index)]
            found[event.anchor] = parsed[index : (inside[-1] if inside else index + 1) + 1]
    return found


def resolved(
    parsed: Sequence["yaml.Event"],
    anchors: Mapping[str, Sequence["yaml.Event"]],
    missing: set[str],
    depth: int = 0,
) -> Iterator["yaml.Event"]:
    """Put the anchored node in the place of every alias; an empty mapping where there is none, or no end to it.

    Anchors without a node are put into `missing`.
    """
    import yaml

    for event in parsed:
        if isinstance(event, yaml.AliasEvent):
            node = anchors.get(event.anchor or "")
            if node is None:
                missing.add(event.anchor or "")
            if node is None or depth == _DEEPEST_ALIAS:
                yield yaml.MappingStartEvent(anchor=None, tag=None, implicit=True)
                yield yaml.MappingEndEvent()
            else:
                yield from resolved(node, anchors, missing, depth + 1)
        elif isinstance(event, yaml.ScalarEvent):
            yield yaml.ScalarEvent(None, event.tag, event.implicit, event.value, style=event.style)
        elif isinstance(event, yaml.CollectionStartEvent):
            yield type(event)(None, event.tag, event.implicit)
        else:
            yield event
