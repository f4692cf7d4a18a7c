"""Doctor on the embedded gateway: the real proxy as a process, a real Redis, and an Ollama that a test breaks."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.embedded_hub import eventually, tell_neighbours
from tests.real_hub import RealHub
from tests.real_servers import free_port, litellm, redis_server
from tests.servers import Script, reply, routes, serving

pytestmark = pytest.mark.gateway

PULLED = {"models": [{"name": name, "size": 1} for name in ("llama3.2:3b", "qwen2.5-coder:1.5b")]}


@dataclass
class Stage:
    """A hub whose gateway runs embedded, and what its Ollama answers."""

    hub: RealHub
    ollama: dict[str, bytes | Script]

    def doctor(self) -> dict[str, Any]:
        found: dict[str, Any] = self.hub.hubctl("doctor", "--json").data
        return found

    def states(self) -> dict[str, str]:
        return {hop["hop"]: hop["state"] for hop in self.doctor()["hops"]}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    litellm()
    ollama: dict[str, bytes | Script] = {
        "/api/version": reply(200, {"version": "0.12.0"}),
        "/api/tags": reply(200, PULLED),
    }
    root = tmp_path / "hub"
    root.mkdir()
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DOCKER_HOST": "unix:///nowhere/docker.sock"}
    hub = RealHub(root, env)
    assert hub.hubctl("init").code == 0
    lines = (root / "env/redis.env").read_text().splitlines()
    password = next(line.partition("=")[2] for line in lines if line.startswith("REDIS_PASSWORD="))
    with serving(routes(ollama)) as at, redis_server(tmp_path, "--requirepass", password) as redis:
        tell_neighbours(root, redis.port, at.port)
        env["LITELLM_PORT"] = str(free_port())
        done = hub.hubctl("up", "--embedded", "--json")
        assert done.code == 0, done.out + done.err
        yield Stage(hub, ollama)
        hub.hubctl("down")


def test_the_same_hops_as_far_as_there_are_any_and_each_is_broken_in_turn(stage: Stage) -> None:
    found = stage.doctor()
    assert (found["headline"], found["errors"]) == (None, 0)
    assert set(stage.states()) == {
        *("engine", "gateway container", "gateway network", "gateway", "key", "models", "ollama", "pulled", "cache"),
        *("disk", "memory", "clock", "files", "change"),
    }
    assert set(stage.states().values()) == {"well"}

    stage.ollama["/api/tags"] = reply(200, {"models": PULLED["models"][:1]})
    assert stage.doctor()["headline"] == "pulled"
    stage.ollama["/api/tags"] = reply(500, {})
    assert stage.doctor()["headline"] == "ollama"
    stage.ollama["/api/tags"] = reply(200, PULLED)

    env = stage.hub.root / "env/litellm.env"
    env.write_text(env.read_text().replace("LITELLM_MASTER_KEY=sk-", "LITELLM_MASTER_KEY=sk-x"))
    found = stage.doctor()
    assert found["headline"] == "key"
    assert "LITELLM_MASTER_KEY was changed" in next(hop["detail"] for hop in found["hops"] if hop["hop"] == "key")

    status = stage.hub.hubctl("status", "--json").data
    (pid,) = (i["pid"] for s in status["services"] if s["role"] == "gateway" for i in s["instances"])
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: stage.doctor()["headline"] == "gateway container")
    assert {stage.states()[name] for name in ("ollama", "pulled", "cache")} == {"unknown"}
