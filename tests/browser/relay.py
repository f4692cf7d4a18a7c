"""Another port that leads to a dashboard: it hears what the browser sends, and can cut every connection at once."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """A relay that runs. The dashboard hears of its own port, since it answers to no other."""

    port: int
    target: int
    heard: bytes = b""
    _open: list[socket.socket] = field(default_factory=list)

    def cut(self) -> None:
        """Cut every connection, in the middle of whatever is said."""
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def lead(self, browser: socket.socket) -> None:
        """Pass on what both sides say, until one of them ends."""
        with browser, socket.create_connection(("127.0.0.1", self.target)) as dashboard:
            self._open += [browser, dashboard]
            back = threading.Thread(target=self._pass_on, args=(dashboard, browser), daemon=True)
            back.start()
            self._pass_on(browser, dashboard)
            back.join()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                if sink.getpeername()[1] == self.target:
                    self.heard += piece
                    piece = piece.replace(f"127.0.0.1:{self.port}".encode(), f"127.0.0.1:{self.target}".encode())
                sink.sendall(piece)
        for sock in (source, sink):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def relay(target: int) -> Iterator[Relay]:
    """Lead to the dashboard on this port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Relay(listener.getsockname()[1], target)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=found.lead, args=(listener.accept()[0],), daemon=True).start()

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield found
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            serving.join()
            found.cut()
