"""What goes wrong on a real engine: each fault ends in one clear message, the right exit code, and nothing lost."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real_hub import RealHub, hub_at, own_name

pytestmark = pytest.mark.engine


@pytest.fixture
def other_hub(engine: None, tmp_path: Path) -> Iterator[RealHub]:
    """A hub of its own for what breaks the start."""
    with hub_at(tmp_path / own_name("fault")) as broken:
        yield broken
        broken.hubctl("init")  # puts back what a test took away, so that `down` can read the hub


@contextmanager
def changed(file: Path, old: str, new: str) -> Iterator[None]:
    """Change a file for a while."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    try:
        yield
    finally:
        file.write_text(text)


def test_a_taken_port_is_named_with_its_owner(other_hub: RealHub) -> None:
    with socket.create_server(("127.0.0.1", int(other_hub.env["LITELLM_PORT"]))):
        done = other_hub.hubctl("up", "--json")
    assert done.code == 4
    assert done.error["code"] == "port_taken"
    assert other_hub.env["LITELLM_PORT"] in done.error["message"]
    assert f"pid {os.getpid()}" in done.error["message"]
    told, _, left = done.error["hint"].partition("; created until then: ")
    assert "set another port in .env" in told
    assert "litellm" in left
    assert "; `hubctl down` removes that, but no data" in left


def test_a_restart_that_a_taken_port_would_stop_leaves_all_as_it_is(other_hub: RealHub) -> None:
    port = other_hub.env["LITELLM_PORT"]
    with socket.create_server(("127.0.0.1", int(port))):
        done = other_hub.hubctl("restart", "--json")
    assert (done.code, done.error["code"]) == (4, "port_taken")
    told = f"litellm was left as it is, for it would not start: port {port} of this machine is taken by "
    assert done.error["message"].startswith(told)
    assert other_hub.hubctl("down").out.startswith("nothing was running")


def test_a_port_held_by_another_container_names_that_container(hub: RealHub, other_hub: RealHub) -> None:
    done = other_hub.hubctl("up", "--json", LITELLM_PORT=hub.env["LITELLM_PORT"])
    assert done.code == 4
    assert f"{hub.project}-litellm-1" in done.error["message"]


def test_an_image_that_is_nowhere_is_named(other_hub: RealHub) -> None:
    done = other_hub.hubctl("up", "--json", LITELLM_IMAGE="localhost:1/no/litellm:none")
    assert done.code == 4
    assert "localhost:1/no/litellm:none" in done.error["message"]
    assert done.error["hint"]


def test_a_missing_env_file_is_named(other_hub: RealHub) -> None:
    (other_hub.root / "env" / "litellm.env").unlink()
    done = other_hub.hubctl("up", "--json")
    assert done.code == 4
    assert done.error["code"] == "bad_file"
    assert "env/litellm.env" in done.error["message"]
    assert "hubctl init" in done.error["hint"]


def test_a_line_that_compose_refuses_is_named_by_file_and_number(other_hub: RealHub) -> None:
    file = other_hub.root / "env" / "litellm.env"
    line = len(file.read_text().splitlines()) + 1
    file.write_text(file.read_text() + 'NEW_KEY="sk-open-end\n')
    done = other_hub.hubctl("up", "--json")
    assert done.code == 4
    assert f"env/litellm.env, line {line}" in done.error["message"]
    assert "sk-open-end" not in done.out


def test_a_hub_with_a_broken_env_file_can_still_be_looked_at_and_stopped(other_hub: RealHub) -> None:
    assert other_hub.hubctl("up").code == 0
    file = other_hub.root / "env" / "litellm.env"
    file.write_text(file.read_text() + 'NEW_KEY="sk-open-end\n')
    assert other_hub.hubctl("status").code == 0
    assert other_hub.hubctl("logs", "redis", "--tail", "1").code == 0
    assert other_hub.hubctl("down", "--json").data["was_running"] is True


def test_a_hub_that_runs_is_found_from_anywhere_or_named_among_several(hub: RealHub, tmp_path: Path) -> None:
    done = RealHub(tmp_path, hub.env).hubctl("status", "--json")
    if done.document["ok"]:
        assert done.data["hub"]["root"] == str(hub.root)
    else:  # other hubs run on this engine
        assert (done.code, done.error["code"]) == (4, "ambiguous_service")
        assert str(hub.root) in done.error["message"]
        assert "--hub" in done.error["hint"]


def test_a_crash_loop_is_not_running_and_its_cause_is_shown(other_hub: RealHub) -> None:
    config = other_hub.root / "conf" / "litellm" / "litellm_config.yaml"
    config.write_text(config.read_text().replace("simple-shuffle", "round-robin"))
    done = other_hub.hubctl("up", "--json", "--timeout", "90")
    assert done.code == 4
    assert done.error["code"] == "not_ready"
    assert "litellm" in done.error["message"]
    assert "round-robin" in done.error["message"]
    assert other_hub.service("litellm")["state"] == "unhealthy"


