"""How long `hubctl status` takes on five real services, and when two of them hang."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import Bar, medians, seconds
from tests.real_hub import docker_problem, hub_environment

HUBCTL = [sys.executable, "-m", "hubctl"]


def bars() -> Iterator[Bar]:
    """Start a hub on the real engine and measure on it; nothing where there is no engine."""
    if problem := docker_problem():
        print(f"skip `hubctl status`: {problem}")
        return
    with tempfile.TemporaryDirectory() as folder:
        hub = Path(folder) / "bench-hub"
        with _running(hub, {**os.environ, **hub_environment()}) as env:
            yield _beside_compose(hub, env)
            yield _with_two_hanging(hub, env)


def _beside_compose(hub: Path, env: Mapping[str, str]) -> Bar:
    ps = ["docker", "compose", "--file", "compose.local.yml", "ps", "--format", "json"]
    status, compose = medians([[*HUBCTL, "status", "--json"], ps], rounds=9, cwd=hub, env=env)
    detail = f"{status * 1000:.0f} ms against {compose * 1000:.0f} ms, five healthy services"
    return Bar("`hubctl status --json` / `docker compose ps`", status / compose, 3.5, "times", detail)


def _with_two_hanging(hub: Path, env: Mapping[str, str]) -> Bar:
    """A paused container accepts connections and never answers."""
    compose = ["docker", "compose", "--file", "compose.local.yml"]
    subprocess.run([*compose, "pause", "ollama", "openwebui"], cwd=hub, env=env, check=True, capture_output=True)
    try:
        hanging = statistics.median(
            seconds([*HUBCTL, "status", "--timeout", "2", "--json"], cwd=hub, env=env) for _ in range(5)
        )
        start = statistics.median(seconds([*HUBCTL, "--version"], cwd=hub, env=env) for _ in range(5))
    finally:
        subprocess.run([*compose, "unpause", "ollama", "openwebui"], cwd=hub, env=env, check=True, capture_output=True)
    detail = f"{hanging:.2f} s in all, start-up {start:.2f} s"
    return Bar("`hubctl status --timeout 2`, two of five hanging", hanging - start, 2.3, "s", detail)


@contextmanager
def _running(hub: Path, env: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    subprocess.run([*HUBCTL, "init", hub], env=env, check=True, capture_output=True)
    try:
        subprocess.run([*HUBCTL, "up"], cwd=hub, env=env, check=True, capture_output=True)
        yield env
    finally:
        subprocess.run([*HUBCTL, "down", "--volumes", "--yes"], cwd=hub, env=env, check=False, capture_output=True)
