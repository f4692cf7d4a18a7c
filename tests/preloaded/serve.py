"""Loads LiteLLM once, and forks one for everybody who asks, to run its command: `python serve.py FOLDER TESTS_PID`."""

import array
import gc
import importlib
import json
import os
import random
import selectors
import shutil
import signal
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_FILES = 64


@dataclass(frozen=True)
class Asked:
    """One who asked, and what for; `files` are ours, by the numbers that they have there."""

    there: socket.socket
    files: dict[int, int]
    arguments: list[str]
    environment: dict[str, str]
    folder: str

    @classmethod
    def by(cls, there: socket.socket) -> "Asked":
        """Read what `ask.py` sends."""
        numbers = array.array("i")
        _, control, _, _ = there.recvmsg(1, socket.CMSG_SPACE(MOST_FILES * numbers.itemsize))
        for _, _, data in control:
            numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
        with there.makefile() as lines:
            asked: dict[str, Any] = json.loads(lines.readline())
        files = dict(zip(asked["files"], numbers, strict=True))
        return cls(there, files, asked["arguments"], asked["environment"], asked["folder"])

    def become(self) -> None:
        """Be LiteLLM for them, in this process, which was forked for it."""
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        copies = {number: os.dup(file) for number, file in self.files.items()}
        for number, copy in copies.items():
            os.dup2(copy, number)
            os.close(copy)
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        sys.argv = ["litellm", *self.arguments]
        random.seed()
        threading.Thread(target=self._end_with, daemon=True).start()
        importlib.import_module("litellm").run_server()

    def _end_with(self) -> None:
        """End when they were killed, as LiteLLM would have been."""
        self.there.recv(1)
        os.kill(os.getpid(), signal.SIGKILL)


def serve(listener: socket.socket, tests: int) -> Asked | None:
    """Fork for everybody who asks. Gives whom for, in the fork; null in the end, when the tests have ended."""
    asking: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as ready:
        ready.register(listener, selectors.EVENT_READ)
        ready.register(tests, selectors.EVENT_READ)
        while tests not in {key.fd for key, _ in ready.select(0.05)}:
            answer_those_that_ended(asking)
            if not any(key.fileobj is listener for key, _ in ready.select(0)):
                continue
            asked = Asked.by(listener.accept()[0])
            if (pid := os.fork()) == 0:
                listener.close()
                return asked
            asking[pid] = asked.there
            asked.there.sendall(f"{pid}\n".encode())
            for file in asked.files.values():
                os.close(file)
    for pid in asking:
        os.kill(pid, signal.SIGKILL)
    return None


def answer_those_that_ended(asking: dict[int, socket.socket]) -> None:
    """Tell whoever asked how it ended."""
    while asking and (ended := os.waitpid(-1, os.WNOHANG))[0]:
        with asking.pop(ended[0]) as there, suppress(BrokenPipeError):  # it was killed
            there.sendall(f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())


def main() -> None:
    """Load LiteLLM's command and all that it loads, and serve until the tests end."""
    folder, tests = Path(sys.argv[1]), int(sys.argv[2])
    (folder / "pid").write_text(str(os.getpid()))
    for module in ("litellm", "litellm.proxy.proxy_cli", "litellm.proxy.proxy_server", "uvicorn"):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # a fork that looks for garbage in all of LiteLLM copies all of it
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "socket.new"))
    listener.listen(16)
    (folder / "socket.new").rename(folder / "socket")
    if asked := serve(listener, os.pidfd_open(tests)):
        asked.become()
    else:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
