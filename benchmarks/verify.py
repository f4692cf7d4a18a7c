"""How long `hubctl verify` takes on a healthy embedded hub whose models answer at once."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import Bar, seconds
from tests.real_servers import free_port, redis_server

HUBCTL = [sys.executable, "-m", "hubctl"]
ROUNDS = 3


def bars() -> Iterator[Bar]:
    """Verify the hub as `hubctl init` makes it, with canned answers and a real Redis; nothing where one is missing."""
    if not Path(sys.executable).with_name("litellm").exists() or shutil.which("redis-server") is None:
        print("skip `hubctl verify`: needs the LiteLLM proxy (extra `embedded`) and redis-server")
        return
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder)) as (hub, env):
        checked = subprocess.run([*HUBCTL, "verify"], cwd=hub, env=env, capture_output=True, text=True, check=False)
        if checked.returncode:
            raise SystemExit(f"the hub to measure on is not healthy:\n{checked.stdout}{checked.stderr}")
        times = [seconds([*HUBCTL, "verify", "--json"], cwd=hub, env=env) for _ in range(ROUNDS)]
    detail = f"slowest of {ROUNDS} {max(times):.1f} s, the start of a second gateway included"
    yield Bar("`hubctl verify`, healthy, instant models", statistics.median(times), 20.0, "s", detail)


@contextmanager
def _running(folder: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    hub = folder / "hub"
    subprocess.run([*HUBCTL, "init", hub], check=True, capture_output=True)
    lines = (hub / "env" / "redis.env").read_text().splitlines()
    (password,) = (line.partition("=")[2] for line in lines if line.startswith("REDIS_PASSWORD="))
    with redis_server(folder, "--requirepass", password) as redis:
        ports = {"LITELLM_PORT": free_port(), "OLLAMA_PORT": free_port(), "REDIS_PORT": redis.port}
        env = {**os.environ, **{name: str(port) for name, port in ports.items()}}
        try:
            subprocess.run([*HUBCTL, "up", "--embedded", "--demo"], cwd=hub, env=env, check=True, capture_output=True)
            yield hub, env
        finally:
            subprocess.run([*HUBCTL, "down"], cwd=hub, env=env, check=False, capture_output=True)
