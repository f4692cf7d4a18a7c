"""What clients of the gateway notice of a restart: open requests end well, and the gap is the one that is told."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.engine.restart.paid_hub import address, authorization
from tests.one_key_provider import SLOWLY, WORDS
from tests.real_hub import RealHub

pytestmark = pytest.mark.engine


def test_an_open_stream_is_finished_and_the_gap_is_told(hub: RealHub) -> None:
    request = {"model": "slow", "stream": True, "messages": [{"role": "user", "content": SLOWLY}]}
    with httpx.stream(
        "POST", f"{address(hub)}/v1/chat/completions", headers=authorization(hub), json=request, timeout=60
    ) as answer:
        lines = answer.iter_lines()
        first = next(lines)
        with watched(hub) as gaps:
            done = []
            restart = threading.Thread(target=lambda: done.append(hub.hubctl("restart", "--json")))
            began = time.monotonic()
            restart.start()
            rest = list(lines)
            finished = time.monotonic()
            restart.join()
    assert done[0].code == 0, done[0].out
    text = "".join(re.findall(r'"content":"([^"]*)"', "".join([first, *rest])))
    assert text == "".join(WORDS)
    assert "data: [DONE]" in rest
    (ready,) = [proof["detail"] for proof in done[0].data["proof"] if proof["check"] == "ready"]
    (told_s,) = map(float, re.findall(r"([0-9.]+) s without service", ready))
    assert told_s == pytest.approx(max(gaps), abs=1.0)
    assert max(gaps) > finished - began  # it waited for the stream before it went


@contextmanager
def watched(hub: RealHub) -> Iterator[list[float]]:
    """Ask from the side whether the gateway is alive, all the time; collects how long it was not, in seconds."""
    gaps: list[float] = []
    over = threading.Event()

    def watch() -> None:
        last = time.monotonic()
        while not over.wait(0.02):
            try:
                is_alive = httpx.get(f"{address(hub)}/health/liveliness", timeout=1).status_code == 200
            except httpx.TransportError:
                is_alive = False
            if is_alive:
                gaps.append(time.monotonic() - last)
                last = time.monotonic()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield gaps
    finally:
        over.set()
        thread.join()
