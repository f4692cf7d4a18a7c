"""A result without secrets: its texts are masked one by one, so that no key, state or figure of it ever changes."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import PurePath
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
# A field with this in its metadata holds a secret that was asked for.
ASKED_FOR = "asked for"


def masked(value: Value, mask: Callable[[str], str]) -> Value:
    """Give a copy of a result, or of a part of one, whose free texts went through the mask."""
    return cast("Value", _masked(value, mask))


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = copy.copy(value)
        for name in _texts(type(value)):
            object.__setattr__(changed, name, _masked(getattr(value, name), mask))
        return changed
    if isinstance(value, Mapping):
        return {key: _masked(item, mask) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_masked(item, mask) for item in value)
    if isinstance(value, PurePath):
        shown = mask(str(value))
        return value if shown == str(value) else type(value)(shown)
    return value


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
