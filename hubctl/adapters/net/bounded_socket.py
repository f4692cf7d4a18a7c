"""TCP connections that end by a deadline whatever the peer does, and the words for a peer that did not answer."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubctl.core.compose.stack import Address
from hubctl.core.probe import NoAnswer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which a whole probe is over, however many requests it makes. Starts when it is made."""

    timeout_s: float
    started_at: float = field(default_factory=time.monotonic)

    def remaining_s(self) -> float:
        """Seconds left, never 0. Raises TimeoutError when there are none."""
        left = self.started_at + self.timeout_s - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class BoundedSocket(socket.socket):
    """A TCP socket whose sends and receives share one deadline.

    A plain timeout starts again at every byte, so a peer that drips would hold it for ever. `makefile` reads through
    `recv_into`, so everything built on it (http.client too) is bounded as well.
    """

    def __init__(self, family: int, deadline: Deadline) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._deadline = deadline
        self._made_at = time.perf_counter()
        self._has_heard = False

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        """Send everything, or raise NoAnswer."""
        with self._bounded():
            super().sendall(data, flags)

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        """Receive what is there (0 at the end), or raise NoAnswer."""
        with self._bounded():
            count = super().recv_into(buffer, nbytes, flags)
        self._has_heard = self._has_heard or count > 0
        return count

    def renew(self, deadline: Deadline) -> None:
        """Go by another deadline from now on: an answer that may take for ever is bounded by its silences."""
        self._deadline = deadline

    def age_ms(self) -> float:
        """Milliseconds since connecting began."""
        return (time.perf_counter() - self._made_at) * 1000

    def dropped(self) -> NoAnswer:
        """The error for a connection that the peer closed too early."""
        when = "half-way through its answer" if self._has_heard else "before it answered"
        return NoAnswer("dropped", f"closed the connection {when}")

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        try:
            self.settimeout(self._deadline.remaining_s())
            yield
        except TimeoutError as error:
            failing = "did not finish its answer" if self._has_heard else "accepted the connection and did not answer"
            raise NoAnswer("timeout", f"{failing} within {self._deadline.timeout_s:g} s") from error
        except OSError as error:
            raise self.dropped() from error


def connect(address: Address, deadline: Deadline) -> BoundedSocket:
    """Connect to the first of the host's addresses that accepts. Raises NoAnswer, also for one that is in doubt.

    That is asked once the connection is made: whoever gets the port later does not get this connection. Only the
    look-up of a name, and that question, can outlast the deadline: the system's resolver takes no time limit.
    """
    failure = OSError("the name has no address")
    for family, endpoint in _endpoints(address):
        sock = BoundedSocket(family, deadline)
        try:
            sock.settimeout(deadline.remaining_s())
            sock.connect(endpoint)
        except OSError as error:
            sock.close()
            failure = error
        else:
            if why := address.doubt():
                sock.close()
                raise NoAnswer("lost", f"is not known to be this hub's any more ({why}), so nothing was sent to it")
            return sock
    raise _unconnected(address, deadline, failure) from failure


def _endpoints(address: Address) -> list[tuple[int, Any]]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: not even a name, such as "a..b"
        raise NoAnswer("unresolved", f"no address is known for the name {address.host!r}") from error
    return [(family, endpoint) for family, _, _, _, endpoint in found]


def _unconnected(address: Address, deadline: Deadline, failure: OSError) -> NoAnswer:
    if isinstance(failure, TimeoutError):
        return NoAnswer("timeout", f"did not accept a connection within {deadline.timeout_s:g} s")
    if isinstance(failure, ConnectionRefusedError):
        return NoAnswer("refused", f"nothing listens on {address}")
    return NoAnswer("refused", f"cannot be reached: {failure.strerror or failure}")
