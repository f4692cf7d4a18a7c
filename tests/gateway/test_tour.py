"""The tour without Docker: the real LiteLLM proxy as a local process, hubctl as its operator runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_hub import RealHub
from tests.real_servers import free_port, litellm

pytestmark = pytest.mark.gateway

NAMES = {"llama3.2:3b", "qwen2.5-coder:1.5b", "llama3", "coder"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RealHub]:
    """A hub on ports where nothing listens, on a machine whose Docker is nowhere."""
    litellm()
    ports = {name: str(free_port()) for name in ("LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT")}
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DOCKER_HOST": "unix:///nowhere/docker.sock", **ports}
    root = tmp_path / "hub"
    root.mkdir()
    hub = RealHub(root, env)
    assert hub.hubctl("init").code == 0
    yield hub
    hub.hubctl("down")


def test_a_demo_hub_answers_for_every_local_model_and_says_demo_everywhere(hub: RealHub) -> None:
    up = hub.hubctl("up", "--embedded", "--demo", "--json")
    assert up.code == 0, up.out
    assert up.data["hub"]["runtime"] == "embedded"

    status = hub.hubctl("status", "--json")
    assert status.code == 0, status.out
    (gateway,) = status.data["services"]
    assert gateway["role"] == "gateway"
    assert gateway["state"] == "healthy"
    assert "demo" in gateway["detail"]

    models = hub.hubctl("models", "--json").data["models"]
    assert {model["name"] for model in models if model["listed"] and model["demo"]} == NAMES

    tested = hub.hubctl("test-model", "--json")
    assert tested.code == 0, tested.out
    assert {result["model"] for result in tested.data["results"] if result["demo"]} == NAMES
    for words in (["status"], ["models"], ["test-model"]):
        assert "demo" in hub.hubctl(*words).out


def test_the_whole_tour_leaves_the_hubs_own_files_as_they_were(hub: RealHub) -> None:
    def own() -> dict[Path, bytes]:
        files = (path for path in hub.root.rglob("*") if path.is_file() and ".hubctl" not in path.parts)
        return {path: path.read_bytes() for path in files}

    before = own()
    assert hub.hubctl("up", "--embedded", "--demo").code == 0
    pid = hub.service("litellm")["instances"][0]["pid"]

    restarted = hub.hubctl("restart", "--json")
    assert restarted.code == 0, restarted.out
    assert all(proof["ok"] for proof in restarted.data["proof"])
    assert hub.service("litellm")["instances"][0]["pid"] != pid
    assert hub.hubctl("test-model", "llama3").code == 0

    logs = hub.hubctl("logs", "--tail", "2", "--json")
    assert len(logs.data["lines"]) == 2
    assert hub.hubctl("down", "--json").data["was_running"] is True
    assert hub.hubctl("down", "--json").data["was_running"] is False

    status = hub.hubctl("status", "--json")
    assert status.code == 1
    assert status.data["state"] == "down"
    assert status.data["services"][0]["state"] == "missing"
    assert own() == before


def test_without_an_ollama_and_without_demo_local_models_fail_with_that_reason(hub: RealHub) -> None:
    up = hub.hubctl("up", "--embedded", "--json")
    assert up.code == 0, up.out
    notes = " ".join(up.data["notes"])
    assert "Ollama" in notes
    assert "Redis" in notes

    status = hub.hubctl("status", "--json")
    assert status.code == 1
    assert status.data["state"] == "degraded"

    tested = hub.hubctl("test-model", "llama3", "--json")
    assert tested.code == 1
    (result,) = tested.data["results"]
    assert result["demo"] is False
    assert "Ollama" in result["reason"]


def test_a_config_that_stops_the_proxy_is_named_and_leaves_nothing_running(hub: RealHub) -> None:
    config = hub.root / "conf" / "litellm" / "litellm_config.yaml"
    config.write_text(config.read_text().replace("simple-shuffle", "round-robin"))
    up = hub.hubctl("up", "--embedded", "--demo", "--json")
    assert up.code == 4
    assert up.error["code"] == "not_ready"
    assert "round-robin" in up.error["message"]
    assert hub.hubctl("down", "--json").data["was_running"] is False


def test_compose_does_not_start_while_the_embedded_gateway_runs(hub: RealHub) -> None:
    assert hub.hubctl("up", "--embedded", "--demo").code == 0
    done = hub.hubctl("up", "--json")
    assert done.code == 4
    assert "hubctl down" in done.error["hint"]
    assert hub.hubctl("status").code == 0


def test_an_embedded_hub_that_lost_an_env_file_can_still_be_looked_at_and_stopped(hub: RealHub) -> None:
    assert hub.hubctl("up", "--embedded", "--demo").code == 0
    (hub.root / "env" / "litellm.env").unlink()
    refused = hub.hubctl("restart", "--json").error
    assert "env/litellm.env is missing" in refused["message"]
    assert hub.hubctl("status", "--json").code == 1
    assert hub.hubctl("logs", "--tail", "1").code == 0
    assert hub.hubctl("down", "--json").data["was_running"] is True
