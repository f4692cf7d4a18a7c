"""A YAML document as nodes that know their places and as the data that LiteLLM sees, in one pass. No I/O."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from hubctl.core.text.span import Lines
from hubctl.core.text.yaml_document import Document, Duplicate
from hubctl.core.text.yaml_text import LARGEST

if TYPE_CHECKING:
    import yaml

_DEEPEST = 100  # the C parser recurses, and would end the process


def read(text: str, *, indent: int = 0) -> Document:
    """Parse a text as SafeLoader does, which is what LiteLLM uses. `indent` is for a text out of a file: see `Lines`.

    Raises yaml.YAMLError, for aliases without an end too, ValueError for nesting that would end the C parser, and what
    PyYAML itself lets through (see `yaml_text.MISREAD`).
    """

    lines = Lines(text, indent)
    composer = _Composer(lines)
    root = composer.document()
    data = _data(root, has_aliases=composer.has_aliases) if root else None
    return Document(root, data, composer.count, tuple(composer.duplicates), lines)


def _data(root: "yaml.Node", *, has_aliases: bool) -> object:
    """Construct the data: by hand where there are texts, lists and plain keys only, which is faster, else by PyYAML."""
    import yaml

    if not has_aliases:
        try:
            return _plain(root, yaml.constructor.SafeConstructor())
        except _NotPlain:
            pass
    return yaml.constructor.SafeConstructor().construct_document(root)


class _NotPlain(Exception):
    """A key that is no text, or a tag of its own: PyYAML knows what to do."""


def _plain(node: Any, constructor: Any) -> object:
    if not isinstance(node.value, list):
        return node.value if node.tag == "tag:yaml.org,2002:str" else constructor.construct_object(node)
    if node.tag == "tag:yaml.org,2002:seq":
        return [_plain(item, constructor) for item in node.value]
    found = {}
    for key, value in node.value if node.tag == "tag:yaml.org,2002:map" else [(node, None)]:
        if key.tag != "tag:yaml.org,2002:str" or not isinstance(key.value, str):
            raise _NotPlain
        found[key.value] = _plain(value, constructor)
    return found


def _says_the_same(some: Any, other: Any) -> bool:
    if not isinstance(some.value, list) or not isinstance(other.value, list):
        return bool(some.tag == other.tag and some.value == other.value)
    if len(some.value) != len(other.value):
        return False
    pairs = zip(_nodes(some), _nodes(other), strict=True) if some.tag == other.tag else ()
    return some.tag == other.tag and all(_says_the_same(one, two) for one, two in pairs)


def _nodes(collection: Any) -> list[Any]:
    """The nodes inside a collection, keys among them."""
    return [part for item in collection.value for part in (item if isinstance(item, tuple) else (item,))]


class _Composer:
    """Builds nodes from events. PyYAML's own composer is not used: libyaml's ends the process on deep nesting."""

    def __init__(self, lines: Lines) -> None:
        import yaml

        self.count = 0
        self.has_aliases = False
        self.duplicates: list[Duplicate] = []
        self._yaml = yaml
        self._lines = lines
        self._events: Iterator[Any] = iter(yaml.parse(lines.text, Loader=yaml.CSafeLoader))
        self._resolver = yaml.resolver.Resolver()
        self._tags: dict[tuple[str, tuple[bool, bool]], str] = {}
        self._anchors: dict[str, Any] = {}
        self._count = 0  # nodes so far, aliases followed
        self._sizes: dict[str, int] = {}

    def document(self) -> "yaml.Node | None":
        """Build the first document and count the others."""
        root = None
        for event in self._events:
            if isinstance(event, self._yaml.DocumentStartEvent):
                self.count += 1
                if self.count == 1:
                    root = self._node(next(self._events), 0)
        return root

    def _node(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if depth > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST} levels")
        if kind is self._yaml.AliasEvent:
            if event.anchor not in self._anchors:
                raise self._yaml.composer.ComposerError(
                    None, None, f"found undefined alias {event.anchor!r}", event.start_mark
                )
            self.has_aliases = True
            self._follow(event)
            return self._anchors[event.anchor]
        before = self._count
        self._count += 1
        node: Any
        if kind is self._yaml.ScalarEvent:
            node = self._yaml.ScalarNode(
                self._tag(event), event.value, event.start_mark, event.end_mark, style=event.style
            )
            self._anchor(event, node)
        elif kind is self._yaml.SequenceStartEvent:
            node = self._yaml.SequenceNode(event.tag or "tag:yaml.org,2002:seq", [], event.start_mark, event.end_mark)
            self._anchor(event, node)
            while type(item := next(self._events)) is not self._yaml.SequenceEndEvent:
                node.value.append(self._node(item, depth + 1))
            self._close(event, node, item)
        else:
            node = self._yaml.MappingNode(event.tag or "tag:yaml.org,2002:map", [], event.start_mark, event.end_mark)
            self._anchor(event, node)
            self._close(event, node, self._fill(node, depth))
        if event.anchor:
            self._sizes[event.anchor] = self._count - before
        return node

    def _follow(self, event: Any) -> None:
        """Count what an alias stands for. A node that holds itself has no size yet, and no end."""
        if event.anchor not in self._sizes:
            raise self._endless(event, f"the alias *{event.anchor} stands inside its own anchor")
        self._count += self._sizes[event.anchor]
        if self._count > LARGEST:
            raise self._endless(event, "too large once its aliases are followed")

    def _endless(self, event: Any, problem: str) -> Exception:
        return cast("Exception", self._yaml.composer.ComposerError(None, None, problem, event.start_mark))

    @staticmethod
    def _close(event: Any, node: Any, end: Any) -> None:
        """Keep where the brackets of a collection close. A block has no end of its own: blank lines count to it."""
        node.flow_style = event.flow_style
        if event.flow_style:
            node.end_mark = end.end_mark

    def _fill(self, node: Any, depth: int) -> Any:
        """Read the pairs of a mapping, and give the event that ends it."""
        seen: dict[str, tuple[Any, Any]] = {}
        while type(item := next(self._events)) is not self._yaml.MappingEndEvent:
            key = self._node(item, depth + 1)
            value = self._node(next(self._events), depth + 1)
            node.value.append((key, value))
            if isinstance(key, self._yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    self.duplicates.append(self._duplicate(*seen[key.value], key, value, depth))
                seen[key.value] = key, value
        return item

    def _duplicate(self, first: Any, said: Any, key: Any, value: Any, depth: int) -> Duplicate:
        places = [self._lines.between(each.start_mark, each.end_mark) for each in (first, key)]
        return Duplicate(key.value, places[0], places[1].line, depth, _says_the_same(said, value))

    def _tag(self, event: Any) -> str:
        if event.tag is not None and event.tag != "!":
            return str(event.tag)
        # Most texts begin with a letter that begins nothing else.
        if event.value[:1] not in self._resolver.yaml_implicit_resolvers or not event.implicit[0]:
            return "tag:yaml.org,2002:str"
        known = (event.value, event.implicit)
        if known not in self._tags:
            resolve: Any = self._resolver.resolve
            self._tags[known] = str(resolve(self._yaml.ScalarNode, event.value, event.implicit))
        return self._tags[known]

    def _anchor(self, event: Any, node: Any) -> None:
        if event.anchor:
            self._anchors[event.anchor] = node
            self._sizes.pop(event.anchor, None)
