"""`/api/test/litellm`: the last result of `hubctl verify`, and running it."""

from fastapi import APIRouter
from starlette.responses import Response

from hubctl.commands import verify
from hubctl.core.result import SCHEMA
from hubctl.dashboard.answers import Document, answer
from hubctl.dashboard.board import Board
from hubctl.dashboard.bodies import Nothing
from hubctl.dashboard.described import described
from hubctl.operations.verify import Verification, last

_NEVER: Document = {"schema": SCHEMA, "ok": True, "data": None}


def routes(board: Board) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/api/test/litellm", responses=described(Verification | None))
    async def result() -> Response:
        """Show what came of the last run, with its time; null before the first one."""
        found = await board.threads.run(lambda: last(board.hub.afresh().state_folder))
        return answer(found or _NEVER)

    @router.post("/api/test/litellm", responses=described(Verification))
    async def run(_body: Nothing) -> Response:
        """Prove on the running hub what it is said to do, with free models only."""
        return await board.do("verify", verify.prove)

    return router
