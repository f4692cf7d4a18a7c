import socket
import time

import pytest

from hubctl.adapters.services.health import Health
from hubctl.adapters.services.redis_probe import check
from tests.servers import Script, drips, drops_at_once, floods, never_answers, sends, serving

INFO = b"$44\r\n# Server\r\nredis_version:7.2.4\r\nredis_mode:st\r\n"
UNKNOWN = "answered something that is not Redis"


def probe(script: Script, password: str | None = None, username: str | None = None, timeout_s: float = 5.0) -> Health:
    with serving(script) as address:
        return check(address, password, username, timeout_s)


def test_a_good_redis_is_healthy_with_version_and_latency() -> None:
    health = probe(sends(b"+PONG\r\n", INFO))
    assert (health.state, health.detail, health.version) == ("healthy", "answers PING", "7.2.4")
    assert health.latency_ms


def test_a_password_is_sent_first_with_its_length_before_it() -> None:
    received = []

    def script(peer: socket.socket) -> None:
        for answer in (b"+OK\r\n", b"+PONG\r\n", INFO):
            received.append(peer.recv(1000))
            peer.sendall(answer)

    assert probe(script, "pass\r\nFLUSHALL\r\nwörd", "hub").state == "healthy"
    assert received[0] == b"*3\r\n$4\r\nAUTH\r\n$3\r\nhub\r\n$21\r\npass\r\nFLUSHALL\r\nw\xc3\xb6rd\r\n"
    assert received[1] == b"*1\r\n$4\r\nPING\r\n"


@pytest.mark.parametrize(
    ("line", "state", "detail"),
    [
        (b"-NOAUTH Authentication required.", "unauthorized", "asks for a password, and hubctl knows none"),
        (b"-NOPERM this user has no permissions", "unauthorized", "does not let this user send PING"),
        (b"-DENIED Redis is running in protected mode", "unauthorized", "is in protected mode"),
        (b"-LOADING Redis is loading the dataset in memory", "starting", "is loading its data from disk"),
        (b"-MISCONF Redis is configured to save RDB", "unhealthy", "cannot save its data to disk"),
        (b"-ERR max number of clients reached", "unhealthy", "has too many clients"),
        (b"-WHATEVER", "unhealthy", "answered with an error"),
        (b"+HELLO", "unhealthy", UNKNOWN),
    ],
)
def test_each_refusal_of_a_ping_has_its_state_and_words(line: bytes, state: str, detail: str) -> None:
    health = probe(sends(line + b"\r\n"))
    assert (health.state, health.version) == (state, None)
    assert health.detail.startswith(detail)


@pytest.mark.parametrize(
    ("line", "state", "detail"),
    [
        (b"-WRONGPASS invalid username-password pair", "unauthorized", "refuses the password that hubctl has"),
        (b"-ERR invalid password", "unauthorized", "refuses the password that hubctl has"),
        (b"-ERR AUTH <password> called without any password configured", "unauthorized", "has no password set"),
        (b"-ERR Client sent AUTH, but no password is set", "unauthorized", "has no password set"),
        (b"-ERR wrong password hunter2", "unhealthy", "answered with an error"),
    ],
)
def test_each_refusal_of_a_password_has_its_state_and_words(line: bytes, state: str, detail: str) -> None:
    health = probe(sends(line + b"\r\n"), "hunter2")
    assert health.state == state
    assert health.detail.startswith(detail)
    assert "hunter2" not in repr(health)


@pytest.mark.parametrize(
    ("script", "detail"),
    [
        (sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), UNKNOWN),
        (sends(b"\x00\xff" * 600), UNKNOWN),
        (sends(b"no line end"), UNKNOWN),
        (floods(b"x" * 100_000), UNKNOWN),
        (sends(b"+PON"), "closed the connection half-way through its answer"),
        (drops_at_once, "closed the connection before it answered"),
    ],
)
def test_something_else_on_the_port_is_unhealthy_and_described(script: Script, detail: str) -> None:
    health = probe(script)
    assert (health.state, health.detail) == ("unhealthy", detail)


@pytest.mark.parametrize(
    "info", [b"-NOPERM no\r\n", b"$-1\r\n", b"$999999999\r\n", b"$20\r\nshort", b"$4\r\nnone\r\n", b"garbage"]
)
def test_a_missing_version_does_not_matter(info: bytes) -> None:
    health = probe(sends(b"+PONG\r\n", info))
    assert (health.state, health.version) == ("healthy", None)


@pytest.mark.parametrize("hang", [never_answers, drips(b"+")])
def test_the_timeout_bounds_the_whole_conversation(hang: Script) -> None:
    started_at = time.monotonic()
    assert probe(hang, timeout_s=0.3).state == "unreachable"
    assert probe(sends(b"+PONG\r\n", then=hang), timeout_s=0.3).state == "healthy"
    assert time.monotonic() - started_at < 2


def test_a_closed_port_is_unreachable() -> None:
    with serving(never_answers) as address:
        pass
    assert check(address, "hunter2", None, 5) == Health("unreachable", f"nothing listens on {address}")
