import struct
import time

import pytest

from hubctl.adapters.services.health import Health
from hubctl.adapters.services.postgres_probe import check
from tests.servers import Script, drips, drops_at_once, floods, never_answers, sends, serving

UNKNOWN = "answered something that is not PostgreSQL"


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def error(sqlstate: bytes) -> bytes:
    return message(b"E", b"SFATAL\0VFATAL\0C" + sqlstate + b"\0MC is not the code here\0\0")


def probe(script: Script, timeout_s: float = 5.0) -> Health:
    with serving(script) as address:
        return check(address, timeout_s)


@pytest.mark.parametrize(
    "authentication",
    [struct.pack("!I", 0), struct.pack("!I", 10) + b"SCRAM-SHA-256\0\0", struct.pack("!I", 5) + b"salt"],
)
def test_a_server_that_asks_who_we_are_accepts_connections(authentication: bytes) -> None:
    health = probe(sends(message(b"R", authentication)))
    assert (health.state, health.detail, health.version) == ("healthy", "accepts connections", None)
    assert health.latency_ms


@pytest.mark.parametrize(
    ("sqlstate", "state", "detail"),
    [
        (b"57P03", "starting", "is starting up or shutting down"),
        (b"53300", "unhealthy", "has too many connections"),
        (b"28000", "healthy", "accepts connections"),
        (b"3D000", "healthy", "accepts connections"),
    ],
)
def test_each_error_has_its_state(sqlstate: bytes, state: str, detail: str) -> None:
    health = probe(sends(error(sqlstate)))
    assert (health.state, health.detail) == (state, detail)


@pytest.mark.parametrize(
    ("script", "detail"),
    [
        (sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), UNKNOWN),
        (sends(b"-ERR unknown command\r\n"), UNKNOWN),
        (sends(b"ERROR: what is this?\r\n"), UNKNOWN),
        (sends(b"R\x00\x00\x00\x04"), UNKNOWN),
        (floods(b"\xff" * 100_000), UNKNOWN),
        (sends(b"R\x00\x00"), "closed the connection half-way through its answer"),
        (sends(error(b"57P03")[:-3]), "closed the connection half-way through its answer"),
        (drops_at_once, "closed the connection before it answered"),
    ],
)
def test_something_else_on_the_port_is_unhealthy_and_described(script: Script, detail: str) -> None:
    health = probe(script)
    assert (health.state, health.detail) == ("unhealthy", detail)


@pytest.mark.parametrize("hang", [never_answers, drips(b"R"), sends(b"R\x00\x00\x00\x08", then=never_answers)])
def test_the_timeout_bounds_the_whole_conversation(hang: Script) -> None:
    started_at = time.monotonic()
    health = probe(hang, timeout_s=0.3)
    assert time.monotonic() - started_at < 1.5
    assert health.state in ("unreachable", "unhealthy")  # a drip of R makes a senseless length


def test_a_closed_port_is_unreachable() -> None:
    with serving(never_answers) as address:
        pass
    assert check(address, 5) == Health("unreachable", f"nothing listens on {address}")
