"""What `hubctl dashboard` costs: its answers under fifty clients, its looks at the hub, its memory after an hour."""

import asyncio
import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks.timing import Bar, Command
from hubctl.hub import Hub
from hubctl.output import Output
from hubctl.settings import Settings
from tests.dashboards import Dashboard, dashboard
from tests.processes import environment
from tests.real_servers import free_port

HUBCTL = [sys.executable, "-m", "hubctl"]
CLIENTS, SECONDS = 50, 30
HOUR_S = 3600.0
PAGES = 10


def bars() -> Iterator[Bar]:
    """Measure on the hub as `hubctl init` makes it, with canned answers; nothing where a part is missing."""
    if not Path(sys.executable).with_name("litellm").exists() or find_spec("fastapi") is None:
        print("skip `hubctl dashboard`: needs the LiteLLM proxy and FastAPI (extras `embedded` and `dashboard`)")
        return
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder) / "hub") as (hub, env):
        with dashboard(hub, env) as board:
            yield from _under_clients(hub, board)
        yield _after_an_hour(hub, env)


def _under_clients(hub: Path, board: Dashboard) -> Iterator[Bar]:
    """Fifty clients on connections of their own, one request a second each, spread over the second."""
    from hubctl.dashboard.snapshots import INTERVAL_S

    def client(number: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", board.port, timeout=30)
        took_ms = []
        for turn in range(SECONDS):
            time.sleep(max(0.0, began + turn + number / CLIENTS - time.monotonic()))
            asked = time.perf_counter()
            connection.request("GET", "/api/status", headers=board.bearer)
            answer = connection.getresponse()
            assert json.loads(answer.read())["ok"], answer.status
            took_ms.append((time.perf_counter() - asked) * 1000)
        connection.close()
        return took_ms

    board.get("/api/status")
    before, began = _probes(hub), time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        times = sorted(each for took in pool.map(client, range(CLIENTS)) for each in took)
    rounds, intervals = _probes(hub) - before, (time.monotonic() - began) / INTERVAL_S
    detail = f"median {times[len(times) // 2]:.1f} ms, slowest {times[-1]:.1f} ms of {len(times)}"
    name = f"`GET /api/status`, {CLIENTS} clients, one request a second each: p99"
    yield Bar(name, times[len(times) * 99 // 100], 100.0, "ms", detail)
    yield Bar("rounds of probes in an interval", rounds / (intervals + 1), 1.0, "rounds", f"{rounds} in {SECONDS} s")


def _probes(hub: Path) -> int:
    """How often the gateway was probed, as its own log tells."""
    return (hub / ".hubctl/embedded/gateway.log").read_text(errors="replace").count("GET /health/readiness/details")


def _after_an_hour(hub: Path, env: dict[str, str]) -> Bar:
    command: Command = [sys.executable, "-m", "benchmarks.dashboard", hub]
    told = json.loads(subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout)
    detail = f"{told['looks']} looks at a running hub, {PAGES} pages that watch; {told['before_mb']:.0f} MB at first"
    return Bar("memory after an hour's worth of looks", told["after_mb"], 120.0, "MB", detail)


@contextmanager
def _running(hub: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    env = environment(**{name: str(free_port()) for name in ("LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT")})
    subprocess.run([*HUBCTL, "init", hub], check=True, capture_output=True)
    try:
        subprocess.run([*HUBCTL, "up", "--embedded", "--demo"], cwd=hub, env=env, check=True, capture_output=True)
        yield hub, env
    finally:
        subprocess.run([*HUBCTL, "down"], cwd=hub, env=env, check=False, capture_output=True)


async def _hour(root: Path) -> dict[str, float]:
    """Look as often as in an hour, one look right after the other, in the parts that the dashboard is made of."""
    from hubctl.dashboard import server
    from hubctl.dashboard.app import build
    from hubctl.dashboard.board import Board
    from hubctl.dashboard.snapshots import INTERVAL_S, Snapshots

    hub = Hub(Settings.read(), Output(as_json=True, color=False), folder=root)
    bugs: list[Exception] = []
    board = Board(hub, read_only=False, snapshots=Snapshots(server.look_at(hub, bugs.append), interval_s=0.0))
    app = build(board)
    app.openapi()
    wanted = int(HOUR_S / INTERVAL_S)
    looking = asyncio.create_task(board.snapshots.run())
    await board.snapshots.last()
    before_mb = _memory_mb()

    async def watch(events: AsyncIterator[str]) -> None:
        async for text in events:
            if text.startswith(f"id: {wanted}\n"):
                return

    await asyncio.gather(*(watch(board.snapshots.events()) for _ in range(PAGES)))
    looking.cancel()
    assert bugs == []
    return {"looks": wanted, "before_mb": before_mb, "after_mb": _memory_mb()}


def _memory_mb() -> float:
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_hour(Path(sys.argv[1])))))
