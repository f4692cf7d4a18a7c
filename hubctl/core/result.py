"""What every command returns: a value that prints as a document and knows its exit code."""

import dataclasses
from collections.abc import Mapping
from pathlib import PurePath
from typing import ClassVar

from hubctl.errors import HubError

SCHEMA = 1


class Result:
    """Base of all results: frozen dataclasses whose fields are the keys of `data`."""

    __slots__ = ()
    # Whether a later result of the same command takes its place on a terminal: a state does, a log line does not.
    in_place: ClassVar[bool] = False

    @property
    def exit_code(self) -> int:
        """0: asked and well. 1: asked, and the answer is bad. 4: could not be done."""
        return 0

    @property
    def failure(self) -> HubError | None:
        """What kept hubctl from doing what was asked, where there is nevertheless a result to show."""
        return None


def plain(value: object) -> object:
    """Reduce a value to what JSON knows. Fields with repr=False, as all that hold a secret, are left out."""
    if value is None or isinstance(value, (str, int, float)):  # the most of many
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = (f.name for f in dataclasses.fields(value) if f.repr)
        return {name: plain(getattr(value, name)) for name in shown}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, PurePath) else value


def document(result: Result) -> dict[str, object]:
    """Build the document of a result. One that did not come to what was asked says so and has its data all the same."""
    if failure := result.failure:
        return {**error_document(failure.code, failure.message, failure.hint), "data": plain(result)}
    return {"schema": SCHEMA, "ok": True, "data": plain(result)}


def error_document(code: str, message: str, hint: str | None) -> dict[str, object]:
    """Build the document of a command that could not."""
    return {"schema": SCHEMA, "ok": False, "error": {"code": code, "message": message, "hint": hint}}
