"""`GET /api/litellm/models` and `POST /api/litellm/test`: the models, and one real answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter
from starlette.responses import Response

from hubctl.commands.models import entries
from hubctl.commands.smoke import run
from hubctl.core.gateway.chat import Question
from hubctl.core.probe import HTTP_OK
from hubctl.core.secrecy.masker import Piecemeal
from hubctl.dashboard.answers import answer, status_of, text_of
from hubctl.dashboard.board import Board
from hubctl.dashboard.bodies import TestAsked
from hubctl.dashboard.described import described
from hubctl.dashboard.threads import soon
from hubctl.dashboard.wire import event, stream
from hubctl.hub import Hub
from hubctl.operations.models.listing import Models
from hubctl.operations.smoke.call import Plan
from hubctl.operations.smoke.run import SmokeTest

BUDGET_USD = Plan().budget_usd


def routes(board: Board) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/api/litellm/models", responses=described(Models))
    async def listing() -> Response:
        """Show the models of the hub: active, disabled, listed by the gateway, pulled, usable."""
        return await board.look("models", entries.show)

    @router.post("/api/litellm/test", responses=described(SmokeTest, streams=True))
    async def test(body: TestAsked) -> Response:
        """Ask one model for a real answer; with `stream`, its text comes as events before the document."""
        if body.stream:
            return stream(_told(board, body))
        return answer(await _tested(board, body, None))

    return router


async def _tested(board: Board, body: TestAsked, heard: Callable[[str], None] | None) -> dict[str, object]:
    def ask(hub: Hub) -> SmokeTest:
        """Ask as `hubctl test-model` does. Nothing may be spent on a model unless the client says so."""
        question = Question("", body.prompt, stream=body.stream)
        plan = Plan(question, budget_usd=BUDGET_USD if body.paid else 0.0)
        if heard is None:
            return run.run(hub, [body.model], plan)
        spoken = Piecemeal(hub.output.masker, heard)
        try:
            return run.run(hub, [body.model], plan, heard=spoken.add)
        finally:
            spoken.finish()

    found = await board.document(ask, slow=True)
    board.snapshots.changed()  # it may be known by now that a model is usable
    return dict(found)


async def _told(board: Board, body: TestAsked) -> AsyncIterator[str]:
    """Yield the text as the gateway sends it, then the document."""
    loop = asyncio.get_running_loop()
    said: asyncio.Queue[str | None] = asyncio.Queue()

    def heard(text: str) -> None:
        soon(loop, lambda: said.put_nowait(event("token", json.dumps({"text": text}))))

    async def finish() -> None:
        try:
            found = await _tested(board, body, heard)
            said.put_nowait(event("result" if status_of(found) == HTTP_OK else "error", text_of(found)))
        finally:
            said.put_nowait(None)

    task = asyncio.create_task(finish())
    while (text := await said.get()) is not None:
        yield text
    await task
