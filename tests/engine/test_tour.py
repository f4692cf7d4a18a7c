"""The whole tour on real containers of LiteLLM, Redis and PostgreSQL: init, up, status, models, test, restart, down."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.real_hub import RealHub

pytestmark = pytest.mark.engine

NAMES = ["llama3.2:3b", "qwen2.5-coder:1.5b", "llama3", "coder"]
SERVICES = {"openwebui": "ui", "litellm": "gateway", "ollama": "ollama", "redis": "cache", "db": "database"}


def containers(hub: RealHub) -> dict[str, Any]:
    """Every container as the status tells it, but for Docker's own health: it lags by an interval and changes alone."""
    return {
        service["service"]: [{**each, "health": None} for each in service["instances"]]
        for service in hub.hubctl("status", "--json").data["services"]
    }


def test_compose_finds_nothing_to_say_about_a_hub_just_made(new_hub: RealHub) -> None:
    assert new_hub.compose("config", "--quiet") == ""


def test_status_of_a_running_hub_is_healthy_in_all_five_services(hub: RealHub) -> None:
    done = hub.hubctl("status", "--json")
    assert done.code == 0
    assert done.data["state"] == "healthy"
    assert {service["service"]: service["role"] for service in done.data["services"]} == SERVICES
    assert {service["state"] for service in done.data["services"]} == {"healthy"}
    assert done.data["hub"] == {"root": str(hub.root), "project": hub.project, "runtime": "compose"}


def test_status_says_the_versions_that_the_services_tell(hub: RealHub) -> None:
    assert hub.service("litellm")["version"].startswith("1.")
    assert hub.service("redis")["version"].startswith("7.")


def test_status_finds_the_same_hub_from_a_folder_inside_it(hub: RealHub) -> None:
    inside = RealHub(hub.root / "conf" / "litellm", hub.env)
    assert inside.hubctl("status", "--json").data["hub"]["root"] == str(hub.root)


def test_status_starts_no_compose_process(hub: RealHub, tmp_path: Path) -> None:
    trap = tmp_path / "docker"
    trap.write_text('#!/bin/sh\ntouch "$0.called"\nexit 1\n')
    trap.chmod(0o755)
    assert hub.hubctl("status", PATH=f"{tmp_path}:/usr/bin:/bin").code == 0
    assert not (tmp_path / "docker.called").exists()


def test_up_on_a_running_hub_changes_nothing(hub: RealHub) -> None:
    before = containers(hub)
    assert hub.hubctl("up").code == 0
    assert containers(hub) == before


def test_models_are_listed_by_the_gateway_and_pulled(hub: RealHub) -> None:
    done = hub.hubctl("models", "--json")
    assert done.code == 0
    active = {model["name"]: model for model in done.data["models"] if model["state"] == "active"}
    assert list(active) == NAMES
    assert all(model["listed"] for model in active.values())
    assert active["llama3.2:3b"]["pulled"] is True
    assert active["llama3.2:3b"]["size_bytes"] > 0


def test_every_local_model_answers(hub: RealHub) -> None:
    for name in NAMES:
        done = hub.hubctl("test-model", name, "--json")
        assert done.code == 0, done.out
        (result,) = done.data["results"]
        assert result["outcome"] == "passed"
        assert result["completion_tokens"] > 0
        assert result["cached"] is False
        assert result["demo"] is False


def test_without_names_all_active_free_models_are_tested(hub: RealHub) -> None:
    done = hub.hubctl("test-model", "--json")
    assert done.code == 0
    assert [result["model"] for result in done.data["results"]] == NAMES


def test_restart_brings_back_the_same_container_with_a_new_start(hub: RealHub) -> None:
    before = hub.service("litellm")["instances"][0]
    done = hub.hubctl("restart", "--json")
    after = hub.service("litellm")["instances"][0]
    assert done.code == 0, done.out
    assert done.data["change"]["effect"] == "restarted"
    assert all(proof["ok"] for proof in done.data["proof"])
    assert after["id"] == before["id"]
    assert after["started_at"] > before["started_at"]
    assert hub.hubctl("test-model", "llama3").code == 0


def test_restart_of_a_named_service_leaves_the_others_alone(hub: RealHub) -> None:
    before = containers(hub)
    assert hub.hubctl("restart", "redis").code == 0
    after = containers(hub)
    assert after.pop("redis") != before.pop("redis")
    assert after == before


def test_logs_of_one_service_and_of_all(hub: RealHub) -> None:
    one = hub.hubctl("logs", "litellm", "--tail", "5", "--json")
    assert one.code == 0
    assert {line["service"] for line in one.data["lines"]} == {"litellm"}
    assert len(one.data["lines"]) == 5
    assert {line["service"] for line in hub.hubctl("logs", "--json").data["lines"]} == set(SERVICES)


def test_logs_of_an_unknown_service_name_it(hub: RealHub) -> None:
    done = hub.hubctl("logs", "nonsense", "--json")
    assert done.code == 4
    assert "nonsense" in done.error["message"]


def test_watch_prints_a_document_a_line(hub: RealHub) -> None:
    words = [sys.executable, "-m", "hubctl", "status", "--watch", "--interval", "0.2", "--json"]
    with subprocess.Popen(words, cwd=hub.root, env=hub.env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        states = [json.loads(process.stdout.readline())["data"]["state"] for _ in range(3)]
        process.terminate()
    assert states == ["healthy"] * 3


def test_no_key_of_the_hub_is_in_anything_that_is_printed(hub: RealHub) -> None:
    secrets = [
        line.partition("=")[2]
        for file in (hub.root / "env").glob("*.env")
        for line in file.read_text().splitlines()
        if re.match(r"[A-Z_]+(KEYS?|PASSWORD)=|DATABASE_URL=", line)
    ]
    assert len(secrets) == 7
    for words in (["status"], ["models"], ["test-model"], ["logs"], ["restart"]):
        for form in ([], ["--json"]):
            done = hub.hubctl(*words, *form)
            assert not [secret for secret in secrets if secret in done.out + done.err], words
