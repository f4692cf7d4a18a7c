"""The app: every route, and how errors of the web become documents."""

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hubctl import __version__
from hubctl.dashboard import changes, doctor, models, page, providers, services, session, status, verify
from hubctl.dashboard.answers import bug, refusal
from hubctl.dashboard.board import Board

# FastAPI's status for a body that cannot be read at all.
_UNREADABLE = 400
_CODES = {404: "not_found", 405: "method_not_allowed"}
NOUNS = (session, status, models, verify, providers, services, doctor, changes, page)


def build(board: Board) -> FastAPI:
    """Put the routes of all nouns together."""
    app = FastAPI(
        title="hubctl dashboard",
        version=__version__,
        description="The documents of the command line over HTTP, on loopback. Each of them needs the token.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Only told here: the guard has looked at it already.
        dependencies=[Depends(HTTPBearer(auto_error=False))],
    )
    for noun in NOUNS:
        app.include_router(noun.routes(board))
    app.add_exception_handler(HTTPException, _of_the_web)
    app.add_exception_handler(RequestValidationError, _of_usage)
    app.add_exception_handler(Exception, _of_hubctl)
    return app


async def _of_hubctl(_request: Request, _error: Exception) -> Response:
    """Answer; the error goes on to the guard, which tells it."""
    return bug()


async def _of_the_web(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these alone
    if error.status_code == _UNREADABLE:
        return refusal(422, "usage", "the body is no JSON")
    found = refusal(error.status_code, _CODES.get(error.status_code, "failed"), str(error.detail))
    found.headers.update(error.headers or {})
    return found


async def _of_usage(_request: Request, error: Exception) -> Response:
    """Say which field is wrong and why, without repeating what was sent: it may be a key in the wrong place."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these alone
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:] if not isinstance(part, str) or part.isidentifier())
    return refusal(422, "usage", f"{place or first['loc'][0]}: {first['msg']}", "/openapi.json tells what is asked for")
