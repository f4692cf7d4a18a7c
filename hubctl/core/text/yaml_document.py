"""A YAML document that was read: its data, and where its keys, items and values stand. No I/O."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubctl.core.text.span import Lines, Span

if TYPE_CHECKING:
    import yaml


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that stands twice in one mapping, at `first` and again on `line`. `depth` 0 is the top of the document.

    `same` tells that both times the same stands there, so that nothing is lost.
    """

    key: str
    first: Span
    line: int
    depth: int
    same: bool


@dataclass(frozen=True, slots=True)
class Document:
    """The first document of a text. `count` is how many there are; `data` is null where it is empty."""

    root: "yaml.Node | None" = field(repr=False)
    data: object = field(repr=False)
    count: int
    duplicates: tuple[Duplicate, ...]
    lines: Lines = field(repr=False)
    _keys: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def span(self, *path: str | int) -> Span:
        """Where a key or an item stands; the nearest part of the path that is there."""
        return self._span_of(self._reached(path)[0])

    def value_span(self, *path: str | int) -> Span:
        """Where the value behind a path stands; its key, where it has none or one that begins on another line."""
        place, value = self._reached(path)
        span = self._span_of(place)
        if value is None or value is place or value.start_mark.index == value.end_mark.index:
            return span
        behind = self._span_of(value)
        return behind if behind.line == span.line else span

    def _span_of(self, node: Any) -> Span:
        """A scalar or a collection in brackets as a whole; of a block, its first key or item."""
        if node is None:
            return self.lines.line(1)
        while isinstance(node.value, list) and node.value and not node.flow_style:
            first = node.value[0]
            node = first[0] if isinstance(first, tuple) else first
        return self.lines.between(node.start_mark, node.end_mark)

    def _reached(self, path: tuple[str | int, ...]) -> tuple[Any, Any]:
        """The node that says where the nearest part of a path stands, and the value; null where a part is missing."""
        place: Any = self.root
        value: Any = self.root
        for step in path:
            found = self._step(value, step)
            if found is None:
                return place, None
            place, value = found
        return place, value

    def _step(self, node: Any, step: str | int) -> tuple[Any, Any] | None:
        """The node that says where a key or an item stands, and the node behind it. The keys of a mapping are indexed
        once: of a large one, many may be asked for.
        """
        import yaml

        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            return (node.value[step], node.value[step]) if step < len(node.value) else None
        if not isinstance(node, yaml.MappingNode):
            return None
        if id(node) not in self._keys:
            self._keys[id(node)] = {pair[0].value: pair for pair in node.value if isinstance(pair[0].value, str)}
        return self._keys[id(node)].get(str(step))

    def node(self, *path: str | int) -> "yaml.ScalarNode | None":
        """The scalar behind a path; null for another kind of node, and for a path that leads nowhere."""
        import yaml

        _, node = self._reached(path)
        return node if isinstance(node, yaml.ScalarNode) else None
