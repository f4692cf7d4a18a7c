"""The page: its files, each by its name."""

from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hubctl.dashboard.board import Board

FOLDER = Path(__file__).with_name("static")
INDEX = "index.html"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


def routes(_board: Board) -> APIRouter:
    """The routes; they are not of the API."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def index() -> Response:
        return _file(INDEX)

    @router.get("/static/{name}")
    def static(name: str) -> Response:
        return _file(name)

    return router


def _file(name: str) -> Response:
    """Give a file by its name alone: what is asked for is compared with what is there, and never made into a path."""
    found = next((path for path in FOLDER.glob("*") if path.name == name and path.suffix in _TYPES), None)
    if found is None:
        raise HTTPException(404, "there is no such page")
    return Response(found.read_bytes(), media_type=_TYPES[found.suffix])
