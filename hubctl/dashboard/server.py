"""The process of the dashboard: its port, its token, its server, and how all of it ends."""

import asyncio
import logging
import secrets
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import uvicorn

from hubctl import interrupts
from hubctl.adapters.net import browser, ports
from hubctl.commands.stack import status
from hubctl.core.compose.stack import Address
from hubctl.core.result import Result
from hubctl.dashboard.answers import BUG, document_of
from hubctl.dashboard.app import build
from hubctl.dashboard.board import Board
from hubctl.dashboard.connections import BoundedProtocol
from hubctl.dashboard.guard import HOST, Guard
from hubctl.dashboard.snapshots import LOOK_S, Found, Snapshots
from hubctl.dashboard.threads import Threads
from hubctl.errors import HubError, place_of
from hubctl.hub import Hub
from hubctl.operations import dashboard
from hubctl.operations.change import history
from hubctl.operations.dashboard import Opened

# Answers that are under way at the end get so long; streams end at once.
GRACE_S = 1
_TOKEN_BYTES = 32


def serve(hub: Hub, *, port: int, read_only: bool, open_browser: bool) -> Iterator[Result]:
    """Take the port, tell the address, and serve until Ctrl-C. Raises PortTaken, Busy, and HubNotFound.

    To open one that runs already, its address is told and opened, and nothing is served.
    """
    state_folder = hub.state_folder
    there = dashboard.running(state_folder) if open_browser else None
    if there and (there.read_only or not read_only):
        opened = Opened.at(there.address, there.token, read_only=there.read_only)
        yield opened
        _show(hub, opened)
        return
    interrupts.leaves("the dashboard has ended; what runs of the hub goes on")
    with ports.listening(HOST, port) as listener:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        opened = Opened.at(Address(*listener.getsockname()), token, read_only=read_only)
        server = _server(hub, listener, token, read_only=read_only)
        with interrupts.held(finish=True), dashboard.announced(state_folder, opened), interrupts.let():
            yield opened
            if open_browser:
                _show(hub, opened)
            try:
                with server.capture_signals():  # from before the loop is there: uvicorn does it only within
                    server.run([listener])
            finally:
                browser.forget(state_folder)
    if server.interrupted:
        raise KeyboardInterrupt


def _show(hub: Hub, opened: Opened) -> None:
    if trouble := browser.show(opened.url, hub.state_folder, hub.settings.environment):
        hub.output.warn(trouble)


def _server(hub: Hub, listener: socket.socket, token: str, *, read_only: bool) -> "Server":
    port = listener.getsockname()[1]
    complaints = _Complaints(hub.output.warn)
    board = Board(hub, read_only, Snapshots(look_at(hub, complaints.tell)))
    guard = Guard(
        build(board),
        token=token,
        port=port,
        read_only=read_only,
        on_bug=complaints.tell,
    )
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # what clients do to their connections is no news
    config = uvicorn.Config(
        guard,
        loop="asyncio",
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, board, hub.output.warn)


def look_at(hub: Hub, on_bug: Callable[[Exception], None]) -> Callable[[], Awaitable[Found]]:
    """Give the look of `hubctl status`, in a thread of its own: it does not wait for what else is asked.

    After a bug, the next look is another try.
    """
    threads = Threads(1)

    async def look() -> Found:
        try:
            return await threads.run(lambda: _found(hub.afresh()))
        except Exception as error:  # noqa: BLE001 - the last place: without a look, all who watch would wait for ever
            on_bug(error)
            return Found(BUG)

    return look


class _Complaints:
    """Tells the operator of each bug once: a look that fails does so again and again."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._told: set[str] = set()

    def tell(self, error: Exception) -> None:
        """Say where it is."""
        place = place_of(error)
        if place not in self._told:
            self._told.add(place)
            self._say(f"{place}; please report it")


def _found(hub: Hub) -> Found:
    mark = None
    with suppress(HubError):  # which the document tells
        files = hub.gateway_files()
        mark = history.mark(hub.state_folder, filter(None, [files.config, *(files.env.files if files.env else ())]))
    return Found(document_of(lambda: _status(hub)), mark)


def _status(hub: Hub) -> Result:
    seen = status.show(hub, timeout=LOOK_S)
    assert isinstance(seen, Result)  # noqa: S101 - many only with watch
    return seen


class Server(uvicorn.Server):
    """Looks at the hub beside serving, and ends after the changes that are being made."""

    def __init__(self, config: uvicorn.Config, board: Board, say: Callable[[str], None]) -> None:
        super().__init__(config)
        self.interrupted = False
        self._board = board
        self._say = say
        self._looking: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to look once the port is served."""
        await super().startup(sockets)
        self._looking = asyncio.create_task(self._board.snapshots.run())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for changes, then end all that goes on."""
        if self._board.at_work:
            self._say(f"waiting for {', '.join(self._board.at_work)}; Ctrl-C again leaves it half done")
        while self._board.at_work and not self.force_exit:
            await asyncio.sleep(0.1)
        self._board.stop()
        if self._looking:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await super().shutdown(sockets)
        give_up_at = time.monotonic() + GRACE_S
        while self._board.followers.reading and time.monotonic() < give_up_at:
            await asyncio.sleep(0.05)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that end hubctl while serving; unlike with uvicorn, they are not raised again in the end."""
        before = {number: signal.signal(number, self.handle_exit) for number in interrupts.wanted()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note which signal ends it."""
        self.interrupted = True
        interrupts.note(sig)
        super().handle_exit(sig, frame)
