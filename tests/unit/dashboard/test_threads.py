"""Sync work in threads, and logs that several follow."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from hubctl.dashboard.followers import Followers
from hubctl.dashboard.threads import Threads
from hubctl.errors import UnknownService


def test_work_gives_its_value_or_its_error() -> None:
    async def play() -> None:
        threads = Threads(2)
        assert await threads.run(lambda: 7) == 7
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)

    asyncio.run(play())


def test_only_so_much_goes_on_at_once() -> None:
    now, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1

    async def play() -> None:
        threads = Threads(3)
        await asyncio.gather(*(threads.run(work) for _ in range(12)))

    asyncio.run(play())
    assert most == 3


def test_who_leaves_early_does_not_keep_a_turn_for_ever() -> None:
    async def play() -> None:
        threads = Threads(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(threads.run(lambda: time.sleep(0.2)), 0.05)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(threads.run(lambda: 1), 0.05)  # the first one still works
        assert await asyncio.wait_for(threads.run(lambda: 2), 2) == 2

    asyncio.run(play())


def test_one_reader_serves_all_who_follow_a_log_and_ends_after_the_last() -> None:
    readers = 0
    ended = threading.Event()

    def read(going: Callable[[], bool]) -> Iterator[str]:
        nonlocal readers
        readers += 1
        yield from ("one", "two", "three")
        while going():
            time.sleep(0.01)
        ended.set()

    async def play() -> None:
        followers = Followers()
        first = followers.watch("db", 10, read)
        lines = [await anext(first) for _ in range(3)]
        assert lines[2] == 'event: line\ndata: {"text": "three"}\n\n'
        second = followers.watch("db", 1, read)
        assert '"three"' in await anext(second)
        await first.aclose()  # type: ignore[attr-defined]
        await second.aclose()  # type: ignore[attr-defined]

    asyncio.run(play())
    assert readers == 1
    assert ended.wait(2)


def test_a_log_that_ends_ends_its_stream_and_an_error_is_its_last_line() -> None:
    def read(_going: object) -> Iterator[str]:
        yield "one"
        raise UnknownService("it is gone", hint="look again")

    async def play() -> list[str]:
        return [text async for text in Followers().watch("db", 10, read)]

    lines = asyncio.run(play())
    assert [line.split('"')[3] for line in lines] == ["one", "it is gone; look again"]