def test_another_master_key_is_unauthorized_and_not_down(hub: RealHub) -> None:
    file = hub.root / "env" / "litellm.env"
    with changed(file, "LITELLM_MASTER_KEY=sk-", "LITELLM_MASTER_KEY=sk-x"):
        status = hub.hubctl("status", "--json")
        tested = hub.hubctl("test-model", "llama3", "--json")
        models = hub.hubctl("models", "--json")
    gateway = next(service for service in status.data["services"] if service["service"] == "litellm")
    assert status.code == 1
    assert gateway["state"] == "unauthorized"
    assert tested.code == 4
    assert tested.data["results"][0]["outcome"] == "error"
    assert "key" in tested.data["results"][0]["reason"]
    assert models.code == 0
    assert {model["listed"] for model in models.data["models"]} == {None}
    assert models.data["notes"]


def test_a_stopped_ollama_is_seen_and_explains_the_failing_model(hub: RealHub) -> None:
    hub.compose("stop", "ollama")
    try:
        status = hub.hubctl("status", "--json")
        tested = hub.hubctl("test-model", "llama3", "--json")
    finally:
        hub.compose("start", "ollama")
    assert status.code == 1
    assert status.data["state"] == "degraded"
    assert {s["service"]: s["state"] for s in status.data["services"]}["ollama"] == "stopped"
    assert tested.code == 1
    assert "Ollama" in tested.data["results"][0]["reason"]


def test_a_model_that_was_not_pulled_says_how_to_pull_it(hub: RealHub) -> None:
    config = hub.root / "conf" / "litellm" / "litellm_config.yaml"
    with changed(config, "ollama_chat/qwen2.5-coder:1.5b", "ollama_chat/never-pulled:1b"):
        assert hub.hubctl("restart").code == 0
        tested = hub.hubctl("test-model", "qwen2.5-coder:1.5b", "--json")
    assert hub.hubctl("restart").code == 0
    assert tested.code == 1
    assert "never-pulled:1b" in tested.data["results"][0]["reason"]
    assert "pull" in tested.data["results"][0]["reason"]


def test_paused_services_do_not_hold_up_the_status(hub: RealHub) -> None:
    hub.compose("pause", "ollama", "openwebui")
    try:
        began = time.monotonic()
        status = hub.hubctl("status", "--timeout", "2", "--json")
        took = time.monotonic() - began
    finally:
        hub.compose("unpause", "ollama", "openwebui")
    states = {service["service"]: service for service in status.data["services"]}
    assert status.code == 1
    assert "paused" in states["ollama"]["detail"]
    assert states["litellm"]["state"] == "healthy"
    assert took < 5


def test_a_restart_into_a_broken_config_names_the_cause(hub: RealHub) -> None:
    config = hub.root / "conf" / "litellm" / "litellm_config.yaml"
    with changed(config, "routing_strategy: simple-shuffle", "routing_strategy: nonsense"):
        done = hub.hubctl("restart", "--json")
    assert hub.hubctl("restart").code == 0
    assert done.code == 4
    assert "nonsense" in done.error["message"]


def test_ctrl_c_while_waiting_for_the_stack_exits_130(other_hub: RealHub) -> None:
    words = [sys.executable, "-m", "hubctl", "up"]
    with subprocess.Popen(words, cwd=other_hub.root, env=other_hub.env, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_status_after_down_says_missing_and_up_brings_the_data_back(other_hub: RealHub) -> None:
    assert other_hub.hubctl("up").code == 0
    assert other_hub.hubctl("down", "--json").data == {"was_running": True, "volumes_deleted": False, "notes": []}
    status = other_hub.hubctl("status", "--json")
    assert status.code == 1
    assert status.data["state"] == "down"
    assert {service["state"] for service in status.data["services"]} == {"missing"}
    volumes = subprocess.run(["docker", "volume", "ls", "--quiet"], capture_output=True, text=True, check=True).stdout
    assert f"{other_hub.project}_db_data" in volumes.split()
    assert other_hub.hubctl("down", "--json").data == {"was_running": False, "volumes_deleted": False, "notes": []}


def test_deleting_the_data_needs_a_yes(other_hub: RealHub) -> None:
    done = other_hub.hubctl("down", "--volumes", "--json")
    assert done.code == 4
    assert done.error["code"] == "declined"
    assert done.error["hint"] == "add --yes"


def test_what_cannot_be_read_in_a_compose_file_is_a_note_and_no_end(hub: RealHub) -> None:
    file = hub.root / "compose.local.yml"
    with changed(file, "restart: unless-stopped\n    depends_on:", "restart: ${NEVER_SET}\n    depends_on:"):
        status = hub.hubctl("status", "--json")
    assert status.code == 0
    assert [note for note in status.data["notes"] if "NEVER_SET" in note and "compose.local.yml, line" in note]
