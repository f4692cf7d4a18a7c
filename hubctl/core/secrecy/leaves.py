"""A result without secrets: its texts are masked one by one, so that no key, state or figure of it ever changes."""

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import PurePath
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
# A field with this in its metadata holds a secret that was asked for.
ASKED_FOR = "asked for"
_AT_ONCE = 500


def masked(value: Value, mask: Callable[[str], str]) -> Value:
    """Give a copy of a result, or of a part of one, whose free texts went through the mask."""
    return cast("Value", _masked(value, mask))


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    """Give a value itself where nothing in it is hidden: a result may hold a hundred thousand parts."""
    if isinstance(value, str):
        shown = mask(value)
        return value if shown == value else shown
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _of_fields(value, mask)
    if isinstance(value, Mapping):
        return {key: _masked(item, mask) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        parts = [part for at in range(0, len(value), _AT_ONCE) for part in _several(value[at : at + _AT_ONCE], mask)]
        return value if all(part is item for part, item in zip(parts, value, strict=True)) else type(value)(parts)
    if isinstance(value, PurePath):
        shown = mask(str(value))
        return value if shown == str(value) else type(value)(shown)
    return value


def _of_fields(value: Any, mask: Callable[[str], str]) -> Any:
    found = {name: _masked(part, mask) for name, part in _fields(value)}
    if all(found[name] is part for name, part in _fields(value)):
        return value
    changed = copy.copy(value)
    for name, part in found.items():
        object.__setattr__(changed, name, part)
    return changed


def _several(values: Sequence[Any], mask: Callable[[str], str]) -> Sequence[Any]:
    """Look through their texts as one, each once; one by one only where something is hidden in that."""
    text = "\n".join(dict.fromkeys(text for value in values for text in _all_texts(value)))
    return values if mask(text) == text else [_masked(value, mask) for value in values]


def _all_texts(value: Any) -> Iterator[str]:
    if isinstance(value, (str, PurePath)):
        yield str(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for _, part in _fields(value):
            yield from _all_texts(part)
    elif isinstance(value, (Mapping, tuple, list)):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _all_texts(part)


def _fields(value: object) -> Iterator[tuple[str, Any]]:
    kind: type = type(value)
    return ((name, getattr(value, name)) for name in _texts(kind))


@cache
def _texts(kind: type) -> tuple[str, ...]:
    """The fields in which a text may stand. A state is one of a few words, and never a secret."""
    try:
        hints = get_type_hints(kind)
    except NameError:  # a type that is known to the type checker alone: then any field may hold one
        hints = {}
    fields = (field for field in dataclasses.fields(kind) if field.repr and ASKED_FOR not in field.metadata)
    return tuple(field.name for field in fields if _may_hold_text(hints.get(field.name)))


def _may_hold_text(hint: Any) -> bool:
    if get_origin(hint) is Literal or hint in (bool, int, float, type(None), ...):
        return False
    parts = get_args(hint)
    return any(_may_hold_text(part) for part in parts) if parts else True
