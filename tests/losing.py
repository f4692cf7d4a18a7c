"""A service that is gone after some requests, and a stranger at its address from then on, who notes what is sent."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from hubctl.adapters.net import ports
from hubctl.core.compose.stack import Address
from tests.fakes import GATEWAY
from tests.servers import Script, requested, routes, serving

WHY = "its container is gone"


@dataclass
class Loss:
    """How many requests the service still answers, how many it has answered, and what the stranger was sent."""

    left: int
    answered: list[str] = field(default_factory=list)
    stolen: list[bytes] = field(default_factory=list)

    def doubt(self) -> str | None:
        """Say what an engine would."""
        return None if self.left > 0 else WHY

    def note(self, peer: socket.socket) -> None:
        """Be the stranger."""
        with suppress(OSError):
            if sent := peer.recv(65536):
                self.stolen.append(sent)


@contextmanager
def lost_after(requests: int, answers: Mapping[str, bytes | Script] = GATEWAY) -> Iterator[tuple[Address, Loss]]:
    """Answer so many requests, as a gateway or as is said."""
    loss = Loss(requests)

    def script(peer: socket.socket) -> None:
        if loss.doubt():
            loss.note(peer)
            return
        text = requested(peer)
        loss.left -= 1
        loss.answered.append(text.split()[1])
        answer = answers[text.split()[1].partition("?")[0]]
        if isinstance(answer, bytes):
            peer.sendall(answer)
        else:
            answer(peer)

    with serving(script) as at:
        yield Address(at.host, at.port, loss.doubt), loss


@contextmanager
def stranger_at(port: int) -> Iterator[list[str]]:
    """A stranger who takes a port of this machine as soon as it is free, and answers as a gateway; what he was sent."""
    while not ports.is_free("127.0.0.1", port):
        time.sleep(0.005)
    seen: list[str] = []
    with serving(routes(GATEWAY, seen), port=port):
        yield seen
