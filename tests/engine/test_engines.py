"""Other engines than the one at the usual socket: contexts, TCP, ssh, another machine; asked and refused for real."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from hubctl.adapters.docker.engine_address import choose
from hubctl.errors import UnknownContext
from tests.engine.relays import engine_socket, relayed, ssh_server
from tests.fakes import context
from tests.processes import Finished
from tests.real_hub import RealHub
from tests.real_servers import missing
from tests.servers import never_answers, serving

pytestmark = pytest.mark.engine

# One for each worker of the tests: two may want one at the same time.
ELSEWHERE = f"10.213.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}"


def docker(variables: dict[str, str], *words: str) -> str | None:
    """What the real command says; null where it refuses."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME")}
    done = subprocess.run(
        ["docker", *words], env={**kept, **variables}, capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None


def test_the_engine_chosen_is_the_one_that_docker_chooses(engine: None, tmp_path: Path) -> None:
    for name in ("one", "two"):
        context(tmp_path, name, f"unix:///run/{name}.sock")
    hosts, names = (None, "", "tcp://127.0.0.1:9"), (None, "", "default", "one", "gone")
    for current, host, variable, option in product((None, "default", "two", "gone"), hosts, names, names):
        (tmp_path / "config.json").write_text(json.dumps({"currentContext": current} if current else {}))
        said = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_HOST": host, "DOCKER_CONTEXT": variable}
        variables = {name: value for name, value in said.items() if value is not None}
        asked = ["--context", option] if option else []
        shown = docker(variables, *asked, "context", "show")
        assert shown is not None
        address = docker(variables, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}", shown)
        assert chosen(variables, option) == (address and (shown, address)), (current, host, variable, option)


def chosen(variables: dict[str, str], option: str | None) -> tuple[str, str] | None:
    """Context and address as hubctl has them; null where it refuses."""
    try:
        found = choose(variables, option)
    except UnknownContext:
        return None
    return found.context, found.url


def at(hub: RealHub, root: Path | None = None, **variables: str) -> RealHub:
    """The same hub with other variables in the shell, or a copy of it."""
    return RealHub(root or hub.root, {**hub.env, **variables})


@pytest.fixture
def config(hub: RealHub, tmp_path: Path) -> Path:
    """A folder of Docker's that knows the real engine as the context real."""
    context(tmp_path / "docker", "real", f"unix://{engine_socket()}")
    return tmp_path / "docker"


def test_a_context_that_leads_to_the_real_engine(hub: RealHub, config: Path) -> None:
    there = at(hub, DOCKER_CONFIG=str(config), DOCKER_HOST="unix:///nonexistent/docker.sock")
    seen = there.hubctl("status", "--json", "--context", "real")
    assert seen.data["engine"] == {"state": "reachable", "detail": f"unix://{engine_socket()} (context real)"}
    assert seen.data["state"] == "healthy"
    logs = there.hubctl("logs", "redis", "--tail", "1", "--context", "real")  # by Docker Compose
    assert (logs.code, len(logs.out.splitlines())) == (0, 1)


def test_an_unknown_context_is_refused_and_the_known_ones_listed(hub: RealHub, config: Path) -> None:
    for words in (("status",), ("up",), ("logs",), ("restart",)):
        done = hub.hubctl(*words, "--json", "--context", "reel", DOCKER_CONFIG=str(config))
        assert (done.code, done.error["code"]) == (4, "unknown_context")
        assert done.error["message"] == "there is no Docker context reel; there are: default, real"


def test_an_engine_over_tcp_on_loopback_is_this_machines(hub: RealHub) -> None:
    seen: list[str] = []
    with relayed(seen=seen) as address:
        there = at(hub, DOCKER_HOST=f"tcp://{address}")
        status = there.hubctl("status", "--json")
        by_sdk = len(seen)
        restarted = there.hubctl("restart", "redis", "--json")
        before_compose = len(seen)
        logs = there.hubctl("logs", "redis", "--tail", "1")
    assert (status.data["state"], status.data["engine"]["detail"]) == ("healthy", f"tcp://{address}")
    assert restarted.code == 0
    assert logs.code == 0
    assert 0 < by_sdk < before_compose < len(seen) - 1  # hubctl itself makes one connection, Docker Compose more


def test_a_frozen_engine_is_left_within_the_timeout(hub: RealHub) -> None:
    with serving(never_answers) as address:
        began = time.monotonic()
        status = hub.hubctl("status", "--json", "--timeout", "2", DOCKER_HOST=f"tcp://{address}")
        took = time.monotonic() - began
    assert took < 4
    assert (status.code, status.data["engine"]["state"]) == (1, "unreachable")
    assert f"no Docker engine at tcp://{address}: it accepted the connection" in status.data["engine"]["detail"]
    gateway = next(service for service in status.data["services"] if service["role"] == "gateway")
    assert gateway["state"] == "unknown"  # without the engine nobody can tell whose port it is that answers


@pytest.fixture
def elsewhere(engine: None) -> Iterator[str]:
    """An address of this machine that is not its loopback, as another machine's would be."""
    if os.geteuid() != 0:
        missing("root", "only root can give this machine another address")
    subprocess.run(["ip", "address", "add", f"{ELSEWHERE}/32", "dev", "lo"], check=True)
    yield ELSEWHERE
    subprocess.run(["ip", "address", "del", f"{ELSEWHERE}/32", "dev", "lo"], check=True)


def started(hub: RealHub) -> list[tuple[str, str]]:
    """Which container of the gateway runs since when: Docker's own health lags and changes by itself."""
    return [(each["id"], each["started_at"]) for each in hub.service("litellm")["instances"]]


@pytest.fixture
def open_hub(hub: RealHub) -> Iterator[RealHub]:
    """The hub, published on all addresses of this machine for a while."""
    assert hub.hubctl("up", BIND_ADDRESS="0.0.0.0").code == 0
    yield hub
    assert hub.hubctl("up").code == 0


def test_an_engine_on_another_machine_is_only_looked_at(open_hub: RealHub, elsewhere: str, tmp_path: Path) -> None:
    """The stack is reached under the other address; the hub here is a copy under another path."""
    hub = open_hub
    shutil.copytree(hub.root, tmp_path / hub.root.name)
    with relayed(elsewhere) as address:
        copy = at(hub, tmp_path / hub.root.name, DOCKER_HOST=f"tcp://{address}")
        status = copy.hubctl("status", "--json")
        models = copy.hubctl("models", "--json")
        logs = copy.hubctl("logs", "redis", "--tail", "1")
        asked = copy.hubctl("test-model", "llama3.2:3b", "--json")
        diagnosis = copy.hubctl("doctor", "--json")
        before = started(hub)
        for words in (("up",), ("down",), ("restart",), ("down", "--volumes", "--yes")):
            done = copy.hubctl(*words, "--json")
            assert (done.code, done.error["code"], done.error["hint"]) == (
                4,
                "engine_remote",
                "run hubctl on " + elsewhere,
            )
        assert started(hub) == before
    assert status.data["state"] == "healthy", status.out
    urls = {service["service"]: service["url"] for service in status.data["services"]}
    assert urls["litellm"] == f"http://{elsewhere}:{hub.env['LITELLM_PORT']}"
    assert f"run it on {elsewhere}" in status.data["engine"]["detail"]
    assert [model["listed"] for model in models.data["models"] if model["state"] == "active"] == [True] * 4
    assert logs.code == 0
    assert asked.code == 0, asked.out
    assert diagnosis.data["headline"] is None, diagnosis.out
    unknown = [hop["hop"] for hop in diagnosis.data["hops"] if hop["state"] != "well"]
    assert unknown == ["files"], diagnosis.out  # those that the containers mount lie on that machine


def test_what_another_machine_publishes_on_its_loopback_cannot_be_asked(hub: RealHub, elsewhere: str) -> None:
    with relayed(elsewhere) as address:
        there = at(hub, DOCKER_HOST=f"tcp://{address}")
        status = there.hubctl("status", "--json")
        asked = there.hubctl("test-model", "--json")
    assert {service["url"] for service in status.data["services"]} == {None}
    assert all("its health check" in service["detail"] for service in status.data["services"])
    assert (asked.code, asked.error["code"]) == (4, "unknown_service")
    assert asked.error["hint"] == f"run hubctl on {elsewhere}"


def test_an_engine_over_ssh(hub: RealHub, tmp_path: Path) -> None:
    try:
        import paramiko
    except ImportError:
        missing("paramiko", "pip install -e '.[ssh]'")
    ours = paramiko.RSAKey.generate(2048)
    (tmp_path / ".ssh").mkdir()
    ours.write_private_key_file(str(tmp_path / ".ssh/id_rsa"))
    known = tmp_path / ".ssh/known_hosts"
    with ssh_server(ours) as (address, host_key):
        url = f"ssh://ops@{address}"
        there = at(hub, DOCKER_HOST=url, HOME=str(tmp_path))
        unknown = there.hubctl("status", "--json")
        known.write_text(f"[{address.host}]:{address.port} ssh-rsa {host_key.get_base64()}\n")
        status = there.hubctl("status", "--json")
        refused = there.hubctl("restart", "--json")
        (tmp_path / ".ssh/id_rsa").unlink()
        no_key = there.hubctl("status", "--json")
        known.write_text(f"[{address.host}]:{address.port} ssh-rsa {ours.get_base64()}\n")
        other_key = there.hubctl("status", "--json")
    away = there.hubctl("status", "--json")
    assert detail(unknown).startswith(f"no Docker engine at {url}: its ssh host key is not known; `ssh 127.0.0.1` once")
    assert status.data["engine"]["state"] == "reachable"
    assert [len(service["instances"]) for service in status.data["services"]] == [1] * 5
    assert refused.error["code"] == "engine_remote"
    assert detail(no_key).startswith(f"no Docker engine at {url}: ssh does not let us in")
    assert detail(other_key).startswith(f"no Docker engine at {url}: its ssh host key has changed")
    assert detail(away).startswith(f"no Docker engine at {url}: nothing listens on its ssh port")
    for done in (unknown, no_key, other_key, away):
        assert (done.code, done.err) == (1, "")


def test_ssh_without_its_extra(hub: RealHub, tmp_path: Path) -> None:
    (tmp_path / "paramiko.py").write_text("raise ImportError('as if it were not installed')\n")
    done = hub.hubctl("status", "--json", DOCKER_HOST="ssh://ops@127.0.0.1:1", PYTHONPATH=str(tmp_path))
    assert detail(done) == (
        "no Docker engine at ssh://ops@127.0.0.1:1: ssh:// needs paramiko, which is not installed beside hubctl; "
        "`pip install paramiko` there"
    )


def detail(done: Finished) -> str:
    """What the status says of the engine."""
    text: str = done.data["engine"]["detail"]
    return text
