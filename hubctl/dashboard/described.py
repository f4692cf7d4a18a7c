"""The documents as OpenAPI describes them: made from the results themselves, so that there is no second shape."""

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Data = TypeVar("Data")
_REFUSED = (403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 502, 503)


class Answered(BaseModel, Generic[Data]):
    """The document of what was done. Data beside an error tells how far it came."""

    model_config = ConfigDict(title="Document")

    number: Literal[1] = Field(alias="schema")
    ok: Literal[True]
    data: Data


class What(BaseModel):
    """What could not be done, why, and the next step."""

    code: str
    message: str
    hint: str | None


class Refusal(BaseModel):
    """The document of what could not be done. `data` is there where something was tried."""

    number: Literal[1] = Field(alias="schema")
    ok: Literal[False]
    error: What
    data: Any = None


_REFUSAL = {"schema": {"$ref": "#/components/schemas/Refusal"}}
# The model stands once, which makes the others' reference lead somewhere: each costs time at the start.
_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Refusal},
    **{status: {"description": "Refused", "content": {"application/json": _REFUSAL}} for status in _REFUSED},
}
_TEXT = {"type": "string"}
_EVENT = {"type": "object", "properties": {"id": _TEXT, "event": _TEXT, "data": _TEXT}, "required": ["event", "data"]}
_STREAM = {"text/event-stream": {"itemSchema": _EVENT}}
EVENTS: dict[int | str, dict[str, Any]] = {200: {"description": "Events", "content": _STREAM}, **_REFUSALS}


def described(data: Any, *, streams: bool = False) -> dict[int | str, dict[str, Any]]:
    """Describe the answers of a route: the document with this data, or a refusal."""
    good: dict[str, Any] = {"model": Answered[data], **({"content": _STREAM} if streams else {})}
    return {200: good, **_REFUSALS}
