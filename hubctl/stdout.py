"""The way to stdout, which may be a full disk, or a pipe whose reader has seen enough."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from hubctl.errors import Unwritten


def send(text: str) -> None:
    """Write to stdout. Raises BrokenPipeError when its reader is gone, Unwritten when it takes nothing."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _expect_no_more()
        what = f"the result cannot be written: {error.strerror}"
        raise Unwritten(what, hint="see where stdout goes; what was done, is done") from error


@contextmanager
def closed_pipe_is_fine() -> Iterator[None]:
    """Go on without a reader: `hubctl models | head -1` has seen enough, which is no error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _expect_no_more()


def leave(code: int) -> NoReturn:
    """End at once. Threads may be left behind, and the end of the interpreter aborts one that is in a Rust library."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def _expect_no_more() -> None:
    """Let what stdout still holds, and what is yet to come, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
