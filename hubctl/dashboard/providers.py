"""`/api/providers`: which providers there are, and switching them. Keys are not taken here."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from hubctl.commands import providers as provider
from hubctl.dashboard.board import Board
from hubctl.dashboard.bodies import ChangeAsked
from hubctl.dashboard.described import described
from hubctl.operations.change.changed import Changed
from hubctl.operations.providers.listing import Providers

Name = Annotated[str, Path(max_length=100)]


def routes(board: Board) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/api/providers", responses=described(Providers))
    async def providers() -> Response:
        """Show every provider: its key, masked, where it stands, and its models. Nobody is asked about a key."""
        return await board.look("providers", provider.show)

    @router.post("/api/providers/{name}/{verb}", responses=described(Changed))
    async def switch(name: Name, verb: Literal["enable", "disable"], change: ChangeAsked) -> Response:
        """Make a provider's models active and see one answer, or comment them out; or only show what that changes."""
        act = provider.enable if verb == "enable" else provider.disable
        if change.dry_run:
            return await board.ask(lambda hub: act(hub, name, dry_run=True, yes=True))
        return await board.do(f"provider {verb}", lambda hub: act(hub, name, yes=True))

    return router
