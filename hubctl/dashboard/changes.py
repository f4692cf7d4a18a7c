"""`GET /api/changes` and `POST /api/undo`: what was changed, and taking it back."""

from fastapi import APIRouter
from starlette.responses import Response

from hubctl.commands.change import undo
from hubctl.dashboard.board import Board
from hubctl.dashboard.bodies import ChangeAsked
from hubctl.dashboard.described import described
from hubctl.operations.change import history
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.history import Changes


def routes(board: Board) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/api/changes", responses=described(Changes))
    async def made() -> Response:
        """List the changes that are still remembered, the newest first."""
        return await board.look("changes", lambda hub: history.made(hub.ledger()))

    @router.post("/api/undo", responses=described(Changed))
    async def take_back(change: ChangeAsked) -> Response:
        """Take the last change back, or only show what that changes."""
        if change.dry_run:
            return await board.ask(lambda hub: undo.take_back(hub, dry_run=True))
        return await board.do("undo", undo.take_back)

    return router
