"""Plain sync work in threads of its own, for async code to wait for."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from hubctl import parallel

Value = TypeVar("Value")


class Threads:
    """Does so many pieces of work at once; what comes then waits for its turn."""

    def __init__(self, most: int) -> None:
        self._turns = asyncio.Semaphore(most)

    async def run(self, work: Callable[[], Value]) -> Value:
        """Do the work and give its value, or raise its error.

        Who waits may leave earlier: the work goes on, and its turn ends when it does.
        """
        await self._turns.acquire()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Value] = loop.create_future()

        def deliver(value: Value | None, error: BaseException | None) -> None:
            self._turns.release()
            if done.cancelled():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(value)  # type: ignore[arg-type]  # null only with an error

        def run() -> None:
            value: Value | None = None
            failure: BaseException | None = None
            try:
                value = work()
            except BaseException as error:  # noqa: BLE001 - handed to who waits, whatever it is
                failure = error
            soon(loop, lambda: deliver(value, failure))

        parallel.start(run)
        return await done


def soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Have the loop call something, from another thread; nothing once the loop has ended."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)
