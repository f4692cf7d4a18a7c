"""A dashboard without a port: requests go straight into its ASGI app, while its look in the background goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hubctl.dashboard.app import build
from hubctl.dashboard.board import Board
from hubctl.dashboard.guard import Guard
from hubctl.dashboard.server import look_at
from hubctl.dashboard.snapshots import Snapshots
from hubctl.hub import Hub
from hubctl.output import Output
from hubctl.settings import Settings
from tests.fakes import FakeRuntime

PORT = 8088
BASE = f"http://127.0.0.1:{PORT}"
TOKEN = "right-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

Asking = Callable[[httpx.AsyncClient], Awaitable[None]]


@dataclass
class Desk:
    """What a dashboard is made of, and what it answered."""

    runtime: FakeRuntime
    folder: Path
    read_only: bool = False
    bugs: list[Exception] = field(default_factory=list)
    now: float = 0.0

    def run(self, asking: Asking) -> None:
        """Let a client ask while the dashboard looks."""

        async def all_of_it() -> None:
            hub = Hub(
                Settings(self.folder, {}), Output(as_json=True, color=False), folder=self.folder, runtime=self.runtime
            )
            board = Board(hub, self.read_only, Snapshots(look_at(hub, self.bugs.append)))
            guard = Guard(
                build(board),
                token=TOKEN,
                port=PORT,
                read_only=self.read_only,
                clock=lambda: self.now,
                on_bug=self.bugs.append,
            )
            looking = asyncio.create_task(board.snapshots.run())
            try:
                async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url=BASE) as client:
                    await asking(client)
            finally:
                board.stop()
                looking.cancel()

        asyncio.run(all_of_it())

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """Ask once, with the token unless other headers are given."""
        (answer,) = self.ask_all([(method, path, BEARER if headers is None else headers, more)])
        return answer

    def ask_all(self, requests: Sequence[tuple[str, str, dict[str, str], dict[str, Any]]]) -> list[httpx.Response]:
        """Ask one after the other, as one client."""
        answers: list[httpx.Response] = []

        async def asking(client: httpx.AsyncClient) -> None:
            for method, path, headers, more in requests:
                answers.append(await client.request(method, path, headers=headers, **more))

        self.run(asking)
        return answers
