"""What comes between while the gateway is started anew: a clear message, nothing lost, and the next run works."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tests.engine.restart.paid_hub import (
    answers,
    containers,
    docker,
    drift,
    effect,
    enable,
    enabling,
    gateway,
    inspected,
    restart,
    starts,
)
from tests.gateway.embedded_hub import eventually
from tests.real_hub import Files, RealHub
from tests.sweeps import few

pytestmark = pytest.mark.engine


def works_again(hub: RealHub, *words: str) -> None:
    """See that the next run brings back what there was."""
    done = restart(hub, *words)
    assert done.code == 0, done.out
    assert drift(hub) == []
    assert answers(hub)


def test_a_port_that_is_taken_meanwhile_is_named_with_its_owner(hub: RealHub, before: Files) -> None:
    with taken_as_soon_as_free(int(hub.env["LITELLM_PORT"])):
        done = enable(hub)
    assert (done.code, done.error["code"]) == (4, "rolled_back"), done.out
    assert f"port {hub.env['LITELLM_PORT']} of this machine is taken by" in done.error["message"]
    assert Files.of(hub) == before
    works_again(hub)


@contextmanager
def taken_as_soon_as_free(port: int) -> Iterator[None]:
    """Listen on a port as soon as its owner lets go of it, until the block ends."""
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            with suppress(OSError), socket.create_server(("127.0.0.1", port)):
                over.wait()
            time.sleep(0.005)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_an_image_that_was_removed_is_named_and_the_gateway_left_alone(hub: RealHub, before: Files) -> None:
    first = starts(hub)["litellm"]
    image = hub.env["LITELLM_IMAGE"]
    source = docker("inspect", "--format", "{{.Image}}", gateway(hub))
    docker("rmi", image)
    try:
        done = restart(hub)
        assert (done.code, done.error["code"]) == (4, "engine_refused"), done.out
        assert f"the image {image} is not on this machine" in done.error["message"]
        enabled = enable(hub)
        assert enabled.code == 4, enabled.out
        assert image in enabled.error["message"]
        assert Files.of(hub) == before
        assert starts(hub)["litellm"] == first
        assert answers(hub)
    finally:
        docker("tag", source, image)
    assert drift(hub) == []


def test_a_gateway_that_runs_out_of_memory_at_its_start_is_told_so(hub: RealHub, before: Files) -> None:
    docker("stop", "--time", "1", gateway(hub))  # one that runs has more than that already
    docker("update", "--memory", "120m", "--memory-swap", "120m", gateway(hub))
    done = restart(hub)
    assert (done.code, done.error["code"]) == (4, "not_ready"), done.out
    assert "memory" in done.error["message"]
    (note,) = done.document["data"]["notes"]
    assert note.startswith("nothing was rolled back: the service ran on this very config before")
    assert Files.of(hub) == before
    works_again(hub, "--recreate")


def test_a_container_that_was_removed_by_hand_is_made_anew(hub: RealHub) -> None:
    docker("rm", "--force", gateway(hub))
    done = restart(hub)
    assert (done.code, effect(done)) == (0, ("recreated", "it had no container")), done.out
    assert answers(hub)


def test_a_paused_container_is_restarted(hub: RealHub) -> None:
    first = starts(hub)["litellm"]
    docker("pause", gateway(hub))
    done = restart(hub)
    assert (done.code, effect(done)[0]) == (0, "restarted"), done.out
    assert starts(hub)["litellm"][0] == first[0]
    assert answers(hub)


def test_a_gateway_that_somebody_stops_before_it_is_ready_is_brought_back_on_the_old_files(
    hub: RealHub, before: Files
) -> None:
    first = inspected(hub)["Id"]
    process = enabling(hub)
    eventually(lambda: is_another(inspected(hub), first))
    hub.compose("stop", "--timeout", "0", "litellm")
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 4, out
    assert "rolled_back" in out
    assert Files.of(hub) == before
    assert drift(hub) == []
    assert answers(hub)


def is_another(found: Any, first: str) -> bool:
    return bool(found) and found["Id"] != first and found["State"]["Running"]


@pytest.mark.parametrize("after_s", few(1, [0.5, 1.5, 3.0, 6.0]))
def test_a_recreation_by_somebody_else_at_the_same_time_is_survived(
    hub: RealHub, before: Files, after_s: float
) -> None:
    """Either of both may win; what hubctl says is what there is, and one command more puts all right."""
    process = enabling(hub)
    time.sleep(after_s)
    words = ["docker", "compose", "--file", "compose.local.yml", "up", "--detach", "--force-recreate", "--no-deps"]
    subprocess.run([*words, "litellm"], cwd=hub.root, env=hub.env, capture_output=True, timeout=120, check=False)
    out, err = process.communicate(timeout=180)
    assert process.returncode in {0, 4}, out
    assert "Traceback" not in err
    assert (Files.of(hub) == before) == (process.returncode == 4)
    works_again(hub)
    assert containers(hub) == [gateway(hub)]
