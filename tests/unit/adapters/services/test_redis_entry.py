"""Looking a key up in a Redis, scripted and real."""

import socket
from pathlib import Path

import pytest

from hubctl.adapters.services.redis_probe import Entry, look_up
from hubctl.core.compose.stack import Address
from hubctl.core.probe import NoAnswer
from tests.real_servers import redis_server
from tests.servers import Script, never_answers, sends, serving

PONG = b"+PONG\r\n"


def found(script: Script, *, password: str | None = None, database: int = 0, timeout_s: float = 5.0) -> Entry | None:
    with serving(script) as address:
        return look_up(address, password, None, "litellm:1", database=database, timeout_s=timeout_s)


def test_a_value_comes_with_the_seconds_that_it_has_left() -> None:
    assert found(sends(PONG, b"$3\r\na\r\n\r\n", b":600\r\n")) == Entry(b"a\r\n", 600)


def test_a_value_that_never_expires_has_none() -> None:
    assert found(sends(PONG, b"$1\r\na\r\n", b":-1\r\n")) == Entry(b"a", None)


def test_no_such_key_is_nothing() -> None:
    assert found(sends(PONG, b"$-1\r\n")) is None


def test_the_database_is_selected_first() -> None:
    received = []

    def script(peer: socket.socket) -> None:
        for answer in (PONG, b"+OK\r\n", b"$-1\r\n"):
            received.append(peer.recv(1000))
            peer.sendall(answer)

    assert found(script, database=3) is None
    assert received[1] == b"*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
    assert received[2] == b"*2\r\n$3\r\nGET\r\n$9\r\nlitellm:1\r\n"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (sends(b"-NOAUTH Authentication required.\r\n"), "asks for a password"),
        (sends(PONG, b"-WRONGTYPE Operation against a key\r\n"), "did not answer GET"),
        (sends(PONG, b"$999999999\r\n"), "did not answer GET"),
        (sends(PONG, b"$10\r\nshort"), "closed the connection"),
        (sends(b"HTTP/1.1 400 Bad Request\r\n"), "not Redis"),
        (never_answers, "did not answer within 0.3 s"),
    ],
)
def test_anything_else_is_no_answer(script: Script, words: str) -> None:
    with pytest.raises(NoAnswer, match=words):
        found(script, timeout_s=0.3 if script is never_answers else 20)


def test_a_database_that_is_refused_is_named() -> None:
    with pytest.raises(NoAnswer, match="has no database 99"):
        found(sends(PONG, b"-ERR DB index is out of range\r\n"), database=99)


@pytest.mark.redis
def test_a_real_redis_with_a_password_and_several_databases(tmp_path: Path) -> None:
    with redis_server(tmp_path, "--requirepass", "correct-horse") as address:

        def entry(database: int, password: str = "correct-horse") -> Entry | None:
            return look_up(address, password, None, "k", database=database, timeout_s=5)

        _say(address, "AUTH correct-horse", "SELECT 2", "SET k some-answer EX 50")
        assert entry(0) is None
        held = entry(2)
        assert held is not None
        assert held.value == b"some-answer"
        assert held.ttl_s in {49, 50}
        with pytest.raises(NoAnswer, match="refuses the password"):
            entry(2, "wrong")
        with pytest.raises(NoAnswer, match="has no database 99"):
            entry(99)


def _say(address: Address, *commands: str) -> None:
    with socket.create_connection((address.host, address.port)) as sock:
        for command in commands:
            sock.sendall(f"{command}\r\n".encode())
            assert sock.recv(100) == b"+OK\r\n"
