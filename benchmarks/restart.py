"""`hubctl restart` beside `docker compose restart` and a loop that asks for readiness: how long, and how long away."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import Bar
from hubctl.core.compose.stack import Address
from tests.liveliness import TICK_S, says_well, watched
from tests.real_hub import RealHub, docker_problem, hub_at

ROUNDS = 5
# Two clocks that tick every 20 ms, on a machine that does other things, too.
NOISE_S = 0.3


@dataclass(frozen=True, slots=True)
class Pass:
    """One restart: seconds until it was known to be ready, and seconds in which nothing answered."""

    took_s: float
    gap_s: float


def bars() -> Iterator[Bar]:
    """Restart the gateway of a hub on the real engine in both ways, in turns; nothing where there is no engine."""
    if problem := docker_problem():
        print(f"skip `hubctl restart`: {problem}")
        return
    with tempfile.TemporaryDirectory() as folder, hub_at(Path(folder) / "bench-restart") as hub:
        assert hub.hubctl("up").code == 0
        pairs = [(_timed(hub, _by_compose), _timed(hub, _by_hubctl)) for _ in range(ROUNDS + 1)][1:]
    theirs, ours = zip(*pairs, strict=True)
    yield _bar("to proven-ready", 1.5, [each.took_s for each in ours], [each.took_s for each in theirs])
    yield _bar("without service", NOISE_S, [each.gap_s for each in ours], [each.gap_s for each in theirs])


def _bar(what: str, limit_s: float, ours: list[float], theirs: list[float]) -> Bar:
    mine, other = statistics.median(ours), statistics.median(theirs)
    detail = f"{mine:.2f} s against {other:.2f} s, median of {ROUNDS}"
    return Bar(f"`hubctl restart` over `docker compose restart`, {what}", mine - other, limit_s, "s", detail)


def _by_hubctl(hub: RealHub) -> None:
    done = hub.hubctl("restart", "--json")
    assert done.code == 0, done.out


def _by_compose(hub: RealHub) -> None:
    hub.compose("restart", "litellm")
    while not says_well(_address(hub), "/health/readiness"):
        time.sleep(TICK_S)


def _timed(hub: RealHub, restart: Callable[[RealHub], None]) -> Pass:
    with watched(_address(hub)) as gaps:
        began = time.perf_counter()
        restart(hub)
        took_s = time.perf_counter() - began
    return Pass(took_s, max(gaps))


def _address(hub: RealHub) -> Address:
    return Address("127.0.0.1", int(hub.env["LITELLM_PORT"]))
