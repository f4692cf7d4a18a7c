"""`hubctl dashboard` as a process, and ways to ask it: as a client with the token, and by raw bytes."""

import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.processes import PROGRAM

STARTS_WITHIN_S = 30


@dataclass(frozen=True)
class Dashboard:
    """One that runs."""

    process: subprocess.Popen[str]
    api: str
    url: str
    token: str

    @property
    def port(self) -> int:
        return int(self.api.rpartition(":")[2])

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def ask(self, method: str, path: str, *, timeout_s: float = 60, **more: Any) -> httpx.Response:
        """Ask with the token."""
        return httpx.request(method, f"{self.api}{path}", headers=self.bearer, timeout=timeout_s, **more)

    def get(self, path: str) -> Any:
        """Give the data of a document that says ok."""
        document = self.ask("GET", path).json()
        assert document["ok"], document
        return document["data"]

    def post(self, path: str, **body: object) -> httpx.Response:
        return self.ask("POST", path, json=body, timeout_s=180)

    @contextmanager
    def events(self, path: str, method: str = "GET", **more: Any) -> Iterator[Iterator[tuple[str, Any, float]]]:
        """Read a stream: the name, the data, and when it came."""
        with httpx.stream(method, f"{self.api}{path}", headers=self.bearer, timeout=60, **more) as response:
            assert response.headers["content-type"].startswith("text/event-stream"), response.read()
            yield _events(response)

    def raw(self, request: bytes, *, within_s: float = 10) -> bytes:
        """Send bytes, and give all that comes back until the connection ends or is silent for a while."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=within_s) as sock:
            with suppress(OSError):  # refused before it was read to its end
                sock.sendall(request)
            return received(sock)

    def head(self, line: str, *more: str) -> bytes:
        """The head of a request with the token."""
        lines = [line, f"Host: 127.0.0.1:{self.port}", f"Authorization: Bearer {self.token}", *more]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def received(sock: socket.socket) -> bytes:
    answer = b""
    with suppress(OSError):
        while piece := sock.recv(65536):
            answer += piece
            sock.settimeout(1)
    return answer


def _events(response: httpx.Response) -> Iterator[tuple[str, Any, float]]:
    name = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value), time.monotonic()


@contextmanager
def dashboard(root: Path, env: Mapping[str, str], *words: str) -> Iterator[Dashboard]:
    """Run it on a free port until the block ends."""
    with subprocess.Popen(
        [*PROGRAM, "dashboard", "--port", "0", "--json", *words],
        cwd=root,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            assert select.select([process.stdout], [], [], STARTS_WITHIN_S)[0], "it does not say where it is"
            line = process.stdout.readline()
            assert line, process.stderr.read()
            data = json.loads(line)["data"]
            yield Dashboard(process, data["api"], data["url"], data["token"])
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
