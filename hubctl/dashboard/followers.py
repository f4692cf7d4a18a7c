"""Logs that are followed: one reader for each service, however many watch."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator

from hubctl import parallel
from hubctl.dashboard.news import News, happens
from hubctl.dashboard.snapshots import HEARTBEAT_S
from hubctl.dashboard.threads import soon
from hubctl.dashboard.wire import HEARTBEAT, event
from hubctl.errors import HubError

MOST_LINES = 1000
# Reads a log for as long as the function says so.
Read = Callable[[Callable[[], bool]], Iterator[str]]


class Follower:
    """The log of one service as it grows, read in a thread that ends with the log, or after the last watcher."""

    def __init__(self, read: Read) -> None:
        self._loop = asyncio.get_running_loop()
        self._read = read
        self._lines: deque[tuple[int, str]] = deque(maxlen=MOST_LINES)
        self._number = 0
        self._news = News()
        self.watchers = 0
        self.over = False
        self.reading = True
        # Only once somebody watches: without watchers it ends.
        self._loop.call_soon(lambda: parallel.start(self._follow))

    def _follow(self) -> None:
        try:
            for line in self._read(lambda: self.watchers > 0):
                soon(self._loop, lambda line=line: self._add(line))  # type: ignore[misc]
        except HubError as error:
            soon(self._loop, lambda error=error: self._add(error.sentence))  # type: ignore[misc]
        finally:
            self.reading = False
            soon(self._loop, self.end)

    def _add(self, line: str) -> None:
        self._number += 1
        self._lines.append((self._number, line))
        self._news.tell()

    def end(self) -> None:
        """Say that no more lines come."""
        self.over = True
        self._news.tell()

    async def events(self, tail: int) -> AsyncIterator[str]:
        """Yield the last lines, then the new ones; a watcher that is slow misses those that many others followed."""
        number = max(0, self._number - tail)
        while True:
            news, over = self._news.next, self.over
            for at, line in [each for each in self._lines if each[0] > number]:
                number = at
                yield event("line", json.dumps({"text": line}))
            if over:
                return
            if not await happens(news, HEARTBEAT_S):
                yield HEARTBEAT


class Followers:
    """The followed logs, by service."""

    def __init__(self) -> None:
        self._by_service: dict[str, Follower] = {}

    async def watch(self, service: str, tail: int, read: Read) -> AsyncIterator[str]:
        """Watch the log of a service; `read` is called when nobody follows it yet."""
        found = self._by_service.get(service)
        if found is None or found.over:
            found = self._by_service[service] = Follower(read)
        found.watchers += 1
        try:
            async for each in found.events(tail):
                yield each
        finally:
            found.watchers -= 1

    @property
    def reading(self) -> bool:
        """Whether a log is being read yet."""
        return any(each.reading for each in self._by_service.values())

    def stop(self) -> None:
        """End every stream; the readers end soon after."""
        for each in self._by_service.values():
            each.end()
