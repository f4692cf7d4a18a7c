"""`GET /api/status` and `GET /api/events`: how the hub is, from the one look in the background."""

import re

from fastapi import APIRouter, Request
from starlette.responses import Response

from hubctl.dashboard.answers import refusal, status_of
from hubctl.dashboard.board import Board
from hubctl.dashboard.described import EVENTS, described
from hubctl.dashboard.wire import stream
from hubctl.operations.stack.status import StackStatus

_NUMBER = re.compile(r"[0-9]{1,9}")


def routes(board: Board) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/api/status", responses=described(StackStatus))
    async def status() -> Response:
        """Show the state of every service."""
        seen = await board.snapshots.last()
        if seen is None:
            return refusal(503, "failed", "the dashboard is ending")
        return Response(seen.text, status_of(seen.document), media_type="application/json")

    @router.get("/api/events", response_class=Response, responses=EVENTS)
    async def events(request: Request) -> Response:
        """Send the state of every service as it is seen: the recent ones first, then each as it comes."""
        last = _NUMBER.fullmatch(request.headers.get("last-event-id", ""))
        return stream(board.snapshots.events(int(last[0]) if last else 0))

    return router
