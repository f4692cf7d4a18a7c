"""Drift on the real stack: what the files say beside what runs, and what makes it go away."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from hubctl.hub import Hub
from hubctl.output import Output
from hubctl.runtimes import Runtime
from hubctl.settings import Settings
from tests.gateway.embedded_hub import eventually
from tests.real_hub import RealHub
from tests.sweeps import few

pytestmark = pytest.mark.engine

SECRET = "sk-drift-0123456789"
CONFIG = "conf/litellm/litellm_config.yaml"


def drift(hub: RealHub) -> dict[str, list[tuple[str, str]]]:
    """Kind and name of what the status shows, by service; services without any are left out."""
    seen = hub.hubctl("status", "--json").data
    found = {
        service["service"]: [(each["kind"], each["name"]) for each in service["drift"]] for service in seen["services"]
    }
    found = {service: drifts for service, drifts in found.items() if drifts}
    assert (seen["state"] == "degraded") == bool(found), seen
    return found


def runtime(hub: RealHub) -> Runtime:
    """The same hub's runtime in this process."""
    return Hub(Settings(hub.root, hub.env), Output(as_json=True, color=False)).runtime


def containers(hub: RealHub) -> dict[str, str]:
    """The one container of each service."""
    return {service["service"]: instance["id"] for service in services(hub) for instance in service["instances"]}


