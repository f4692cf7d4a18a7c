"""`/api/services/{name}/restart` and `/api/logs/{service}`: one service of the stack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from hubctl.commands.stack import restart
from hubctl.core.compose.stack import LogLine
from hubctl.core.probe import HTTP_OK
from hubctl.core.result import Result
from hubctl.dashboard.answers import answer, status_of
from hubctl.dashboard.board import Board
from hubctl.dashboard.bodies import Nothing
from hubctl.dashboard.described import described
from hubctl.dashboard.followers import MOST_LINES
from hubctl.dashboard.wire import stream
from hubctl.errors import HubError
from hubctl.hub import Hub
from hubctl.operations.stack import lifecycle
from hubctl.operations.stack.restart import Restarted

Name = Annotated[str, Path(max_length=200)]


@dataclass(frozen=True, slots=True)
class ServiceLog(Result):
    """The document of `hubctl logs` for one service."""

    service: str
    lines: tuple[LogLine, ...]


def routes(board: Board) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.post("/api/services/{name}/restart", responses=described(Restarted))
    async def again(name: Name, _body: Nothing) -> Response:
        """Make a service read its files again, and prove that it did."""
        return await board.do(f"restart {name}", lambda hub: restart.again(hub, name))

    @router.get("/api/logs/{service}", responses=described(ServiceLog, streams=True))
    async def log(
        service: Name,
        tail: Annotated[int, Query(ge=0, le=MOST_LINES)] = 200,
        follow: bool = False,
    ) -> Response:
        """Show the end of a service's log; with `follow`, go on with new lines as they come."""
        found = await board.document(lambda hub: _log(hub, service, 0 if follow else tail))
        if not follow or status_of(found) != HTTP_OK:  # what cannot be read cannot be followed
            return answer(found)
        return stream(board.followers.watch(service, tail, lambda going: _followed(board.hub.afresh(), service, going)))

    return router


def _log(hub: Hub, service: str, tail: int) -> ServiceLog:
    hub.layout.named(service)
    return ServiceLog(service, lifecycle.logs(hub.runtime, service, tail=tail, since=None).lines)


def _followed(hub: Hub, service: str, going: Callable[[], bool]) -> Iterator[str]:
    hub.layout.named(service)
    try:
        for line in lifecycle.follow_logs(hub.runtime, service, tail=MOST_LINES, since=None, follow=going):
            yield hub.output.masker(line.text)
    except HubError as error:
        yield hub.output.masker(error.sentence)
