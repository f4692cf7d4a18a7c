"""What is read of a container, from a real engine: above all how the run before this one ended."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from hubctl.adapters.docker.containers import LABEL
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.engine_address import choose
from hubctl.core.compose.stack import KILLED, Instance

pytestmark = pytest.mark.engine

PROJECT = "hubctl-ends"


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.fixture
def container(engine: None) -> Iterator[str]:
    """A container that the engine starts again whenever it ends."""
    labels = {"project": PROJECT, "service": "litellm", "oneoff": "False"}
    words = [word for name, value in labels.items() for word in ("--label", f"{LABEL}{name}={value}")]
    made = docker(
        "run",
        "--detach",
        "--restart",
        "always",
        *words,
        "busybox",
        "sh",
        "-c",
        "trap 'exit 3' TERM; while :; do sleep 0.1; done",
    )
    yield made
    docker("rm", "--force", made)


def seen() -> Instance:
    (found,) = Engine(choose(os.environ, None)).containers(lambda labels: labels.get(f"{LABEL}project") == PROJECT)
    return found.instance


def end(container: str, number: signal.Signals, *, restarts: int) -> Instance:
    """End the container's process from outside the engine, and wait until the engine has started it again."""
    os.kill(int(docker("inspect", "--format", "{{.State.Pid}}", container)), number)
    give_up_at = time.monotonic() + 30
    while (now := seen()).restarts < restarts or now.status != "running":
        assert time.monotonic() < give_up_at, now
        time.sleep(0.1)
    return now


def test_one_that_was_killed_and_runs_again_says_that_it_was_killed(container: str) -> None:
    assert seen().exit_code is None
    assert end(container, signal.SIGKILL, restarts=1).exit_code == KILLED
    assert end(container, signal.SIGTERM, restarts=2).exit_code is None  # the last end counts, and this one was orderly
