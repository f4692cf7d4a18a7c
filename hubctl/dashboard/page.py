"""The page: serves the files of the folder `static`, and all its stylesheets as one."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hubctl.dashboard.board import Board
from hubctl.dashboard.guard import HOST

FOLDER = Path(__file__).with_name("static")
INDEX = "index.html"
# Stylesheets in cascade order: a tool may override the base, a part may override both.
_LOOKS = ("base.css", "tools/*.css", "parts/*.css")
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
    files = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.suffix in _TYPES}

    @router.get("/")
    def index(request: Request) -> Response:
        """Serve the page at one address: another user may listen on [::1], which is `localhost` to a browser, too."""
        if request.url.hostname != HOST:
            return RedirectResponse(request.url.replace(hostname=HOST))
        return _answer(files[INDEX])

    @router.get("/static/looks.css")
    def looks() -> Response:
        """Join all stylesheets: one request for each makes the page ready about 0.15 s later."""
        return Response(b"\n".join(path.read_bytes() for path in sheets()), media_type=_TYPES[".css"])

    @router.get("/static/{name:path}")
    def static(name: str) -> Response:
        """Serve a file by its name, which is looked up among the files that exist and never becomes a path."""
        if name not in files:
            raise HTTPException(404, "there is no such page")
        return _answer(files[name])

    return router


def sheets() -> list[Path]:
    """Return the stylesheets in cascade order."""
    return [path for pattern in _LOOKS for path in sorted(FOLDER.glob(pattern))]


def _answer(path: Path) -> Response:
    return Response(path.read_bytes(), media_type=_TYPES[path.suffix])
