"""One look for all who watch: how often, what a stream gets, what a late answer waits for."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from hubctl.dashboard.snapshots import IDLE_S, MOST, STALE_S, WATCHED_S, Found, Snapshots

INTERVAL_S = 0.02


class Stage:
    """Snapshots of a scripted look, on a clock that the test moves."""

    def __init__(self, *, took_s: float = 0.0) -> None:
        self.looks = 0
        self.now = 100.0
        self.mark: object = "as it was"
        self._took_s = took_s
        self.snapshots = Snapshots(self._look, interval_s=INTERVAL_S, clock=lambda: self.now)

    async def _look(self) -> Found:
        self.looks += 1
        await asyncio.sleep(self._took_s)
        return Found({"schema": 1, "ok": True, "data": {"look": self.looks}}, self.mark)

    def run(self, play: Callable[[], Awaitable[None]]) -> None:
        async def all_of_it() -> None:
            looking = asyncio.create_task(self.snapshots.run())
            try:
                async with asyncio.timeout(10):
                    await play()
            finally:
                self.snapshots.stop()
                looking.cancel()

        asyncio.run(all_of_it())


async def taken(events: AsyncIterator[str], count: int) -> list[str]:
    return [await anext(events) for _ in range(count)]


def test_a_hundred_who_ask_at_once_cost_one_look() -> None:
    stage = Stage(took_s=0.05)

    async def play() -> None:
        seen = await asyncio.gather(*(stage.snapshots.last() for _ in range(100)))
        assert {each.number for each in seen if each} == {1}

    stage.run(play)
    assert stage.looks <= 2


def test_a_stream_gets_the_recent_looks_first_then_each_as_it_comes() -> None:
    stage = Stage()

    async def play() -> None:
        first = stage.snapshots.events()
        assert (await anext(first)).startswith("id: 1\nevent: status\ndata: {")
        await taken(first, 3)
        late = await taken(stage.snapshots.events(), 5)
        numbers = [int(text.split("\n")[0].removeprefix("id: ")) for text in late]
        assert numbers == [1, 2, 3, 4, 5]
        again = await anext(stage.snapshots.events(after=3))
        assert again.startswith("id: 4\n")
        another_run = await anext(stage.snapshots.events(after=999))
        assert another_run.startswith("id: 1\n")
        assert json.loads(late[0].split("data: ")[1])["data"] == {"look": 1}

    stage.run(play)


def test_only_so_many_are_kept() -> None:
    stage = Stage()

    async def play() -> None:
        watcher = stage.snapshots.events()
        await taken(watcher, MOST + 10)
        newcomer = stage.snapshots.events()
        oldest = int((await anext(newcomer)).split("\n")[0].removeprefix("id: "))
        assert oldest >= 11

    stage.run(play)


def test_a_change_is_told_to_all_streams() -> None:
    stage = Stage(took_s=0.2)

    async def play() -> None:
        streams = [stage.snapshots.events() for _ in range(3)]
        for each in streams:
            await anext(each)
        waiting = [asyncio.ensure_future(anext(each)) for each in streams]
        await asyncio.sleep(0)
        stage.snapshots.changed()
        assert set(await asyncio.gather(*waiting)) == {"event: change\ndata: {}\n\n"}

    stage.run(play)


def test_a_change_by_somebody_else_is_told_once() -> None:
    stage = Stage()

    async def play() -> None:
        watcher = stage.snapshots.events()
        assert all("event: status" in text for text in await taken(watcher, 3))
        stage.mark = "changed by hand"
        assert sum("event: change" in text for text in await taken(watcher, 6)) == 1

    stage.run(play)


def test_nobody_watching_means_no_looks_until_somebody_asks() -> None:
    stage = Stage()

    async def play() -> None:
        await asyncio.sleep(INTERVAL_S * 10)
        assert stage.looks == 1
        stage.now += STALE_S + 1
        seen = await stage.snapshots.last()
        assert seen is not None
        assert seen.number == 2  # what was seen long ago is no answer
        await asyncio.sleep(INTERVAL_S * 10)
        assert stage.looks > 3  # somebody has asked just now
        stage.now += WATCHED_S + 1
        await asyncio.sleep(INTERVAL_S * 4)
        rested = stage.looks
        await asyncio.sleep(INTERVAL_S * 10)
        assert stage.looks == rested

    stage.run(play)
    assert IDLE_S > WATCHED_S > STALE_S


def test_the_end_ends_every_stream_and_every_wait() -> None:
    stage = Stage(took_s=60)

    async def play() -> None:
        waiting = asyncio.ensure_future(stage.snapshots.last())
        stream = asyncio.ensure_future(taken(stage.snapshots.events(), 1))
        await asyncio.sleep(0.01)
        stage.snapshots.stop()
        assert await waiting is None
        try:
            await stream
        except (StopAsyncIteration, RuntimeError):
            return
        raise AssertionError("the stream goes on")

    stage.run(play)
