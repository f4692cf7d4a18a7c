"""The Docker SDK's errors as one message: which engine, what happened, what to do. And what the engine is asked."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl.adapters.engine import WITHOUT_DOCKER, Engine
from hubctl.core.stack import Address
from hubctl.errors import EngineRefused, EngineUnavailable
from tests.fakes import container, docker_engine
from tests.real_servers import free_port
from tests.servers import Script, drops_at_once, never_answers, reply, sends, serving

REPO = Path(__file__).parents[3]
FROZEN = "restart the Docker service on that machine"


def asked(host: str, timeout_s: float = 5) -> EngineUnavailable:
    """Ask the engine at this address, which must not work."""
    with pytest.raises(EngineUnavailable) as caught:
        Engine({"DOCKER_HOST": host}, timeout_s=timeout_s).containers(lambda _: True)
    return caught.value


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket, which any user can reach."""
    with tempfile.TemporaryDirectory(prefix="hubctl-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_socket_that_does_not_exist() -> None:
    error = asked("unix:///nonexistent/docker.sock")
    assert error.message == "no Docker engine at unix:///nonexistent/docker.sock: its socket does not exist"
    assert error.hint == WITHOUT_DOCKER


def test_a_socket_that_nobody_listens_on(short_folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(short_folder / "s"))
    error = asked(f"unix://{short_folder}/s")
    assert (error.message, error.hint) == (
        f"no Docker engine at unix://{short_folder}/s: nothing listens there",
        WITHOUT_DOCKER,
    )


def test_a_socket_without_permission(short_folder: Path) -> None:
    program = (
        "import os, sys, docker; from hubctl.adapters.engine import Engine; from hubctl.errors import HubError\n"
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)  # root needs no permission\n"
        "try: Engine({'DOCKER_HOST': sys.argv[1]}).containers(lambda _: True)\n"
        "except HubError as error: print(error.code, error.message, error.hint, sep='\\n')"
    )
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(short_folder / "s"))
        listener.listen()
        (short_folder / "s").chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", program, f"unix://{short_folder}/s"],
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPO), "HOME": str(short_folder)},
            check=True,
        )
    code, message, hint = done.stdout.splitlines()
    assert code == "engine_unavailable"
    assert message == f"no Docker engine at unix://{short_folder}/s: no permission on its socket"
    assert hint.startswith("run as a user of the docker group (`sudo usermod -aG docker $USER`")


def test_a_port_that_nobody_listens_on() -> None:
    host = f"tcp://127.0.0.1:{free_port()}"
    assert asked(host).message == f"no Docker engine at {host}: nothing listens there"


def test_a_host_that_nobody_knows() -> None:
    error = asked("tcp://no-such-host.invalid:2375")
    assert error.message == "no Docker engine at tcp://no-such-host.invalid:2375: the host name is unknown"
    assert error.hint == "correct DOCKER_HOST"


def test_an_engine_that_accepts_and_never_answers_is_left_at_the_time_limit() -> None:
    with serving(never_answers) as address:
        began = time.monotonic()
        error = asked(f"tcp://{address}", timeout_s=0.4)
        took = time.monotonic() - began
    assert 0.4 <= took < 1.5
    assert error.message == (
        f"no Docker engine at tcp://{address}: it accepted the connection and did not answer within 0.4 s (frozen?)"
    )
    assert error.hint == FROZEN


def test_a_frozen_engine_behind_a_socket_file(short_folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(short_folder / "s"))
        listener.listen()
        error = asked(f"unix://{short_folder}/s", timeout_s=0.3)
    assert "did not answer within 0.3 s (frozen?)" in error.message
    assert error.hint == FROZEN


def test_an_engine_that_freezes_after_its_first_answer() -> None:
    with serving(sends(reply(200, {"ApiVersion": "1.45"}), then=never_answers)) as address:
        error = asked(f"tcp://{address}", timeout_s=0.3)
    assert error.message.endswith("did not answer within 0.3 s (frozen?)")


