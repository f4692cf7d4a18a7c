"""`GET /api/session`: which hub this is, and what may be done here."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from hubctl import __version__
from hubctl.core.result import Result
from hubctl.dashboard.board import Board
from hubctl.dashboard.described import described
from hubctl.hub import Hub


@dataclass(frozen=True, slots=True)
class Session(Result):
    """What a page has to know before it shows anything. `hub` is the name of its folder."""

    read_only: bool
    hub: str
    root: Path
    version: str
    services: tuple[str, ...]


def routes(board: Board) -> APIRouter:
    """The route."""
    router = APIRouter()

    def look(hub: Hub) -> Session:
        names = tuple(service.name for service in hub.layout.services)
        return Session(board.read_only, hub.root.name, hub.root, __version__, names)

    @router.get("/api/session", responses=described(Session))
    async def session() -> Response:
        """Tell which hub this is, and whether it may be changed from here."""
        return await board.ask(look)

    return router
