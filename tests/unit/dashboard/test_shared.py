"""One look for all who ask at once."""

import asyncio
import time

import httpx
import pytest

from hubctl.dashboard.answers import Document
from hubctl.dashboard.shared import Shared
from tests.unit.dashboard.asking import BEARER, Desk

PAGES = 100


def test_who_asks_while_a_look_goes_on_shares_the_next_one() -> None:
    looks = 0

    async def look() -> Document:
        nonlocal looks
        looks += 1
        number = looks
        await asyncio.sleep(0.05)
        return {"number": number}

    async def play() -> None:
        shared = Shared()
        first = [asyncio.create_task(shared.get(look)) for _ in range(PAGES)]
        await asyncio.sleep(0.01)
        later = [asyncio.create_task(shared.get(look)) for _ in range(PAGES)]
        later[0].cancel()
        assert {(await each)["number"] for each in first} == {1}
        assert {(await each)["number"] for each in later[1:]} == {2}
        assert (await shared.get(look))["number"] == 3

    asyncio.run(play())


def test_a_look_that_fails_is_followed_by_the_next() -> None:
    async def fail() -> Document:
        raise ZeroDivisionError

    async def look() -> Document:
        return {}

    async def play() -> None:
        shared = Shared()
        with pytest.raises(ZeroDivisionError):
            await shared.get(fail)
        assert await shared.get(look) == {}

    asyncio.run(play())


def test_it_rests_between_two_looks_and_not_before_the_first() -> None:
    began: list[float] = []

    async def look() -> Document:
        began.append(time.monotonic())
        return {}

    async def play() -> None:
        shared = Shared(0.2)
        asked = time.monotonic()
        await shared.get(look)
        await shared.get(look)
        assert began[0] - asked < 0.2 <= began[1] - began[0]

    asyncio.run(play())


@pytest.mark.parametrize("path", ["/api/doctor", "/api/litellm/models"])
def test_a_hundred_pages_ask_the_hub_as_often_as_one(desk: Desk, path: str) -> None:
    async def ask(client: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(client.get(path, headers=BEARER) for _ in range(PAGES)))
        assert {answer.status_code for answer in answers} == {200}

    desk.run(ask)
    assert desk.runtime.looks < 10
