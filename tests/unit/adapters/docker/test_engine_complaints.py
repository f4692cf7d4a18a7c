"""The Docker SDK's errors as one message: which engine, what happened, what to do. And what the engine is asked."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.engine_address import choose
from hubctl.adapters.docker.engine_complaints import WITHOUT_DOCKER
from hubctl.core.compose.stack import Address
from hubctl.core.secrecy.masker import Masker
from hubctl.errors import ContainerGone, EngineRefused, EngineRemote, EngineUnavailable, HubError, PortTaken
from tests.fakes import container, context, docker_engine
from tests.real_servers import free_port
from tests.servers import Script, drops_at_once, never_answers, reply, sends, serving

REPO = Path(__file__).parents[4]
FROZEN = "restart the Docker service on that machine"


def asked(host: str, timeout_s: float = 5) -> EngineUnavailable:
    """Ask the engine at this address, which must not work."""
    with pytest.raises(EngineUnavailable) as caught:
        Engine(choose({"DOCKER_HOST": host}), timeout_s=timeout_s).containers(lambda _: True)
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


@pytest.mark.process
def test_a_socket_without_permission(short_folder: Path) -> None:
    program = (
        "import os, sys, docker; from hubctl.adapters.docker.engine import Engine; from hubctl.errors import HubError\n"
        "from hubctl.adapters.docker.engine_address import choose\n"
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)  # root needs no permission\n"
        "try: Engine(choose({'DOCKER_HOST': sys.argv[1]})).containers(lambda _: True)\n"
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
    assert error.message == f"no Docker engine at {scheme}://127.0.0.1:1: that is no address of an engine"
    assert error.hint == "correct DOCKER_HOST: unix://, tcp:// or ssh://"


@pytest.mark.parametrize(
    "script",
    [
        sends(b"SSH-2.0-OpenSSH_9.6\r\n"),
        sends(reply(200, b"<html>a router</html>", "text/html")),
        sends(reply(200, [])),
        sends(reply(200, {})),
        sends(reply(404, {"detail": "Not Found"})),
        sends(reply(404, {"message": "page not found"})),
    ],
    ids=["no HTTP", "HTML", "a list", "no version", "404", "404 with a message"],
)
def test_what_is_no_engine_at_all(script: Script) -> None:
    with serving(script) as address:
        error = asked(f"tcp://{address}")
    assert error.message == f"no Docker engine at tcp://{address}: what answers there is no Docker engine"
    assert error.hint == "correct DOCKER_HOST"


@pytest.mark.parametrize(
    "script",
    [
        drops_at_once,
        sends(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ApiVersion"'),
        sends(reply(200, {"ApiVersion": "1.45"}), b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n["),
    ],
    ids=["at once", "within its first answer", "within the next one"],
)
def test_an_engine_that_dies_in_the_middle(script: Script) -> None:
    with serving(script) as address:
        error = asked(f"tcp://{address}")
    assert error.message == f"no Docker engine at tcp://{address}: it closed the connection before it had answered"
    assert error.hint == "if it has ended, start it again; if it is none, correct DOCKER_HOST"


def test_an_engine_that_wants_tls() -> None:
    refusal = reply(400, b"Client sent an HTTP request to an HTTPS server.\n", "text/plain")
    with serving(sends(refusal)) as address:
        error = asked(f"tcp://{address}")
    assert error.message == f"no Docker engine at tcp://{address}: it wants TLS"
    assert error.hint == "give DOCKER_HOST its certificates (DOCKER_TLS_VERIFY=1 or a context)"


def test_tls_without_certificates(tmp_path: Path) -> None:
    variables = {"DOCKER_HOST": "tcp://127.0.0.1:1", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    with pytest.raises(EngineUnavailable) as caught:
        Engine(choose(variables)).containers(lambda _: True)
    assert caught.value.message == "no Docker engine at tcp://127.0.0.1:1: the certificates for it are not there"
    assert caught.value.hint == f"put cert.pem, key.pem and ca.pem into {tmp_path}"


def test_an_engine_that_is_too_old() -> None:
    with serving(sends(reply(200, {"ApiVersion": "1.12"}))) as address:
        error = asked(f"tcp://{address}")
    assert error.message == f"no Docker engine at tcp://{address}: it is too old for hubctl's Docker SDK"
    assert error.hint == "update Docker there"


def test_a_machine_that_lets_nobody_in() -> None:
    """A queue of connections that is full drops the next one, as a firewall does."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(3):
            client = waiting.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex(listener.getsockname())
        host = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        error = asked(host, timeout_s=0.4)
    assert error.message == f"no Docker engine at {host}: nothing accepted the connection within 0.4 s"
    assert error.hint == "is it on? else correct DOCKER_HOST"