@pytest.mark.parametrize("scheme", ["ftp", "htp", "unixx"])
def test_a_scheme_that_nobody_speaks(scheme: str) -> None:
    error = asked(f"{scheme}://127.0.0.1:1")
    assert error.message.startswith(f"no Docker engine at {scheme}://127.0.0.1:1: ")
    assert "Invalid bind address" in error.message
    assert "\n" not in error.message


def test_ssh_without_its_extra() -> None:
    error = asked("ssh://somebody@127.0.0.1:1")
    assert error.message.startswith("no Docker engine at ssh://somebody@127.0.0.1:1: ")


@pytest.mark.parametrize(
    "script",
    [
        sends(b"SSH-2.0-OpenSSH_9.6\r\n"),
        sends(reply(200, b"<html>a router</html>", "text/html")),
        sends(reply(200, [])),
        sends(reply(200, {})),
        sends(reply(404, {"detail": "Not Found"})),
        drops_at_once,
    ],
    ids=["no HTTP", "HTML", "a list", "no version", "404", "drops"],
)
def test_what_is_no_engine_at_all(script: Script) -> None:
    with serving(script) as address:
        error = asked(f"tcp://{address}")
    assert error.message.startswith(f"no Docker engine at tcp://{address}: ")
    assert "\n" not in error.message


def test_what_an_engine_refuses_is_its_own_text() -> None:
    refusal = reply(500, {"message": "driver failed: Bind for 0.0.0.0:4000 failed: port is already allocated"})
    script = sends(reply(200, {"ApiVersion": "1.45"}), refusal)
    with serving(script) as address, pytest.raises(EngineRefused) as caught:
        Engine({"DOCKER_HOST": f"tcp://{address}"}).restart("abc", grace_s=0)
    assert caught.value.message == (
        f"the Docker engine at tcp://{address} refused: "
        "driver failed: Bind for 0.0.0.0:4000 failed: port is already allocated"
    )


def test_the_default_engine_is_named_when_none_is_set() -> None:
    assert Engine({}).address == "unix:///var/run/docker.sock"
    assert Engine({"DOCKER_HOST": ""}).address == "unix:///var/run/docker.sock"


def test_nothing_is_connected_before_it_is_asked() -> None:
    seen: list[str] = []
    with serving(docker_engine([], seen)) as address:
        Engine({"DOCKER_HOST": f"tcp://{address}"}).within(1)
    assert seen == []


def test_containers_are_described_by_labels_state_and_ports(tmp_path: Path) -> None:
    file = tmp_path / "compose.yml"
    running = container(file, "litellm", {4000: Address("127.0.0.1", 4001)}, Health={"Status": "starting"})
    ended = container(file, "job", Status="exited", ExitCode=3, Pid=0)
    with serving(docker_engine([running, ended])) as address:
        found = Engine({"DOCKER_HOST": f"tcp://{address}"}).containers(lambda _: True)
    assert [(c.service, c.project, c.number, dict(c.published)) for c in found] == [
        ("job", "hub", 1, {}),
        ("litellm", "hub", 1, {4000: ("127.0.0.1", 4001)}),
    ]
    job, litellm = (c.instance for c in found)
    assert (job.status, job.exit_code, job.health, job.pid) == ("exited", 3, None, None)
    assert (litellm.status, litellm.exit_code, litellm.health, litellm.pid) == ("running", None, "starting", 4711)
    assert (litellm.name, len(litellm.id)) == ("hub-litellm-1", 12)


def test_only_containers_that_belong_are_looked_into(tmp_path: Path) -> None:
    seen: list[str] = []
    both = [container(tmp_path / "compose.yml", name) for name in ("mine", "theirs")]
    with serving(docker_engine(both, seen)) as address:
        found = Engine({"DOCKER_HOST": f"tcp://{address}"}).containers(
            lambda labels: labels["com.docker.compose.service"] == "mine"
        )
    assert [c.service for c in found] == ["mine"]
    assert len([request for request in seen if "theirs" in request]) == 0