def inside(hub: RealHub, service: str, *command: str) -> str:
    """Run a command in a service's container."""
    done = subprocess.run(
        ["docker", "exec", containers(hub)[service], *command], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def replaced(file: Path, text: str) -> None:
    """Put another file in a file's place, as careful editors do."""
    beside = file.with_name("beside")
    beside.write_text(text)
    beside.replace(file)


@contextmanager
def kept(file: Path) -> Iterator[str]:
    """Give a file's text, and put it back in the end, in the same file."""
    text = file.read_text()
    try:
        yield text
    finally:
        file.write_text(text)


def wait(hub: RealHub) -> None:
    """Until the status says that every service is well: `up` would change things."""
    eventually(hub.is_alive, within_s=180)
    eventually(lambda: all(each["state"] == "healthy" for each in services(hub)), within_s=180)


def services(hub: RealHub) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.hubctl("status", "--json").data["services"]
    return found


@pytest.fixture
def clean(hub: RealHub) -> RealHub:
    """The hub, without drift."""
    assert drift(hub) == {}
    return hub


def test_nothing_changed_is_no_drift_before_and_after_a_restart(clean: RealHub) -> None:
    assert runtime(clean).drift("litellm") == ()
    assert clean.hubctl("restart").code == 0
    (clean.root / CONFIG).touch()
    assert drift(clean) == {}
    assert runtime(clean).drift("litellm") == ()
    assert runtime(clean).obstacles("litellm") == ()


def test_a_key_in_the_env_file_is_drift_by_name_until_the_container_is_new(clean: RealHub) -> None:
    before = containers(clean)
    with kept(clean.root / "env/litellm.env") as text:
        (clean.root / "env/litellm.env").write_text(f"{text}\nDRIFT_API_KEY={SECRET}\n")
        assert drift(clean) == {"litellm": [("env", "DRIFT_API_KEY")]}
        shown = clean.hubctl("status")
        assert "DRIFT_API_KEY was set after the container was created: `hubctl restart`" in shown.out
        assert SECRET not in shown.out
        assert shown.code == 1
        clean.compose("restart", "litellm")  # which keeps the environment
        wait(clean)
        assert drift(clean) == {"litellm": [("env", "DRIFT_API_KEY")]}

        assert clean.hubctl("restart").code == 0
        after = containers(clean)
        assert inside(clean, "litellm", "printenv", "DRIFT_API_KEY") == SECRET
        assert drift(clean) == {}
        assert {name for name in before if before[name] != after[name]} == {"litellm"}
        assert clean.hubctl("up").code == 0  # which finds nothing to do
        assert containers(clean) == after
    assert drift(clean) == {"litellm": [("env", "DRIFT_API_KEY")]}  # taken out again
    assert clean.hubctl("restart").code == 0
    assert drift(clean) == {}
    assert inside(clean, "litellm", "printenv", "DRIFT_API_KEY") == ""


def test_another_config_is_drift_until_the_gateway_starts_again(clean: RealHub) -> None:
    before = containers(clean)
    file = clean.root / CONFIG
    ways = ("edited in place", "replaced", "an older file moved there")
    with kept(file) as text:
        for how in ways:
            changed = f"{text}\n# {how}\n"
            if how == "edited in place":
                file.write_text(changed)
            else:
                replaced(file, changed)
            if how == "an older file moved there":
                os.utime(file, (0, 0))
            assert drift(clean) == {"litellm": [("config", "litellm_config.yaml")]}, how
            if how not in few(1, reversed(ways)):
                file.write_text(text)  # as the gateway has read it
                assert drift(clean) == {}, how
                continue
            assert clean.hubctl("restart").code == 0
            assert drift(clean) == {}
            assert containers(clean) == before
            assert inside(clean, "litellm", "tail", "-1", "/app/config/litellm_config.yaml") == f"# {how}"
    assert drift(clean) == {"litellm": [("config", "litellm_config.yaml")]}
    assert clean.hubctl("restart").code == 0
    assert drift(clean) == {}


def test_after_a_start_by_somebody_else_the_files_times_and_the_view_inside_tell(clean: RealHub) -> None:
    file = clean.root / CONFIG
    clean.compose("restart", "litellm")
    wait(clean)
    assert drift(clean) == {}
    with kept(file) as text:
        file.chmod(0o600)
        file.chmod(0o644)
        assert drift(clean) == {}
        replaced(file, f"{text}\n# changed\n")
        os.utime(file, (0, 0))
        if os.geteuid() == 0:  # the view inside is root's alone
            assert drift(clean) == {"litellm": [("config", "litellm_config.yaml")]}
        os.utime(file)
        assert drift(clean) == {"litellm": [("config", "litellm_config.yaml")]}
        clean.compose("restart", "litellm")
        wait(clean)
        assert drift(clean) == {}
    assert clean.hubctl("restart").code == 0
    assert drift(clean) == {}


def test_a_tag_that_moved_on_is_drift_of_its_image(clean: RealHub) -> None:
    image = clean.env["REDIS_IMAGE"]
    tag = "hubctl-test/redis:drift"
    moved = RealHub(clean.root, {**clean.env, "REDIS_IMAGE": tag})
    try:
        docker("tag", image, tag)
        assert moved.hubctl("up").code == 0
        assert drift(moved) == {}
        docker("tag", clean.env["POSTGRES_IMAGE"], tag)
        assert drift(moved) == {"redis": [("image", tag)]}
        docker("tag", image, tag)
        assert drift(moved) == {}
    finally:
        assert clean.hubctl("up").code == 0
        docker("rmi", tag)
    assert drift(clean) == {}


def test_a_changed_compose_file_is_told_by_compose_alone(clean: RealHub) -> None:
    file = clean.root / "compose.local.yml"
    with kept(file) as text:
        file.write_text(text.replace("    restart: unless-stopped", "    restart: always", 1))
        changed = [name for name in containers(clean) if runtime(clean).drift(name)]
        assert len(changed) == 1
        assert [each.kind for each in runtime(clean).drift(changed[0])] == ["compose"]
        assert drift(clean) == {}  # status starts no process
    assert runtime(clean).drift(changed[0]) == ()


def obstacles(hub: RealHub) -> list[str]:
    return [each.message for each in runtime(hub).obstacles("litellm")]


def test_what_would_stop_a_start_is_told_before(clean: RealHub) -> None:
    config, env = clean.root / CONFIG, clean.root / "env/litellm.env"
    with kept(env) as text:
        env.write_text(f"{text}BAD NAME=1\n")
        (obstacle,) = obstacles(clean)
        assert obstacle.startswith(f"{env}, line {text.count(chr(10)) + 1}: ")
    away = config.rename(config.with_suffix(".away"))
    try:
        assert obstacles(clean) == [f"{config} is missing"]
        config.mkdir()
        assert obstacles(clean) == [f"{config} is a directory, not a file"]
    finally:
        with suppress(OSError):
            config.rmdir()
        away.rename(config)
    gone = RealHub(clean.root, {**clean.env, "LITELLM_IMAGE": "no/such:image"})
    assert obstacles(gone) == ["the image no/such:image is not on this machine"]
    assert clean.hubctl("restart").code == 0


def test_a_recreation_that_was_cut_off_is_seen_and_the_next_one_clears_it(clean: RealHub) -> None:
    """Compose gives the new container a name of its own until the old one is gone: that is what is left of it."""
    old = json.loads(docker("inspect", containers(clean)["redis"]))[0]
    left = f"{old['Id'][:12]}_{old['Name'].lstrip('/')}"
    labels = {**old["Config"]["Labels"], "com.docker.compose.replace": old["Id"]}
    words = [word for name, value in labels.items() for word in ("--label", f"{name}={value}")]
    docker("create", "--name", left, *words, clean.env["REDIS_IMAGE"])
    seen: Any = clean.hubctl("status", "--json").data
    assert seen["notes"] == [f"{left} is left of a recreation that was cut off: `hubctl up` finishes it"]
    first = containers(clean)["redis"]
    assert clean.hubctl("restart", "redis").code == 0  # of the one that runs; what is left of the other goes
    assert containers(clean)["redis"] == first
    assert left not in docker("ps", "--all", "--format", "{{.Names}}").split()
    assert clean.hubctl("status", "--json").data["notes"] == []
    assert drift(clean) == {}


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout
