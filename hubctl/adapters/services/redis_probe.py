"""Ask a Redis whether it answers and takes the password, and whether it holds a key.

Seven commands of its plain text protocol (RESP), spoken over a bounded socket: the redis package would be one more
dependency for them, with timeouts that start again at every byte.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from hubctl.adapters.net.bounded_socket import BoundedSocket, Deadline, connect
from hubctl.adapters.services.health import Health
from hubctl.core.compose.stack import Address, State
from hubctl.core.probe import NoAnswer

LARGEST_ENTRY_BYTES = 1_000_000

# How Redis begins its refusals, and what they mean. The rest of the line is not repeated: a server may echo a password.
_REFUSALS: tuple[tuple[bytes, State, str], ...] = (
    (b"-NOAUTH", "unauthorized", "asks for a password, and hubctl knows none"),
    (b"-WRONGPASS", "unauthorized", "refuses the password that hubctl has"),
    (b"-ERR invalid password", "unauthorized", "refuses the password that hubctl has"),
    (b"-ERR AUTH <password> called without any", "unauthorized", "has no password set, but hubctl was given one"),
    (b"-ERR Client sent AUTH, but no password", "unauthorized", "has no password set, but hubctl was given one"),
    (b"-NOPERM", "unauthorized", "does not let this user send PING"),
    (b"-DENIED", "unauthorized", "is in protected mode and takes no connection from this address"),
    (b"-LOADING", "starting", "is loading its data from disk"),
    (b"-MISCONF", "unhealthy", "cannot save its data to disk"),
    (b"-ERR max number of clients", "unhealthy", "has too many clients"),
    (b"-", "unhealthy", "answered with an error"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What Redis holds under a key. ttl_s is null for what never expires."""

    value: bytes
    ttl_s: int | None


def check(address: Address, password: str | None, username: str | None, timeout_s: float) -> Health:
    """Log in if there is a password, then PING and INFO; a bad answer is a value, not an error.

    Source: Redis serialization protocol specification; AUTH, PING and INFO of the command reference.
    """
    try:
        with connect(address, Deadline(timeout_s)) as sock, sock.makefile("rb") as reader:
            refusal = _greet(sock, reader, password, username)
            latency_ms = sock.age_ms()
            version = None if refusal else _ask_version(sock, reader)
    except NoAnswer as failure:
        return Health.unanswered(failure)
    state, detail = refusal or ("healthy", "answers PING")
    return Health(state, detail, version, latency_ms)


def look_up(
    address: Address, password: str | None, username: str | None, key: str, *, database: int, timeout_s: float
) -> Entry | None:
    """Read the text that Redis holds under a key; null where it holds none. Raises NoAnswer with a refusal too.

    Source: SELECT, GET and TTL of the command reference. A key that never expires has the TTL -1.
    """
    with connect(address, Deadline(timeout_s)) as sock, sock.makefile("rb") as reader:
        if refusal := _greet(sock, reader, password, username):
            raise NoAnswer("refused", refusal[1])
        if database and _refusal(_ask(sock, reader, "SELECT", str(database)), b"+OK"):
            raise NoAnswer("refused", f"has no database {database} for hubctl")
        line = _ask(sock, reader, "GET", key)
        if line == b"$-1":
            return None
        size = re.fullmatch(rb"\$(\d{1,9})", line)
        if not size or int(size[1]) > LARGEST_ENTRY_BYTES:
            raise NoAnswer("garbage", "did not answer GET with a text of a cached answer's size")
        value = reader.read(int(size[1]) + 2).removesuffix(b"\r\n")
        ttl_s = re.fullmatch(rb":(\d+)", _ask(sock, reader, "TTL", key))
    return Entry(value, int(ttl_s[1]) if ttl_s else None)


def _greet(
    sock: BoundedSocket, reader: BinaryIO, password: str | None, username: str | None
) -> tuple[State, str] | None:
    credentials = [word for word in (username, password) if word]
    if password and (refusal := _refusal(_ask(sock, reader, "AUTH", *credentials), b"+OK")):
        return refusal
    return _refusal(_ask(sock, reader, "PING"), b"+PONG")


def _refusal(reply: bytes, wanted: bytes) -> tuple[State, str] | None:
    if reply == wanted:
        return None
    for start, state, detail in _REFUSALS:
        if reply.startswith(start):
            return state, detail
    raise NoAnswer("garbage", "answered something that is not Redis")


def _ask_version(sock: BoundedSocket, reader: BinaryIO) -> str | None:
    with suppress(NoAnswer):  # a version is nice to have
        size = re.fullmatch(rb"\$(\d{1,5})", _ask(sock, reader, "INFO", "server"))
        found = size and re.search(rb"^redis_version:([\w.+-]+)", reader.read(int(size[1])), re.MULTILINE)
        return found[1].decode() if found else None
    return None


def _ask(sock: BoundedSocket, reader: BinaryIO, *words: str) -> bytes:
    """Send one command and read the first line of its reply. Lengths go before words, so no word can inject another."""
    encoded = [word.encode(errors="surrogateescape") for word in words]
    sock.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded))
    line = reader.readline(1000)
    if line.endswith(b"\r\n"):
        return line.removesuffix(b"\r\n")
    if line[:1] in (b"", b"+", b"-", b"$", b":"):
        raise sock.dropped()
    raise NoAnswer("garbage", "answered something that is not Redis")
