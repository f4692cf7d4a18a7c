"""Results and errors as HTTP answers: the documents of the command line, and the status that goes with each."""

import json
from collections.abc import Callable, Mapping

from starlette.responses import Response
from typer import BadParameter

from hubctl.adapters.files import faults
from hubctl.core.probe import HTTP_OK
from hubctl.core.result import Result, document, error_document
from hubctl.core.secrecy import leaves
from hubctl.errors import HubError
from hubctl.hub import Hub

Document = Mapping[str, object]

# code of the error -> status; the others are conflicts: the hub is not in a state in which it can be done.
_STATUS = {
    "unknown_service": 404,
    "unknown_provider": 404,
    "unknown_model": 404,
    "usage": 422,
    "bug": 500,
    "gateway_unreachable": 502,
    "gateway_silent": 502,
    "gateway_lost": 502,
    "gateway_refused": 502,
    "engine_unavailable": 503,
    "engine_refused": 503,
    "engine_remote": 503,
    "compose_failed": 503,
    "embedded_missing": 503,
}
_CONFLICT = 409


BUG: Document = error_document("bug", "this is a bug in hubctl", "please report what `hubctl dashboard` printed")


def text_of(value: Document) -> str:
    """Write a document down in one line."""
    return json.dumps(value, separators=(",", ":"))


def status_of(value: Document) -> int:
    """Choose the HTTP status of a document."""
    match value:
        case {"error": {"code": str(code)}}:
            return _STATUS.get(code, _CONFLICT)
    return HTTP_OK


def answer(value: Document, status: int | None = None) -> Response:
    """Make the answer that carries a document."""
    return Response(text_of(value), status or status_of(value), media_type="application/json")


def refusal(status: int, code: str, message: str, hint: str | None = None) -> Response:
    """Make the answer for what was not asked in the right way."""
    return answer(error_document(code, message, hint), status)


def bug() -> Response:
    """Make the answer for what hubctl did wrong itself; the operator is told the place, the client is not."""
    return answer(BUG)


def document_of(hub: Hub, call: Callable[[Hub], Result]) -> Document:
    """Call, and give the document of what comes of it, without secrets: a result, or the error that was raised."""
    mask = hub.output.masker
    try:
        return document(leaves.masked(call(hub), mask))
    except HubError as error:
        return error_document(error.code, mask(error.message), mask(error.hint) if error.hint else None)
    except OSError as error:
        told = faults.of_the_machine(error)
        if told is None:
            raise
        return error_document(told.code, mask(told.message), mask(told.hint) if told.hint else None)
    except BadParameter as error:
        return error_document("usage", mask(error.message), None)