def test_a_frozen_engine_whose_queue_is_full(short_folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, ExitStack() as waiting:
        listener.bind(str(short_folder / "s"))
        listener.listen(0)
        for _ in range(3):
            client = waiting.enter_context(socket.socket(socket.AF_UNIX))
            client.settimeout(0)
            client.connect_ex(str(short_folder / "s"))
        error = asked(f"unix://{short_folder}/s", timeout_s=0.4)
    assert error.message.endswith("did not answer within 0.4 s (frozen?)")


def test_the_context_is_named_where_the_address_comes_from_one(tmp_path: Path) -> None:
    context(tmp_path, "lab", "tcp://no-such-host.invalid:2375")
    with pytest.raises(EngineUnavailable) as caught:
        Engine(choose({"DOCKER_CONFIG": str(tmp_path)}, "lab")).containers(lambda _: True)
    assert caught.value.message == (
        "no Docker engine at tcp://no-such-host.invalid:2375 (context lab): the host name is unknown"
    )
    assert caught.value.hint == "correct the context lab"


def test_nothing_is_changed_on_another_machine() -> None:
    here, there = (Engine(choose({"DOCKER_HOST": host})) for host in ("tcp://localhost:2375", "ssh://ops@lab"))
    here.require_local()
    with pytest.raises(EngineRemote) as caught:
        there.require_local()
    assert caught.value.hint == "run hubctl on lab"


@pytest.mark.parametrize(
    ("status", "text", "kind", "message"),
    [
        (
            500,
            (
                "Cannot restart container x: driver failed programming external connectivity on endpoint x (1): "
                "Bind for 0.0.0.0:4000 failed: port is already allocated"
            ),
            PortTaken,
            "port 4000 of this machine is taken",
        ),
        (
            500,
            (
                "failed to set up container networking: driver failed programming external connectivity on endpoint x: "
                "Error starting userland proxy: listen tcp4 127.0.0.1:4000: bind: address already in use"
            ),
            PortTaken,
            "port 4000 of this machine is taken",
        ),
        (404, "No such container: abc", ContainerGone, "{} refused: the container abc is gone"),
        (404, "No such image: some:tag", EngineRefused, "{} refused: the image some:tag is not on its machine"),
        (
            409,
            (
                f'Conflict. The container name "/hub-litellm-1" is already in use by container "{"bac62a80dec6" * 5}". '
                "You have to remove (or rename) that container to be able to reuse that name."
            ),
            EngineRefused,
            "{} refused: the name hub-litellm-1 is taken by the container bac62a80dec6",
        ),
        (
            500,
            (
                'failed to create task for container: runc create failed: exec: "litelm": executable file not found in '
                "$PATH: unknown"
            ),
            EngineRefused,
            "{} refused: its image has no command litelm",
        ),
        (
            500,
            (
                'error mounting "/hub/config.yaml" to rootfs at "/app/config.yaml": not a directory: unknown: Are you '
                "trying to mount a directory onto a file (or vice-versa)?"
            ),
            EngineRefused,
            "{} refused: /hub/config.yaml is missing, and Docker has made a directory in its place",
        ),
        (
            409,
            f"container {'bac62a80dec6' * 5} is not running",
            EngineRefused,
            "{} refused: the container bac62a80dec6 is not running",
        ),
        (
            409,
            'cannot remove container "/hub-db-1": container is running: stop the container before removing',
            EngineRefused,
            '{} refused: cannot remove container "/hub-db-1": container is running: stop the container before removing',
        ),
        (400, "Minimum memory limit allowed is 6MB", EngineRefused, "{} refused: Minimum memory limit allowed is 6MB"),
        (
            400,
            "client version 1.99 is too new. Maximum supported API version is 1.45",
            EngineRefused,
            "{} refused: hubctl's Docker SDK (1.99) is too new for it",
        ),
        (
            409,
            "Cannot restart container 0cc2311d370e: container is marked for removal and cannot be started",
            ContainerGone,
            "{} refused: the container 0cc2311d370e is just being removed",
        ),
        (500, "line one\n  line two", EngineRefused, "{} refused: line one line two"),
    ],
)
def test_what_an_engine_refuses(status: int, text: str, kind: type[HubError], message: str) -> None:
    script = sends(reply(200, {"ApiVersion": "1.45"}), reply(status, {"message": text}))
    with serving(script) as address, pytest.raises(HubError) as caught:
        Engine(choose({"DOCKER_HOST": f"tcp://{address}"})).restart("abc", grace_s=0)
    assert type(caught.value) is kind
    assert caught.value.message == message.format(f"the Docker engine at tcp://{address}")


def test_the_default_engine_is_named_when_none_is_set() -> None:
    assert choose({}).url == "unix:///var/run/docker.sock"
    assert choose({"DOCKER_HOST": ""}).url == "unix:///var/run/docker.sock"


def test_nothing_is_connected_before_it_is_asked() -> None:
    seen: list[str] = []
    with serving(docker_engine([], seen)) as address:
        Engine(choose({"DOCKER_HOST": f"tcp://{address}"})).within(1)
    assert seen == []


def test_containers_are_described_by_labels_state_and_ports(tmp_path: Path) -> None:
    file = tmp_path / "hub/compose.yml"
    running = container(file, "litellm", {4000: Address("127.0.0.1", 4001)}, Health={"Status": "starting"})
    ended = container(file, "job", Status="exited", ExitCode=3, Pid=0)
    with serving(docker_engine([running, ended])) as address:
        found = Engine(choose({"DOCKER_HOST": f"tcp://{address}"})).containers(lambda _: True)
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
        found = Engine(choose({"DOCKER_HOST": f"tcp://{address}"})).containers(
            lambda labels: labels["com.docker.compose.service"] == "mine"
        )
    assert [c.service for c in found] == ["mine"]
    assert len([request for request in seen if "theirs" in request]) == 0


def test_what_the_environment_of_a_container_holds_is_learned(tmp_path: Path) -> None:
    """A container keeps the key that it was created with, whatever the files say by now."""
    mask = Masker()
    old = container(tmp_path / "compose.yml", "litellm")
    old["Config"] = {"Image": "x", "Labels": old["Labels"], "Env": ["OPENAI_API_KEY=rotated-away-long-ago", "A=1"]}
    with serving(docker_engine([old])) as address:
        Engine(choose({"DOCKER_HOST": f"tcp://{address}"}), learn=mask.learn).within(5).containers(lambda _: True)
    assert mask("the log says rotated-away-long-ago") == "the log says …"
