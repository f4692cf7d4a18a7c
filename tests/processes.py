"""hubctl as a real process, with pipes or in a terminal."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hubctl import parallel

REPO = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "hubctl")
SHOW_CURSOR, HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"

# Makes the terminal on stdin the controlling one, so that it turns ^C into an interrupt.
_IN_TERMINAL = (
    sys.executable,
    "-c",
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])",
)


def environment(**more: str) -> dict[str, str]:
    """What the process gets: a way to Python, to this code, and to no engine."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(REPO), "TERM": "xterm", **more}


@dataclass(frozen=True)
class Finished:
    """What a process left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def data(self) -> Any:
        """The data of a document that says ok."""
        assert self.document["ok"] is True, self.out
        return self.document["data"]

    @property
    def error(self) -> Any:
        """The error of a document that does not."""
        assert self.document["ok"] is False, self.out
        return self.document["error"]


def hubctl(*words: str, cwd: Path, stdin: str | None = None, **more: str) -> Finished:
    """Run hubctl to its end, with pipes."""
    done = subprocess.run(
        [*PROGRAM, *words],
        check=False,
        cwd=cwd,
        env=environment(**more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=180,  # a restart of the real gateway among others
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def hubctl_at_once(*commands: Sequence[str], cwd: Path) -> list[Finished]:
    """Run hubctl several times side by side; the results are in the order of the commands."""

    def late(command: Sequence[str]) -> Finished:
        raise AssertionError(f"{command} goes on")

    return parallel.each(lambda words: hubctl(*words, cwd=cwd), commands, timeout_s=60, late=late)


class Terminal:
    """A process in a terminal of its own, 100 columns wide."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.shown = ""
        self._process = process
        self._master = master

    def wait_for(self, text: str, within_s: float = 20) -> None:
        """Read until the text was shown."""
        give_up_at = time.monotonic() + within_s
        while text not in self.shown:
            assert self._read(give_up_at), f"{text!r} was not shown, only {self.shown!r}"

    def type(self, keys: str) -> None:
        """Press keys; ^C is \\x03."""
        os.write(self._master, keys.encode())

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone, as `kill` does."""
        self._process.send_signal(number)

    def close(self) -> None:
        """Close the terminal as its window is closed: the kernel sends SIGHUP to what runs in it."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def end(self, within_s: float = 20) -> int:
        """Wait for the process to end by itself, and give its exit code."""
        give_up_at = time.monotonic() + within_s
        while self._master >= 0 and self._read(give_up_at):
            pass
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.1, give_up_at - time.monotonic()))
        assert self._process.returncode is not None, f"it goes on after showing {self.shown!r}"
        return self._process.returncode

    def _read(self, give_up_at: float) -> bool:
        if not select.select([self._master], [], [], max(0.0, give_up_at - time.monotonic()))[0]:
            return False
        with suppress(OSError):  # EIO: nobody has the other end any more
            if piece := os.read(self._master, 65536):
                self.shown += piece.decode(errors="replace")
                return True
        return False


@contextmanager
def in_terminal(
    *words: str,
    cwd: Path,
    stderr: int | None = None,
    program: Sequence[str] = PROGRAM,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Run hubctl, or another program, in a terminal; stderr may go elsewhere."""
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen(
            [*_IN_TERMINAL, *program, *words],
            cwd=cwd,
            env=environment(COLUMNS="100", LINES="40", **(variables or {})),
            stdin=slave,
            stdout=slave,
            stderr=slave if stderr is None else stderr,
            start_new_session=True,
        )
    finally:
        os.close(slave)
    terminal = Terminal(process, master)
    try:
        yield terminal
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        terminal.close()


@contextmanager
def running(*words: str, cwd: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run hubctl with pipes, in a process group of its own, until the block ends."""
    with subprocess.Popen(
        [*PROGRAM, *words],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
