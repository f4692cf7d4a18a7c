"""The only module that starts threads, but for the one that sends an interrupt again."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")
Other = TypeVar("Other")

STEP_S = 0.2


def each(
    work: Callable[[Item], Value], items: Sequence[Item], *, timeout_s: float, late: Callable[[Item], Value]
) -> list[Value]:
    """Do the work for every item at once and return the values in the order of the items.

    What has not ended after timeout_s counts as `late(item)`; its thread is left behind (they are daemons, so none of
    them keeps the process alive). The first error of the work is raised here.
    """
    deadline = time.monotonic() + timeout_s
    values: dict[int, Value] = {}
    errors: list[BaseException] = []

    def run(index: int, item: Item) -> None:
        try:
            values[index] = work(item)
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            errors.append(error)

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(items)]
    for thread in threads:
        thread.start()
    for thread in threads:
        _join(thread, deadline)
    if errors:
        raise errors[0]
    return [values[index] if index in values else late(item) for index, item in enumerate(items)]


def within(timeout_s: float, work: Callable[[], Value]) -> Value | None:
    """Give what comes of a piece of work, or null where it takes longer; its thread is left behind."""
    return each(lambda one: one(), [work], timeout_s=timeout_s, late=lambda _: None)[0]


def both(one: Callable[[], Value], other: Callable[[], Other]) -> tuple[Value, Other]:
    """Do two pieces of work at once and give what comes of each. The first error of either is raised here."""
    mine: list[Value] = []
    others: list[Other] = []
    work: list[Callable[[], None]] = [lambda: mine.append(one()), lambda: others.append(other())]
    pooled(lambda each: each(), work, workers=2)
    return mine[0], others[0]


def pooled(work: Callable[[Item], Value], items: Sequence[Item], *, workers: int) -> list[Value]:
    """Do the work for every item, so many at a time, and return the values in the order of the items.

    One worker is a plain loop. After the first error, which is raised here, and after an interrupt nothing new begins.
    """
    if workers == 1:
        return [work(item) for item in items]
    values: dict[int, Value] = {}
    errors: list[BaseException] = []
    waiting = deque(enumerate(items))

    def run() -> None:
        while not errors:
            try:
                index, item = waiting.popleft()
            except IndexError:
                return
            try:
                values[index] = work(item)
            except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
                errors.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(min(workers, len(items)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            _join(thread, math.inf)
    finally:
        waiting.clear()
    if errors:
        raise errors[0]
    return [values[index] for index in range(len(items))]


def shared(ask: Callable[[], Value]) -> Callable[[], Value]:
    """Let all who ask at once share one answer, which is never older than their questions."""
    lock = threading.Lock()
    last: list[tuple[float, Value]] = []

    def answer() -> Value:
        came_s = time.monotonic()
        with lock:
            if not last or last[0][0] < came_s:
                last[:] = [(time.monotonic(), ask())]
            return last[0][1]

    return answer


def one_at_a_time() -> AbstractContextManager[bool]:
    """Give what one thread after the other may be within."""
    return threading.Lock()


def start(work: Callable[[], None]) -> None:
    """Do the work in a thread of its own, which nobody waits for and which does not keep the process alive."""
    threading.Thread(target=work, daemon=True).start()


def _join(thread: threading.Thread, deadline: float) -> None:
    """Wait for a thread in short steps: an interrupt in the moment before a wait begins is only noticed after it."""
    while thread.is_alive() and (left_s := deadline - time.monotonic()) > 0:
        thread.join(min(left_s, STEP_S))
