"""A litellm config inside another file: a Kubernetes ConfigMap, Helm values, a list of resources. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hubctl.core.text import yaml_nodes
from hubctl.core.text.span import Lines, Span
from hubctl.core.text.yaml_document import Document

if TYPE_CHECKING:
    import yaml

SECTIONS = frozenset({"model_list", "litellm_settings", "general_settings", "router_settings"})
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Packed:
    """What the config is packed in, the path to it in words, and the place of its key."""

    what: str
    where: str
    span: Span


def unpack(document: Document) -> tuple[Document, Packed] | None:
    """Find the config in a document that is none itself. Places in the inner document are those of the whole file."""
    if not isinstance(document.data, dict) or SECTIONS & document.data.keys() or document.root is None:
        return None
    what = _kind(document.data)
    for path, key, node in _inside(document.root, ()):
        inner = _inner(node, document.lines)
        if inner is not None:
            return inner, Packed(what, ".".join(path), document.lines.between(key.start_mark, key.end_mark))
    return None


def _kind(data: dict[Any, Any]) -> str:
    if isinstance(data.get("kind"), str) and "apiVersion" in data:
        return f"a Kubernetes {data['kind']}"
    return "a file around it (Helm values?)"


def _inside(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], "yaml.Node", "yaml.Node"]]:
    """Every value below the root with its path and its key."""
    import yaml

    if len(path) > _DEEPEST or not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        below = (*path, str(getattr(key, "value", "")))
        yield below, key, value
        yield from _inside(value, below)


def _inner(node: Any, lines: Lines) -> Document | None:
    import yaml

    if isinstance(node, yaml.MappingNode):
        if not SECTIONS & {getattr(key, "value", None) for key, _ in node.value}:
            return None
        data = yaml.constructor.SafeConstructor().construct_document(node)
        return Document(node, data, 1, (), lines)
    if not isinstance(node, yaml.ScalarNode) or node.style != "|" or "model_list:" not in node.value:
        return None
    begin, end = lines.offsets(node.start_mark, node.end_mark)
    # As many line breaks before it as the file has, so that its lines are the file's.
    text = "\n" * lines.place(begin)[0] + node.value
    try:
        found = yaml_nodes.read(text, indent=_indent(lines.text[begin:end]) - _indent(f"\n{node.value}"))
    except (yaml.YAMLError, ValueError):
        return None
    return found if isinstance(found.data, dict) and SECTIONS & found.data.keys() else None


def _indent(block: str) -> int:
    """How far the first line with content is indented, behind the line with the sign of the block."""
    first = next((line for line in block.split("\n")[1:] if line.strip()), "")
    return len(first) - len(first.lstrip(" "))
