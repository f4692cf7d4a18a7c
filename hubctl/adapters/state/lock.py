"""One change at a time: a lock that the kernel frees when its holder ends, however it ends.

So a lock is never stale; what a killed holder wrote into its file counts only while the lock is held.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from hubctl.errors import BadFile, Busy

# Held while a verify runs: what it starts beside the hub is then in use.
VERIFY = "verify.lock"
WAIT_S = 5.0
_POLL_S = 0.05


@contextmanager
def hub_lock(file: Path, doing: str, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold a hub's lock; the file says who holds it, for what, and since when.

    Raises Busy when somebody else still holds it after wait_s, BadFile when the file cannot be made.
    """
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadFile(f"{file} cannot be opened: {error.strerror}") from error
    try:
        if not _taken(descriptor, wait_s):
            raise Busy(
                f"another hubctl is at work on this hub: {_holder(file)}", hint="wait for it to end and run again"
            )
        told = {"pid": os.getpid(), "command": doing, "since": datetime.now(UTC).isoformat(timespec="seconds")}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(told).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder_of(file: Path) -> str | None:
    """Say who holds a hub's lock at this moment; null when nobody does."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _taken(descriptor, 0) else _holder(file)
    finally:
        os.close(descriptor)


@contextmanager
def file_lock(file: Path, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the lock of a lone file, on the file itself, so that nothing is left beside it. Raises Busy, BadFile."""
    give_up_at = time.monotonic() + wait_s
    while True:
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise BadFile(f"{file} cannot be opened: {error.strerror}", hint="check the path") from error
        try:
            if not _taken(descriptor, max(0.0, give_up_at - time.monotonic())):
                raise Busy(f"another hubctl is changing {file}", hint="wait for it to end and run again")
            # The holder before us may have put another file in its place: then this lock is nobody's concern any more.
            if os.path.samestat(os.fstat(descriptor), file.stat()):
                yield
                return
        finally:
            os.close(descriptor)


def _taken(descriptor: int, wait_s: float) -> bool:
    give_up_at = time.monotonic() + wait_s
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= give_up_at:
            return False
        time.sleep(_POLL_S)


def _holder(file: Path) -> str:
    try:
        told = json.loads(file.read_text())
        return f"`hubctl {told['command']}` (pid {told['pid']}, since {told['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "it does not say which"
