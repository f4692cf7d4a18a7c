"""Loads LiteLLM or hubctl once, and forks one for everybody who asks: `python serve.py FOLDER/litellm TESTS_PID`."""

import array
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import random
import runpy
import select
import shutil
import signal
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Its command and what it imports late: at its start and its first chat.
MODULES = (
    "litellm.proxy.proxy_cli",
    "litellm.proxy.proxy_server",
    "litellm.proxy.pass_through_endpoints.llm_passthrough_endpoints",
    "litellm.litellm_core_utils.default_encoding",
    "openai.resources.beta.assistants",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
# What hubctl imports where it is used.
LATE = ("docker", "yaml")
MOST_FILES = 64
# Beyond every number that a file may be given in a fork.
BEYOND = 256
ASKING_S = 10


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
        """Read what `ask.py` sends. Raises OSError or ValueError when it was ended meanwhile."""
        there.settimeout(ASKING_S)
        numbers = array.array("i")
        _, control, _, _ = there.recvmsg(1, socket.CMSG_SPACE(MOST_FILES * numbers.itemsize))
        for _, _, data in control:
            numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
        with there.makefile() as lines:
            asked: dict[str, Any] = json.loads(lines.readline())
        there.settimeout(None)
        files = dict(zip(asked["files"], numbers, strict=True))
        return cls(there, files, asked["arguments"], asked["environment"], asked["folder"])

    def become(self) -> None:
        """Be the program or the script that they named in this process, which was forked for it."""
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        there = socket.socket(fileno=_beyond(self.there.fileno()))
        copies = {number: _beyond(file) for number, file in self.files.items()}
        for number, copy in copies.items():
            os.dup2(copy, number)
            os.close(copy)
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        sys.argv = self.arguments
        random.seed()
        threading.Thread(target=_end_with, args=(there,), daemon=True).start()
        if sys.argv[0] == "litellm":
            importlib.import_module("litellm").run_server()
        elif sys.argv[0] == "hubctl":
            _open_anew()
            runpy.run_module("hubctl", run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(sys.argv[0], run_name="__main__")


def _open_anew() -> None:
    """Give Python its three streams as they are at a start: what it has was made for other files."""
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, closefd=False)  # noqa: SIM115 - it has no path, and is open to the end
        for number, mode in enumerate(("r", "w", "w"))
    )


def _beyond(file: int) -> int:
    return fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, BEYOND)


def _end_with(there: socket.socket) -> None:
    """End when whoever asked was killed, as the program would have been."""
    with suppress(OSError):
        there.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def serve(listener: socket.socket, tests: int) -> Asked | None:
    """Fork for everybody who asks. Gives whom for, in the fork; null in the end, when the tests have ended."""
    asking: dict[int, socket.socket] = {}
    try:
        while tests not in (ready := select.select([listener.fileno(), tests], [], [], 0.05)[0]):
            answer_those_that_ended(asking)
            if listener.fileno() not in ready:
                continue
            with suppress(OSError, ValueError):  # it was ended while it asked
                asked = Asked.by(listener.accept()[0])
                if (pid := os.fork()) == 0:
                    asking.clear()
                    listener.close()
                    return asked
                asking[pid] = asked.there
                for file in asked.files.values():
                    os.close(file)
                asked.there.sendall(f"{pid}\n".encode())
    finally:
        for pid in asking:
            os.kill(pid, signal.SIGKILL)
    return None


def answer_those_that_ended(asking: dict[int, socket.socket]) -> None:
    """Tell whoever asked how it ended."""
    while asking and (ended := os.waitpid(-1, os.WNOHANG))[0]:
        with asking.pop(ended[0]) as there, suppress(BrokenPipeError):  # it was killed
            there.sendall(f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())


def load_hubctl() -> None:
    """Load all of hubctl, and what it loads when it is first used."""
    hubctl = importlib.import_module("hubctl")
    own = [module.name for module in pkgutil.walk_packages(hubctl.__path__, "hubctl.")]
    for name in (*own, *LATE):
        if not name.endswith(".__main__"):
            importlib.import_module(name)


def load_litellm() -> None:
    """Load LiteLLM, and have built what it builds when it is first used: the models of its config, and its routes."""
    modules = {name: importlib.import_module(name) for name in MODULES}
    importlib.import_module("litellm.types.router").Deployment(model_name="a", litellm_params={"model": "openai/a"})
    for route in modules["litellm.proxy.proxy_server"].app.routes:
        route.matches({"type": "http", "method": "GET", "path": "/none"})


def main() -> None:
    """Load what the folder is called and serve until the tests end; then all of the folder above goes, too."""
    folder = Path(sys.argv[1])
    (folder / "pid").write_text(str(os.getpid()))
    signal.signal(signal.SIGTERM, lambda _signum, _frame: sys.exit())
    asked = None
    try:
        tests = os.pidfd_open(int(sys.argv[2]))
        {"litellm": load_litellm, "hubctl": load_hubctl}[folder.name]()
        gc.collect()
        gc.freeze()  # a fork that looks for garbage in all that is loaded copies all of it
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("socket.new")  # by its name in the folder: a path may be too long for a socket
        listener.listen(16)
        Path("socket.new").rename("socket")
        asked = serve(listener, tests)
    finally:
        if asked is None:
            shutil.rmtree(folder.parent, ignore_errors=True)
    if asked is not None:
        asked.become()


if __name__ == "__main__":
    main()
