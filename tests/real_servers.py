"""The real servers of the stack as processes on free loopback ports, and what to do where one is not installed."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services import http_probe
from hubctl.core.compose.stack import Address
from hubctl.core.probe import NoAnswer


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test, or fail it where nothing may be skipped unseen."""
    message = f"needs {what}: {remedy}"
    if os.environ.get("HUBCTL_TEST_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


_GIVEN: set[int] = set()
_LOWEST = 12_000  # above those that a browser refuses to open
_CHANCE = random.SystemRandom()  # another one in each worker, whatever a test has seeded


def free_port() -> int:
    """Give a port that is free now, and none twice: two services may each want one before either listens.

    None of those that the system gives to outgoing connections: one of these, from anywhere on the machine, would take
    the port of a container while that is made anew, which then does not start.
    """
    while True:
        port = _CHANCE.randrange(_LOWEST, _first_of_connections())
        if port in _GIVEN:
            continue
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            _GIVEN.add(port)
            return port


def _first_of_connections() -> int:
    """The lowest port that the system gives to outgoing connections. Source: Linux's ip-sysctl."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 32768


@contextmanager
def running(
    command: Sequence[str | Path],
    port: int,
    log: Path,
    is_ready: Callable[[Address], bool],
    *,
    within_s: float = 30,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; its output goes to `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=env, user=user, cwd="/")
    try:
        _wait(process, Address("127.0.0.1", port), log, is_ready, within_s)
        yield process
    finally:
        process.send_signal(signal.SIGINT)  # for PostgreSQL: do not wait for clients
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def _wait(
    process: subprocess.Popen[bytes], address: Address, log: Path, is_ready: Callable[[Address], bool], within_s: float
) -> None:
    give_up_at = time.monotonic() + within_s
    while not is_ready(address):
        if process.poll() is not None or time.monotonic() > give_up_at:
            pytest.fail(f"{process.args!r} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def accepts(address: Address) -> bool:
    """Whether something listens there."""
    with suppress(OSError), socket.create_connection((address.host, address.port), timeout=1):
        return True
    return False


@contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[Address]:
    """A real Redis that keeps its files in the folder."""
    program = shutil.which("redis-server") or missing("redis-server", "apt-get install redis-server")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), *options]
    with running(command, port, folder / "redis.log", accepts):
        yield Address("127.0.0.1", port)


@contextmanager
def frozen(redis: Address, password: str) -> Iterator[None]:
    """Let a Redis hang, as one that takes connections and answers nothing, until the block ends."""
    with socket.create_connection((redis.host, redis.port)) as sock, sock.makefile("rb") as lines:
        sock.sendall(f"AUTH {password}\r\nINFO server\r\n".encode())
        pid = next(int(line.removeprefix(b"process_id:")) for line in lines if line.startswith(b"process_id:"))
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@dataclass(frozen=True)
class PostgresCluster:
    """The files of a PostgreSQL that asks for passwords, and the account that may run it."""

    programs: Path
    folder: Path
    user: str | None


@contextmanager
def postgres_cluster() -> Iterator[PostgresCluster]:
    """Make a cluster outside pytest's own folders, which the account `postgres` cannot enter."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb")
    if not found and not installed:
        missing("a PostgreSQL server", "apt-get install postgresql")
    programs = Path(found).resolve().parent if found else installed[-1]
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    with tempfile.TemporaryDirectory(prefix="hubctl-postgres-") as name:
        folder = Path(name)
        (folder / "password").write_text("correct horse")
        if user:
            shutil.chown(folder, user)
            shutil.chown(folder / "password", user)
        options = ["-N", "-A", "scram-sha-256", "-U", "owner", f"--pwfile={folder}/password"]
        command: list[str | Path] = [programs / "initdb", "-D", folder / "data", *options]
        subprocess.run(command, check=True, capture_output=True, user=user, cwd="/")
        yield PostgresCluster(programs, folder, user)


@contextmanager
def postgres_server(cluster: PostgresCluster, *options: str) -> Iterator[tuple[Address, subprocess.Popen[bytes]]]:
    """A real PostgreSQL on the cluster; its log is `log` in the cluster's folder."""
    port = free_port()
    command: list[str | Path] = [cluster.programs / "postgres", "-D", cluster.folder / "data", "-k", cluster.folder]
    is_ready = _log_says(cluster.folder / "log", "ready to accept connections")
    (cluster.folder / "log").write_text("")
    with running(
        [*command, "-p", str(port), "-h", "127.0.0.1", *options],
        port,
        cluster.folder / "log",
        is_ready,
        user=cluster.user,
    ) as process:
        yield Address("127.0.0.1", port), process


def _log_says(log: Path, words: str) -> Callable[[Address], bool]:
    return lambda _address: words in log.read_text(errors="replace")


def litellm() -> Path:
    """Where the `litellm` lies that an embedded hub starts: beside this Python."""
    found = Path(sys.executable).with_name("litellm")
    if not found.exists():
        missing("the LiteLLM proxy", "pip install -e '.[embedded]'")
    return found


@contextmanager
def litellm_proxy(folder: Path, config: str, master_key: str) -> Iterator[Address]:
    """The real LiteLLM proxy; HUBCTL_TEST_LITELLM names one that is not beside this Python."""
    program = os.environ.get("HUBCTL_TEST_LITELLM") or str(litellm())
    (folder / "config.yaml").write_text(config)
    port = free_port()
    command = [program, "--host", "127.0.0.1", "--port", str(port), "--config", str(folder / "config.yaml")]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LITELLM_MASTER_KEY": master_key,
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    with running(command, port, folder / "litellm.log", is_alive, within_s=120, env=env):
        yield Address("127.0.0.1", port)


def is_alive(address: Address) -> bool:
    """Whether a gateway answers there."""
    with suppress(NoAnswer):
        return http_probe.get(address, "/health/liveliness", deadline=Deadline(2)).status == 200
    return False
