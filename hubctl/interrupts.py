"""The signals that end hubctl early: Ctrl-C, `kill`, a terminal that is closed. Each is raised as KeyboardInterrupt.

What must not stop half way holds them back, and lets them through where it can still be undone:

    with held():
        try:
            with let():
                ...  # interrupted here
        finally:
            ...  # but never here
"""

import _thread
import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ContextDecorator, contextmanager
from types import FrameType
from typing import NoReturn, Self

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Both the shell and the kernel send SIGHUP when a terminal is closed: what follows so soon is the same interruption.
_SAME_S = 1.0
_NOTICED_WITHIN_S = 0.2
_IMPORTER = "<frozen importlib._bootstrap>"
_IMPORTED_WITHIN_S = 0.05  # and if it takes longer, this long again


class _State:
    """Which signal came first, how deep the program holds interrupts back, and how deep it did outside each `let`."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.depth = 0
        self.lets: list[int] = []
        self.is_waiting = False
        self.raised_at = -math.inf
        self.left: str | None = None
        self.has_begun = False

    def take(self, number: int, frame: FrameType | None) -> None:
        """Raise the interrupt, or keep it until it may be raised."""
        self.first = self.first or number
        if self.depth:
            self.is_waiting = True
        elif self.lets and _is_importing(frame):  # what cleans up afterwards may need that module, too
            _thread.start_new_thread(_send_later, (number,))
        elif time.monotonic() - self.raised_at >= _SAME_S:
            self.interrupt()

    def interrupt(self) -> NoReturn:
        """Raise it, and hold the next ones back where this one was let through: there it is cleaned up."""
        self.is_waiting, self.raised_at = False, time.monotonic()
        if self.lets:
            self.depth = self.lets.pop()
        raise KeyboardInterrupt


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported: of one that stays half done, the next import of it may fail."""
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTER:
            return True
        frame = frame.f_back
    return False


def _send_later(number: int) -> None:
    time.sleep(_IMPORTED_WITHIN_S)
    os.kill(os.getpid(), number)


_state = _State()


def watch() -> None:
    """Take these signals from now on, except those that the parent ignores, as `nohup` and a background job do."""
    for number in wanted():
        signal.signal(number, _state.take)


def wanted() -> tuple[int, ...]:
    """Return the signals that are not ignored."""
    return tuple(number for number in NUMBERS if signal.getsignal(number) is not signal.SIG_IGN)


def note(number: int) -> None:
    """Note a signal that somebody else takes, for the exit code."""
    _state.first = _state.first or number


def exit_code() -> int:
    """Return the exit code of an interrupted program, as shells have it: 130 after Ctrl-C, 143 after `kill`."""
    return 128 + (_state.first or signal.SIGINT)


def came() -> bool:
    """Whether an interrupt was raised."""
    return _state.raised_at > -math.inf


def is_behind(error: BaseException) -> bool:
    """Whether an interrupt is its cause: Python up to 3.11 makes a RuntimeError of one that comes in a class."""
    cause = error.__cause__ or error.__context__
    return isinstance(error, KeyboardInterrupt) or (cause is not None and is_behind(cause))


def begins() -> None:
    """Note that a command begins to do what it is for: from here on it says itself what an interrupt leaves."""
    _state.has_begun = True


def has_begun() -> bool:
    """Whether a command has begun, so that something may have been changed."""
    return _state.has_begun


def are_held() -> bool:
    """Whether an interrupt that comes now has to wait."""
    return _state.depth > 0


class held(ContextDecorator):  # noqa: N801 - reads as what it does
    """Hold interrupts back until the end, and raise one that came then.

    With `finish`, what was done stands: nothing is left to interrupt, so nothing is raised. An error that is on its way
    is not replaced by an interrupt. Outside the main thread, which alone gets signals, it does nothing.
    """

    def __init__(self, *, finish: bool = False) -> None:
        self._finish = finish

    def __enter__(self) -> Self:
        if _is_main():
            _state.depth += 1
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if not _is_main():
            return
        _state.depth -= 1
        if _state.is_waiting and not _state.depth:
            _state.is_waiting = False
            if kind is None and not self._finish:
                _state.interrupt()


class let:  # noqa: N801 - reads as what it does
    """Let interrupts through within `held`. The first one ends this: what follows is held back again."""

    def __enter__(self) -> None:
        self._outside, self._depth = len(_state.lets), _state.depth
        if _is_main():
            _state.lets.append(_state.depth)
            _state.depth = 0
            if _state.is_waiting:
                _state.interrupt()

    def __exit__(self, *_: object) -> None:
        if _is_main():
            del _state.lets[self._outside :]
            _state.depth = self._depth


@contextmanager
def noticed() -> Iterator[None]:
    """Notice a signal that comes in the very moment before a wait: Python alone would notice it only after the wait.

    A timer ends each wait for an instant, and what it waits for is lost to none of them (PEP 475).
    """
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, _NOTICED_WITHIN_S, _NOTICED_WITHIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def let_waiting() -> None:
    """Raise an interrupt that was held back until now, where what was done can still be undone."""
    if _is_main() and _state.is_waiting:
        _state.interrupt()


def leaves(text: str) -> None:
    """Note what an interrupt from now on leaves: what was rolled back, what goes on, and the command that shows it."""
    if _is_main():
        _state.left = text


def left() -> str | None:
    """Return what was noted last; None where nothing was."""
    return _state.left


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
