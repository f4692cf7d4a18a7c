"""What clients of the gateway notice of a restart: open requests end well, and the gap is the one that is told."""

import re
import threading
import time

import httpx
import pytest

from hubctl.core.compose.stack import Address
from tests.engine.restart.paid_hub import address, authorization, restart
from tests.liveliness import watched
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
        with watched(Address("127.0.0.1", int(hub.env["LITELLM_PORT"]))) as gaps:
            done = []
            restarting = threading.Thread(target=lambda: done.append(restart(hub)))
            began = time.monotonic()
            restarting.start()
            rest = list(lines)
            finished = time.monotonic()
            restarting.join()
    assert done[0].code == 0, done[0].out
    text = "".join(re.findall(r'"content":"([^"]*)"', "".join([first, *rest])))
    assert text == "".join(WORDS)
    assert "data: [DONE]" in rest
    (ready,) = [proof["detail"] for proof in done[0].data["proof"] if proof["check"] == "ready"]
    (told_s,) = map(float, re.findall(r"([0-9.]+) s without service", ready))
    assert told_s == pytest.approx(max(gaps), rel=0.1, abs=1.0)
    assert max(gaps) > finished - began  # it waited for the stream before it went
