"""A litellm config inside another file: a Kubernetes ConfigMap, Helm values, a list of resources. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hubctl.core.text import yaml_nodes
from hubctl.core.text.yaml_nodes import Document

if TYPE_CHECKING:
    import yaml

SECTIONS = frozenset({"model_list", "litellm_settings", "general_settings", "router_settings"})
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Packed:
    """What the config is packed in, the path to it in words, and the line on which it begins."""

    what: str
    where: str
    line: int


def unpack(document: Document) -> tuple[Document, Packed] | None:
    """Find the config in a document that is none itself. Lines of the inner document count in the whole file."""
    if not isinstance(document.data, dict) or SECTIONS & document.data.keys() or document.root is None:
        return None
    what = _kind(document.data)
    for path, line, node in _inside(document.root, ()):
        inner = _inner(node)
        if inner is not None:
            return inner, Packed(what, ".".join(path), line)
    return None


def _kind(data: dict[Any, Any]) -> str:
    if isinstance(data.get("kind"), str) and "apiVersion" in data:
        return f"a Kubernetes {data['kind']}"
    return "a file around it (Helm values?)"


def _inside(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int, "yaml.Node"]]:
    """Every value below the root with its path and the line of its key."""
    import yaml

    if len(path) > _DEEPEST or not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        below = (*path, str(getattr(key, "value", "")))
        yield below, int(key.start_mark.line) + 1, value
        yield from _inside(value, below)


def _inner(node: Any) -> Document | None:
    import yaml

    if isinstance(node, yaml.MappingNode):
        if not SECTIONS & {getattr(key, "value", None) for key, _ in node.value}:
            return None
        data = yaml.constructor.SafeConstructor().construct_document(node)
        return Document(node, data, 1, ())
    if not isinstance(node, yaml.ScalarNode) or node.style != "|" or "model_list:" not in node.value:
        return None
    try:  # as many line breaks before it as the file has, so that its lines are the file's
        found = yaml_nodes.read("\n" * (int(node.start_mark.line) + 1) + node.value)
    except (yaml.YAMLError, ValueError):
        return None
    return found if isinstance(found.data, dict) and SECTIONS & found.data.keys() else None
