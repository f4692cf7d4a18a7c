"""`hubctl verify` on five real containers: all proved, one fault one red claim, and nothing left behind."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Finished
from tests.real_hub import RealHub, claims_of
from tests.sweeps import few

pytestmark = pytest.mark.engine

SERVICES = ("openwebui", "litellm", "ollama", "redis", "db")


def docker(*words: str) -> list[str]:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True, timeout=60)
    return sorted(done.stdout.split())


def everything(hub: RealHub) -> dict[str, list[str]]:
    """The containers, networks and volumes of the hub's project, and what carries the label of a second gateway."""
    project = f"label=com.docker.compose.project={hub.project}"
    return {
        "containers": docker("ps", "--all", "--quiet", "--filter", project),
        "networks": docker("network", "ls", "--quiet", "--filter", project),
        "volumes": docker("volume", "ls", "--quiet", "--filter", project),
        "second": seconds(hub),
    }


def seconds(hub: RealHub) -> list[str]:
    """The containers of a second gateway of this hub."""
    return docker("ps", "--all", "--quiet", "--filter", f"label=hubctl.second={hub.root / 'compose.local.yml'}")


def claims(hub: RealHub) -> dict[str, Any]:
    return claims_of(hub.hubctl("verify", "--json"))


@contextmanager
def verifying(hub: RealHub, *words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run verify up to the moment when the second gateway is there."""
    with hub.begin("verify", *words) as process:
        give_up_at = time.monotonic() + 60
        while len(seconds(hub)) < 2:
            assert time.monotonic() < give_up_at
            time.sleep(0.1)
        yield process


def test_everything_is_proved_and_nothing_is_left_or_changed_and_no_secret_told(hub: RealHub, tmp_path: Path) -> None:
    secrets = [
        value
        for file in (hub.root / "env").glob("*.env")
        for line in file.read_text().splitlines()
        if len(value := line.partition("=")[2]) > 40
    ]
    assert len(secrets) >= 5
    before = everything(hub)
    files = {path: path.read_bytes() for path in hub.root.rglob("*") if path.is_file() and ".hubctl" not in path.parts}
    with verifying(hub, "--json", "--report", tmp_path / "r.md") as process:
        inspected = subprocess.run(
            ["docker", "inspect", *seconds(hub)], capture_output=True, text=True, check=True, timeout=60
        ).stdout
        out, err = process.communicate(timeout=120)
    done = Finished(process.returncode, out, err)
    told = claims_of(done)
    assert [name for name, claim in told.items() if claim["ok"] is not True] == ["dashboard"]
    assert set(done.data["versions"]) >= {"hubctl", "litellm", "redis"}
    assert everything(hub) == before
    assert before["second"] == []
    assert {
        path: path.read_bytes() for path in hub.root.rglob("*") if path.is_file() and ".hubctl" not in path.parts
    } == files
    assert "expires in" in told["redis_cache"]["evidence"]
    assert "llama3.2:3b was made to fail: qwen2.5-coder:1.5b answered" in told["fallbacks"]["evidence"]
    assert "/v1/chat/completions?hubctl-verify=" in told["call_logged"]["evidence"]
    rows = (tmp_path / "r.md").read_text().splitlines()
    assert len([row for row in rows if row.startswith("| ")]) == 1 + len(done.data["claims"])
    texts = [inspected, out, (hub.root / ".hubctl" / "verify.json").read_text()]
    assert not [secret for secret in secrets for text in texts if secret in text]
    assert {tuple(each["Mounts"]) for each in json.loads(inspected)} == {()}


@pytest.mark.parametrize("how", few(1, ["stop", "pause"]))
def test_without_redis_exactly_the_claim_about_the_cache_is_not_proved(hub: RealHub, how: str) -> None:
    hub.compose(how, "redis")
    try:
        found = claims(hub)
    finally:
        hub.compose({"pause": "unpause", "stop": "start"}[how], "redis")
    assert [name for name, claim in found.items() if claim["ok"] is False] == ["redis_cache"]
    assert found["redis_cache"]["evidence"].startswith("redis is ")
    assert seconds(hub) == []


def test_a_service_that_is_down_is_the_claim_about_services(hub: RealHub) -> None:
    hub.compose("stop", "openwebui")
    try:
        found = claims(hub)
    finally:
        hub.compose("start", "openwebui")
    assert found["services_healthy"]["ok"] is False
    assert "openwebui is stopped" in found["services_healthy"]["evidence"]


@pytest.mark.parametrize(
    ("number", "code"), few(1, [(signal.SIGHUP, 129), (signal.SIGTERM, 143), (signal.SIGINT, 130)])
)
def test_an_interrupted_verify_leaves_nothing(hub: RealHub, number: signal.Signals, code: int) -> None:
    with verifying(hub) as process:
        process.send_signal(number)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)  # which must not keep it from cleaning up
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, "interrupted: the second gateway was removed; nothing was changed\n")
    assert seconds(hub) == []


def test_what_a_killed_one_left_is_known_by_sight_told_and_removed(hub: RealHub) -> None:
    with verifying(hub) as process:
        process.kill()
    left = docker("inspect", "--format", "{{.Name}}", *seconds(hub))
    assert [name.rpartition("-")[0] for name in left] == [
        f"/{hub.project}-hubctl-verify-gateway",
        f"/{hub.project}-hubctl-verify-model",
    ]
    for each in seconds(hub):
        inspected = subprocess.run(["docker", "inspect", each], capture_output=True, text=True, check=True, timeout=60)
        labels = json.loads(inspected.stdout)[0]["Config"]["Labels"]
        assert (labels["hubctl.folder"], labels["hubctl.command"]) == (str(hub.root), "hubctl verify")
        assert "may be removed" in labels["hubctl.note"]
    for command in ("status", "doctor"):
        # Two gateways that start and one that was left may well take all the time of a look.
        notes = hub.hubctl(command, "--json", "--timeout", "60").data["notes"]
        (told,) = [note for note in notes if "was killed" in note]
        assert all(name.strip("/") in told for name in left)
        assert "`hubctl up`" in told
    assert hub.hubctl("up").code == 0
    assert seconds(hub) == []
    assert not [note for note in hub.hubctl("status", "--json").data["notes"] if "was killed" in note]


def test_what_a_running_one_uses_is_neither_told_nor_removed(hub: RealHub) -> None:
    with verifying(hub) as process:
        used = seconds(hub)
        assert not [note for note in hub.hubctl("status", "--json").data["notes"] if "was killed" in note]
        refused = hub.hubctl("down", "--json")
        assert (refused.code, refused.error["code"]) == (4, "busy")
        assert "`hubctl verify`" in refused.error["message"]
        assert seconds(hub) == used
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def test_what_a_killed_one_left_is_removed_by_the_next(hub: RealHub) -> None:
    with verifying(hub) as process:
        process.kill()
    left = seconds(hub)
    assert len(left) == 2
    assert hub.hubctl("verify").code in {0, 1}
    assert seconds(hub) == []


def test_down_removes_what_a_killed_one_left_on_its_network(hub: RealHub) -> None:
    with verifying(hub) as process:
        process.kill()
    assert len(seconds(hub)) == 2
    try:
        assert hub.hubctl("down").code == 0
        assert seconds(hub) == []
        assert everything(hub)["networks"] == []
    finally:
        assert hub.hubctl("up").code == 0
