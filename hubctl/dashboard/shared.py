"""Looks at the hub that many pages ask for at once, and that are made once for all of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from hubctl.dashboard.answers import Document

Look = Callable[[], Awaitable[Document]]


class Shared:
    """One kind of look. Who asks while one is being made shares the next, which sees all that was done until then.

    Between two of them it rests for rest_s, however many ask.
    """

    def __init__(self, rest_s: float = 0.0) -> None:
        self._rest_s = rest_s
        self._ended_s = -rest_s
        self._going: asyncio.Task[Document] | None = None
        self._next: asyncio.Task[Document] | None = None

    async def get(self, look: Look) -> Document:
        """Give what the next look finds. Who leaves earlier takes it from nobody else."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._going, look))
        return await asyncio.shield(self._next)

    async def _after(self, before: "asyncio.Task[Document] | None", look: Look) -> Document:
        if before is not None:
            await asyncio.wait([before])
        await asyncio.sleep(max(0.0, self._ended_s + self._rest_s - time.monotonic()))
        self._going, self._next = self._next, None
        try:
            return await look()
        finally:
            self._ended_s = time.monotonic()
