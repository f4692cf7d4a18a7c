"""Ask a PostgreSQL whether it accepts connections, as pg_isready does: no password, nothing left in its log."""

import struct
from typing import BinaryIO

from hubctl.adapters.net.bounded_socket import BoundedSocket, Deadline, connect
from hubctl.adapters.services.health import Health
from hubctl.core.compose.stack import Address, State
from hubctl.core.probe import NoAnswer

_PROTOCOL_3_0 = 3 << 16
_PARAMETERS = b"user\0postgres\0database\0postgres\0\0"
_STARTUP = struct.pack("!II", 8 + len(_PARAMETERS), _PROTOCOL_3_0) + _PARAMETERS
_HEAD = struct.Struct("!cI")
_LENGTHS = range(8, 30_001)  # what libpq takes for a message, too

_READY: tuple[State, str] = ("healthy", "accepts connections")
_REFUSALS: dict[bytes, tuple[State, str]] = {
    b"57P03": ("starting", "is starting up or shutting down"),
    b"53300": ("unhealthy", "has too many connections"),
}


def check(address: Address, timeout_s: float) -> Health:
    """Begin to log in, and judge by the first message; the version is told only to those who do log in.

    Source: PostgreSQL documentation, Frontend/Backend Protocol, Message Formats; SQLSTATEs from its Appendix A.
    """
    try:
        with connect(address, Deadline(timeout_s)) as sock, sock.makefile("rb") as reader:
            sock.sendall(_STARTUP)
            kind, body = _read_message(sock, reader)
            latency_ms = sock.age_ms()
    except NoAnswer as failure:
        return Health.unanswered(failure)
    state, detail = _REFUSALS.get(_sqlstate(body), _READY) if kind == b"E" else _READY
    return Health(state, detail, latency_ms=latency_ms)


def _read_message(sock: BoundedSocket, reader: BinaryIO) -> tuple[bytes, bytes]:
    head = reader.read(_HEAD.size)
    if head[:1] not in (b"", b"R", b"E"):
        raise NoAnswer("garbage", "answered something that is not PostgreSQL")
    if len(head) < _HEAD.size:
        raise sock.dropped()
    kind, length = _HEAD.unpack(head)
    if length not in _LENGTHS:
        raise NoAnswer("garbage", "answered something that is not PostgreSQL")
    body = reader.read(length - 4)
    if len(body) < length - 4:
        raise sock.dropped()
    return kind, body


def _sqlstate(body: bytes) -> bytes:
    """The SQLSTATE of an ErrorResponse: fields of one letter and a text, each ended by a zero byte."""
    return next((field[1:] for field in body.split(b"\0") if field[:1] == b"C"), b"")
