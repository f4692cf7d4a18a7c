"""The LiteLLM proxy as a background process of this machine: one per hub, its files in one folder.

Whether it lives is told by a lock on `gateway.lock` that it inherits and the kernel frees when it ends, however it
ends. So the pid in that file counts only while the lock is held, and a stale one is never trusted or signalled.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from hubctl import interrupts
from hubctl.adapters.files import disk, log_file
from hubctl.adapters.net import ports
from hubctl.adapters.state.last_run import LastRun
from hubctl.adapters.state.lock import taken
from hubctl.core.compose.stack import Follow
from hubctl.core.gateway.embedded_run import Run
from hubctl.core.gateway.log_causes import causes
from hubctl.errors import BadFile, EmbeddedMissing, EngineRefused, NotReady, PortTaken

HOST = "127.0.0.1"
STOP_GRACE_S = 40.0  # LiteLLM finishes open requests for up to 30 s before it ends
FIRST_MOMENTS_S = 0.5
_LOCK_WAIT_S = 1.0  # whoever only looks holds the lock for an instant
_POLL_S = 0.02
_ROOM_FOR_A_PID = b" " * 16
_LAST_WORDS = 200  # lines in which the cause of an early end is looked for


def find_executable(folder: Path | None = None) -> Path:
    """Find `litellm` beside the interpreter that runs hubctl. Raises EmbeddedMissing."""
    executable = (folder or Path(sys.executable).parent) / "litellm"
    if not executable.exists():
        raise EmbeddedMissing(
            f"the LiteLLM proxy is not installed beside hubctl: no {executable}",
            hint="install hubctl with its extra: `pip install '.[embedded]'` in a clone, "
            "or `pip install 'PATH/TO/hubctl-VERSION.whl[embedded]'`",
        )
    return executable


class GatewayProcess:
    """The gateway of the hub whose state is kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "gateway.log"
        self._folder = folder
        self._config = folder / "litellm_config.yaml"
        self._lock = folder / "gateway.lock"
        self.last_run = LastRun(folder)

    def pid(self) -> int | None:
        """Give the pid of the living process, null when none lives."""
        give_up_at = time.monotonic() + _LOCK_WAIT_S
        while self._is_locked() and time.monotonic() < give_up_at:
            if pid := self.last_pid():
                return pid
            time.sleep(_POLL_S)  # just being started
        return None

    def last_pid(self) -> int | None:
        """Give the pid of the last start, whether it lives or not."""
        try:
            return int(self._lock.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def holds(self, port: int) -> bool:
        """Whether it lives, and nobody but it listens on a port of this machine."""
        pid = self.pid()
        return pid is not None and not ports.is_others(port, pid, self._lock.resolve())

    def doubt(self, port: int) -> str | None:
        """Say why who listens on a port of this machine is not known to be it; null where it is."""
        pid = self.pid()
        if pid is None:
            return "the embedded gateway has ended"
        return None if ports.is_own(port, pid, self._lock.resolve()) else "the embedded gateway does not listen there"

    def start(self, executable: Path, config: str, environment: Mapping[str, str], run: Run, *, folder: Path) -> None:
        """Start it on a config and see it through its first moments; `folder` is where it finds modules by name.

        Raises EngineRefused while it runs already, PortTaken, NotReady with the cause when it ends at once.
        """
        with self._locked() as lock, interrupts.held():
            if not ports.is_free(HOST, run.port):
                raise PortTaken(run.port, ports.owner(run.port))
            os.ftruncate(lock, 0)
            os.pwrite(lock, _ROOM_FOR_A_PID, 0)  # on a full disk it fails here, and not when the pid is known
            disk.write_private(self._config, config.encode())
            self.last_run.write(run)
            if self.log.exists():
                self.log.replace(self.log.with_suffix(".log.1"))
            where = f"--host {HOST} --port {run.port} --num_workers 1".split()
            self._spawn([executable, "--config", self._config, *where], lock, environment, folder)
        self._watch()

    def stop(self, *, grace_s: float = STOP_GRACE_S) -> bool:
        """Ask it to end, and after grace_s make it. False when it did not run."""
        pid = self.pid()
        if pid is not None:
            self._end(pid, grace_s)
        if run := self.last_run.read():
            with suppress(BadFile):  # on a full disk it is shown as ended, and not as stopped
                self.last_run.write(replace(run, stopped=True))
        return pid is not None

    def lines(self, tail: int | None, *, follow: Follow) -> Iterator[str]:
        """Give the last `tail` lines of the last start's log (null: all), and then new ones while it lives."""
        pid = self.pid() if follow else None

        def going() -> bool:
            return pid is not None and self.pid() == pid and (not callable(follow) or follow())

        return log_file.lines(self.log, tail, going=going)

    def _spawn(self, command: Sequence[str | Path], lock: int, environment: Mapping[str, str], folder: Path) -> None:
        """Let a shell start it and write its pid: so that no moment, not even our end, leaves it running unknown."""
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            subprocess.run(
                ["/bin/sh", "-c", '"$@" & echo $! 1<>"$0"', self._lock, *command],
                check=True,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[lock],
                start_new_session=True,
            )
        finally:
            os.close(log)

    def _end(self, pid: int, grace_s: float) -> None:
        for number, limit_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, _LOCK_WAIT_S)):
            with suppress(ProcessLookupError):  # it ended just now
                os.kill(pid, number)
            if self._ends_within(limit_s):
                return

    def _watch(self) -> None:
        if self._ends_within(FIRST_MOMENTS_S):
            lines = list(self.lines(_LAST_WORDS, follow=False))
            told = "".join(f"\n  {line}" for line in causes(lines) or lines[-3:])
            raise NotReady(f"the gateway ended at once{told}", hint="`hubctl logs` shows more")

    def _ends_within(self, limit_s: float) -> bool:
        give_up_at = time.monotonic() + limit_s
        while self._is_locked():
            if time.monotonic() >= give_up_at:
                return False
            time.sleep(_POLL_S)
        return True

    def _is_locked(self) -> bool:
        try:
            with self._lock.open() as lock:
                return not taken(lock.fileno(), 0, shared=True)
        except FileNotFoundError:
            return False

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Hold the lock; a process that inherits it goes on holding it."""
        try:
            for folder in (self._folder.parent, self._folder):
                folder.mkdir(mode=0o700, exist_ok=True)
            lock = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BadFile(f"{self._folder} cannot be written to: {error.strerror}") from error
        try:
            if not taken(lock, _LOCK_WAIT_S):
                raise EngineRefused(
                    f"the embedded gateway of this hub is already running (pid {self.pid()})",
                    hint="`hubctl restart` makes it read its files again, `hubctl down` stops it",
                )
            yield lock
        finally:
            os.close(lock)
