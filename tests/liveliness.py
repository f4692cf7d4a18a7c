"""How long a gateway does not answer, seen from the side."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services import http_probe
from hubctl.core.compose.stack import Address
from hubctl.core.probe import NoAnswer

TICK_S = 0.02


def says_well(address: Address, path: str) -> bool:
    """Whether it answers this path with 200."""
    try:
        return http_probe.get(address, path, deadline=Deadline(1)).status == 200
    except NoAnswer:
        return False


@contextmanager
def watched(address: Address) -> Iterator[list[float]]:
    """Ask whether it is alive until the block ends; collects the seconds from each answer to the next."""
    gaps: list[float] = []
    over = threading.Event()

    def watch() -> None:
        last = time.perf_counter()
        while not over.wait(TICK_S):
            if says_well(address, "/health/liveliness"):
                gaps.append(time.perf_counter() - last)
                last = time.perf_counter()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield gaps
        time.sleep(10 * TICK_S)  # so that the end of a gap is seen
    finally:
        over.set()
        thread.join()
