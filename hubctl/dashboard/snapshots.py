"""One look at the hub in the background for all who watch: the last ones are kept, each is sent out as it comes."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from hubctl.dashboard.answers import Document, text_of
from hubctl.dashboard.news import News, happens
from hubctl.dashboard.wire import HEARTBEAT, event

# A service that hangs shows after the time limit of a look: interval and limit together are less than 5 s.
INTERVAL_S = 1.5
LOOK_S = 3.0
MOST = 60
HEARTBEAT_S = 15.0
# Nobody watches when no stream is open and nobody has asked for so long: then it is looked less often.
WATCHED_S = 10.0
IDLE_S = 30.0
# What was seen longer ago is no answer to a new question: the next look is waited for.
STALE_S = 7.0


@dataclass(frozen=True, slots=True)
class Found:
    """What one look gives: the document, and a mark that is another one once the hub's files were changed."""

    document: Document
    mark: object = None


Look = Callable[[], Awaitable[Found]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: its number in this run, its document, and the same as text."""

    number: int
    document: Document
    text: str
    at_s: float


class Snapshots:
    """Looks again and again, for as long as `run` goes on."""

    def __init__(self, look: Look, *, interval_s: float = INTERVAL_S, clock: Callable[[], float] = time.monotonic):
        self._look = look
        self._interval_s = interval_s
        self._clock = clock
        self._recent: deque[Seen] = deque(maxlen=MOST)
        self._changes = 0
        self._streams = 0
        self._asked_s = -WATCHED_S
        self._news = News()
        self._wanted = asyncio.Event()
        self._over = False

    async def run(self) -> None:
        """Look, keep what was seen, rest."""
        number = 0
        mark: object = None
        while not self._over:
            began_s = self._clock()
            self._wanted.clear()
            found = await self._look()
            number += 1
            self._recent.append(Seen(number, found.document, text_of(found.document), self._clock()))
            if mark is not None and found.mark != mark:  # by the command line, or by hand
                self._changes += 1
            mark = found.mark
            self._news.tell()
            await self._rest(began_s)

    def stop(self) -> None:
        """End it, and every stream of it."""
        self._over = True
        self._wanted.set()
        self._news.tell()

    def changed(self) -> None:
        """Tell all who watch that the hub was changed, and look again soon."""
        self._changes += 1
        self._wanted.set()
        self._news.tell()

    async def last(self) -> Seen | None:
        """Give the last look; the first one, and one after a long rest, is waited for. Null when all is over."""
        self._asked_s = self._clock()
        while not self._over:
            if self._recent and self._clock() - self._recent[-1].at_s <= STALE_S:
                return self._recent[-1]
            self._wanted.set()
            await self._news.next.wait()
        return None

    async def events(self, after: int = 0) -> AsyncIterator[str]:
        """Yield what was seen after a number, then every look and every change as it comes."""
        self._streams += 1
        self._wanted.set()
        try:
            changes = self._changes
            number = after if self._recent and after <= self._recent[-1].number else 0
            while not self._over:
                news = self._news.next
                for seen in [each for each in self._recent if each.number > number]:
                    number = seen.number
                    yield event("status", seen.text, number)
                if changes != self._changes:
                    changes = self._changes
                    yield event("change", "{}")
                if not await happens(news, HEARTBEAT_S):
                    yield HEARTBEAT
        finally:
            self._streams -= 1

    async def _rest(self, began_s: float) -> None:
        """Wait for the next look: the usual interval while somebody watches, else until somebody does."""
        watched = self._streams > 0 or self._clock() - self._asked_s < WATCHED_S
        least_s = self._interval_s - (self._clock() - began_s)
        if least_s > 0:
            await asyncio.sleep(least_s)
        if not watched:
            await happens(self._wanted, IDLE_S)
