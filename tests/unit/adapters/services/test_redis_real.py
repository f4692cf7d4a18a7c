import time
from pathlib import Path

import pytest

from hubctl.adapters.net.bounded_socket import Deadline, connect
from hubctl.adapters.services.redis_probe import check
from hubctl.core.compose.stack import Address
from tests.real_servers import redis_server

pytestmark = pytest.mark.redis


def send(address: Address, *lines: str) -> None:
    with connect(address, Deadline(10)) as sock, sock.makefile("rb") as reader:
        for line in lines:
            sock.sendall(f"{line}\r\n".encode())
            reader.readline()


def test_a_redis_without_password_is_healthy_and_tells_its_version(tmp_path: Path) -> None:
    with redis_server(tmp_path) as address:
        health = check(address, None, None, 5)
        needless = check(address, "hunter2", None, 5)
    assert (health.state, health.detail) == ("healthy", "answers PING")
    assert health.version
    assert (needless.state, needless.detail) == ("unauthorized", "has no password set, but hubctl was given one")


def test_a_redis_with_password_takes_the_right_one_only(tmp_path: Path) -> None:
    with redis_server(tmp_path, "--requirepass", "correct horse") as address:
        right = check(address, "correct horse", None, 5)
        named = check(address, "correct horse", "default", 5)
        wrong = check(address, "hunter2", None, 5)
        stranger = check(address, "correct horse", "nobody", 5)
        none = check(address, None, None, 5)
    assert (right.state, named.state) == ("healthy", "healthy")
    assert right.version
    assert (wrong.state, wrong.detail) == ("unauthorized", "refuses the password that hubctl has")
    assert (stranger.state, stranger.detail) == (wrong.state, wrong.detail)
    assert (none.state, none.detail) == ("unauthorized", "asks for a password, and hubctl knows none")


def test_a_user_who_may_not_ping_is_unauthorized(tmp_path: Path) -> None:
    with redis_server(tmp_path) as address:
        send(address, "ACL SETUSER app on >secret +get", "ACL SETUSER pinger on >secret +ping")
        refused = check(address, "secret", "app", 5)
        allowed = check(address, "secret", "pinger", 5)
    assert (refused.state, refused.detail) == ("unauthorized", "does not let this user send PING")
    assert (allowed.state, allowed.version) == ("healthy", None)


def test_a_redis_with_too_many_clients_is_unhealthy(tmp_path: Path) -> None:
    with redis_server(tmp_path, "--maxclients", "1") as address:
        time.sleep(0.2)  # until the client that waited for the start is forgotten
        with connect(address, Deadline(10)) as sock, sock.makefile("rb") as reader:
            sock.sendall(b"PING\r\n")
            assert reader.readline() == b"+PONG\r\n"
            health = check(address, None, None, 5)
    assert (health.state, health.detail) == ("unhealthy", "has too many clients")


def test_a_redis_that_loads_its_data_is_starting(tmp_path: Path) -> None:
    with redis_server(tmp_path) as address:
        send(address, *(f"SET key:{number} {'x' * 20_000}" for number in range(15)), "SAVE")
    slow = ("--key-load-delay", "100000", "--loading-process-events-interval-bytes", "1024", "--rdbcompression", "no")
    with redis_server(tmp_path, *slow) as address:
        health = check(address, None, None, 5)
    assert (health.state, health.detail) == ("starting", "is loading its data from disk")


def test_a_redis_that_cannot_save_is_unhealthy(tmp_path: Path) -> None:
    with redis_server(tmp_path, "--save", "3600 1") as address:
        (tmp_path / "dump.rdb").mkdir()  # so that not even root can replace it
        send(address, "SET key value", "BGSAVE")
        give_up_at = time.monotonic() + 10
        while (health := check(address, None, None, 5)).state == "healthy" and time.monotonic() < give_up_at:
            time.sleep(0.1)
        (tmp_path / "dump.rdb").rmdir()  # so that it can end
    assert (health.state, health.detail) == ("unhealthy", "cannot save its data to disk")
