"""`GET /api/doctor`: the first broken hop on the way to the models."""

from fastapi import APIRouter
from starlette.responses import Response

from hubctl.commands import doctor
from hubctl.dashboard.board import Board
from hubctl.dashboard.described import described
from hubctl.operations.doctor.diagnosis import Diagnosis

# It asks each hop from inside the services: not more often than this, however many pages want to know.
REST_S = 2.0


def routes(board: Board) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/api/doctor", responses=described(Diagnosis))
    async def diagnosis() -> Response:
        """Find what is broken on the way to the models, hop by hop."""
        return await board.look("doctor", doctor.diagnose, rest_s=REST_S)

    return router
