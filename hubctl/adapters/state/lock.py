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

from hubctl.adapters.files import faults
from hubctl.errors import Busy

# Held while a verify runs: what it starts beside the hub is then in use.
VERIFY = "verify.lock"
WAIT_S = 5.0
# Who does not wait for another holder waits for those who only ask who holds it.
AT_ONCE_S = 0.2
_POLL_S = 0.02


def taken(descriptor: int, wait_s: float, *, shared: bool = False) -> bool:
    """Take the lock of an open file, until it is closed; false when somebody else still holds it after wait_s.

    Shared is for those who only ask whether it is held: in the same moment, they must not take each other for a holder.
    """
    give_up_at = time.monotonic() + wait_s
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= give_up_at:
            return False
        time.sleep(_POLL_S)


@contextmanager
def hub_lock(file: Path, doing: str, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold a hub's lock; the file says who holds it, for what, and since when.

    Raises Busy when somebody else still holds it after wait_s, BadFile when the file cannot be made.
    """
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise faults.refused(error, file, "cannot be opened") from error
    try:
        if not taken(descriptor, wait_s):
            raise Busy(
                f"another hubctl is at work on this hub: {_holder(file)}", hint="wait for it to end and run again"
            )
        told = {"pid": os.getpid(), "command": doing, "since": datetime.now(UTC).isoformat(timespec="seconds")}
        with suppress(OSError):  # a full disk: the lock holds all the same, and only does not say whose it is
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
        return None if taken(descriptor, 0, shared=True) else _holder(file)
    finally:
        os.close(descriptor)


@contextmanager
def folder_lock(folder: Path, about: Path, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold a lock on a folder itself, for what is to be changed there: nothing is left in it.

    Raises Busy, BadFile.
    """
    try:
        about.stat()
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise faults.refused(error, about, "cannot be opened", hint="check the path") from error
    try:
        if not taken(descriptor, wait_s):
            raise Busy(
                f"another hubctl is changing {about}, or a file beside it", hint="wait for it to end and run again"
            )
        yield
    finally:
        os.close(descriptor)


def _holder(file: Path) -> str:
    try:
        told = json.loads(file.read_text())
        return f"`hubctl {told['command']}` (pid {told['pid']}, since {told['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "it does not say which"
