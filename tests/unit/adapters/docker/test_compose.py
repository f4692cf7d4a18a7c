"""Docker Compose: what its complaints mean, and the process itself, played by a script named `docker`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hubctl.adapters.docker.compose import Compose
from hubctl.adapters.docker.compose_complaints import explain
from hubctl.errors import (
    BadFile,
    ComposeFailed,
    ComposeOvertaken,
    EngineRefused,
    EngineUnavailable,
    HubError,
    PortTaken,
)
from hubctl.progress import silent

REPO = Path(__file__).parents[4]
Executable = Callable[[str, str], Path]
SECRET = "sk-very-secret"


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        pytest.param(
            "docker: 'compose' is not a docker command.\nSee 'docker --help'",
            ComposeFailed,
            "this Docker has no Compose plugin",
            id="no plugin, docker 20.10",
        ),
        pytest.param(
            "unknown flag: --ansi\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\n"
            "Run 'docker --help' for more information",
            ComposeFailed,
            "this Docker has no Compose plugin",
            id="no plugin, docker 28.2",
        ),
        pytest.param(
            "docker: unknown command: docker compose\n\nRun 'docker --help' for more information",
            ComposeFailed,
            "this Docker has no Compose plugin",
            id="no plugin, docker 28.5",
        ),
        pytest.param(
            " Container hub-litellm-1  Starting\n"
            "Error response from daemon: driver failed programming external connectivity on "
            "endpoint hub-litellm-1 (8f): Bind for 127.0.0.1:4000 failed: port is already allocated",
            PortTaken,
            "port 4000 of this machine is taken",
            id="port held by a container",
        ),
        pytest.param(
            " Container hub-litellm-1  Recreate\n"
            "Error response from daemon: removal of container 6ef4a2cbc0e0 is already in progress",
            ComposeOvertaken,
            "another `docker compose` is at work: removal of container 6ef4a2cbc0e0 is already in progress",
            id="somebody else removes it",
        ),
        pytest.param(
            'Error response from daemon: Conflict. The container name "/hub-litellm-1" is already in use by "8f".',
            ComposeOvertaken,
            'another `docker compose` is at work: container name "/hub-litellm-1" is already in use',
            id="somebody else made it",
        ),
        pytest.param(
            "Error response from daemon: driver failed programming external connectivity on endpoint hub-redis-1 (1c): "
            "Error starting userland proxy: listen tcp4 127.0.0.1:6379: bind: address already in use",
            PortTaken,
            "port 6379 of this machine is taken",
            id="port held by a process",
        ),
        pytest.param(
            "Error response from daemon: failed to set up container networking: driver failed programming external "
            "connectivity on endpoint x (1c): Error starting userland proxy: "
            "listen tcp6 [::1]:3000: bind: address already in use",
            PortTaken,
            "port 3000 of this machine is taken",
            id="port of IPv6, engine 28.5",
        ),
        pytest.param(
            "Error response from daemon: No such image: redis:9-nosuch",
            EngineRefused,
            "the image redis:9-nosuch is not on this machine",
            id="image missing",
        ),
        pytest.param(
            f"failed to read /hub/env/litellm.env: line 2: unterminated quoted value '{SECRET}",
            BadFile,
            "/hub/env/litellm.env, line 2: Docker Compose cannot read it",
            id="broken env file, named",
        ),
        pytest.param(
            f"line 2: unterminated quoted value '{SECRET}",
            BadFile,
            "an env file of this hub, line 2: Docker Compose cannot read it",
            id="broken quote in an env file, Compose 2.26",
        ),
        pytest.param(
            "line 7: key cannot contain a space",
            BadFile,
            "an env file of this hub, line 7: Docker Compose cannot read it",
            id="broken name in an env file, Compose 2.26",
        ),
        pytest.param(
            "env file /hub/env/gone.env not found: stat /hub/env/gone.env: no such file or directory",
            BadFile,
            "/hub/env/gone.env is missing",
            id="env file missing",
        ),
        pytest.param(
            "Cannot connect to the Docker daemon at unix:///nope.sock. Is the docker daemon running?",
            EngineUnavailable,
            "no Docker engine: Cannot connect to the Docker daemon at unix:///nope.sock",
            id="engine away",
        ),
        pytest.param(
            'time="2026-01-01T00:00:00Z" level=warning msg="The \\"X\\" variable is not set."\n'
            "yaml: line 4: did not find expected node content\n"
            'time="2026-01-01T00:00:00Z" level=warning msg="again"\n',
            ComposeFailed,
            "`docker compose up` failed: yaml: line 4: did not find expected node content",
            id="anything else: its last complaint, no warning",
        ),
        pytest.param("", ComposeFailed, "`docker compose up` failed: it said nothing", id="silence"),
    ],
)
def test_a_complaint_of_compose_is_put_in_plain_words(text: str, kind: type[HubError], message: str) -> None:
    error = explain("up", text.splitlines())
    assert (type(error), error.message) == (kind, message)
    assert SECRET not in f"{error.message} {error.hint}"


@pytest.mark.parametrize(
    "text", ["listening on port 4000", "pulled redis:7", "line 2 of the config", "unknown flag: --nosuch"]
)
def test_other_texts_are_not_mistaken(text: str) -> None:
    error = explain("up", [text])
    assert (type(error), error.message) == (ComposeFailed, f"`docker compose up` failed: {text}")


@pytest.fixture
def made(tmp_path: Path, executable: Executable) -> Callable[[str], Compose]:
    """Give Docker Compose with this script as `docker`."""

    def make(script: str) -> Compose:
        folder = executable("docker", script)
        path = f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"
        return Compose(tmp_path, (tmp_path / "compose.yml",), {"PATH": path, "MARK": "here"})

    return make


Made = Callable[[str], Compose]


def up(compose: Compose, timeout_s: float = 5) -> None:
    compose.up(project="hub", timeout_s=timeout_s, progress=silent)


def test_without_docker_on_the_path_one_message_says_so(tmp_path: Path) -> None:
    with pytest.raises(ComposeFailed, match=r"^the command `docker` is not on PATH$") as caught:
        up(Compose(tmp_path, (), {"PATH": str(tmp_path)}))
    assert "install the Compose plugin" in str(caught.value.hint)


def test_a_docker_that_cannot_be_started_is_one_message(tmp_path: Path, made: Made) -> None:
    compose = made("exit 0")
    (tmp_path / "bin/docker").write_text("#!/nonexistent/interpreter\n")
    with pytest.raises(ComposeFailed):
        up(compose)
    (tmp_path / "bin/docker").write_bytes(b"\x7fELF nonsense")
    with pytest.raises(ComposeFailed, match=r"^`docker compose` cannot be started: Exec format error$"):
        up(compose)


def test_each_command_gets_words_environment_and_the_files_or_where_it_is_known_the_project(
    tmp_path: Path, made: Made
) -> None:
    compose = made(f'echo "$@ in $PWD with $MARK" >> {tmp_path}/said')
    up(compose)
    compose.down(project="hub", volumes=False, progress=silent)
    compose.down(project="hub", volumes=True, progress=silent)
    compose.pull(["redis", "db"], progress=silent)
    begin, end = "--context default compose --ansi never", f"in {tmp_path} with here"
    file = f"--file {tmp_path}/compose.yml"
    assert (tmp_path / "said").read_text().splitlines() == [
        f"{begin} --project-name hub {file} up --detach --pull never {end}",
        f"{begin} --project-name hub down in / with here",
        f"{begin} --project-name hub down --volumes in / with here",
        f"{begin} {file} pull redis db {end}",
    ]


@pytest.mark.parametrize("code", [1, 14, 125])
def test_a_failure_becomes_an_error_with_the_last_complaint(made: Made, code: int) -> None:
    with pytest.raises(ComposeFailed, match=r"^`docker compose up` failed: it broke$"):
        up(made(f"echo fine; echo it broke >&2; exit {code}"))


def test_what_it_says_of_its_progress_is_passed_on_and_complaints_are_not(made: Made) -> None:
    said: list[str] = []
    made("echo ' Container a  Started'; echo 'line 2: sk-secret'; printf ' no newline at the end' >&2").up(
        project="hub", timeout_s=5, progress=said.append
    )
    assert said == ["Container a  Started", "no newline at the end"]


def test_a_compose_that_hangs_is_ended_at_the_time_limit(tmp_path: Path, made: Made) -> None:
    began = time.monotonic()
    with pytest.raises(ComposeFailed, match=r"^`docker compose up` did not end within 0.4 s: pulling$") as caught:
        up(made(f"echo $$ > {tmp_path}/pid; echo pulling; exec sleep 60"), timeout_s=0.4)
    assert time.monotonic() - began < 3
    assert caught.value.hint == "give it more --timeout, or look at `hubctl logs`"
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_a_compose_that_talks_for_ever_is_ended_at_the_time_limit_too(made: Made) -> None:
    began = time.monotonic()
    with pytest.raises(ComposeFailed, match=r"did not end within 0.4 s"):
        up(made("while :; do echo pulling; sleep 0.05; done"), timeout_s=0.4)
    assert time.monotonic() - began < 3


def test_log_lines_come_with_their_container_and_other_lines_are_left_out(made: Made) -> None:
    compose = made(
        "printf 'db-1  | a | b\\nredis-1 | \\nnot a log line\\n\\033[2Kdb-1  | c\\n\\033[2K\\033[2Kdb-1 | e\\n"
        "bad \\377-1 | d\\ndb-1 | \\377'"
    )
    lines = compose.logs(None, project="hub", follow=False, tail=None, since=None)
    assert list(lines) == [("db-1", "a | b"), ("redis-1", ""), ("db-1", "c"), ("db-1", "e"), ("db-1", "\ufffd")]


def test_log_options_are_handed_on(tmp_path: Path, made: Made) -> None:
    compose = made(f'echo "$@" > {tmp_path}/said')
    list(compose.logs("db", project="hub", follow=True, tail=0, since="10m"))
    assert (tmp_path / "said").read_text().split(" logs ")[1] == "--no-color --follow --tail 0 --since 10m db\n"


def test_a_follower_that_has_seen_enough_ends_the_process(tmp_path: Path, made: Made) -> None:
    compose = made(f"echo $$ > {tmp_path}/pid; echo 'db-1 | first'; exec sleep 60")
    lines: Iterator[tuple[str, str]] = compose.logs(None, project="hub", follow=True, tail=None, since=None)
    assert next(lines) == ("db-1", "first")
    del lines
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_a_log_is_followed_for_as_long_as_somebody_wants_it_though_it_is_silent(tmp_path: Path, made: Made) -> None:
    compose = made(f"echo $$ > {tmp_path}/pid; echo 'db-1 | first'; exec sleep 60")
    wanted = [True, True, True, False, False]
    began = time.monotonic()
    lines = compose.logs(None, project="hub", follow=lambda: wanted.pop(0), tail=None, since=None)
    assert list(lines) == [("db-1", "first")]
    assert time.monotonic() - began < 5
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_the_resolved_files_are_a_mapping(made: Made) -> None:
    assert made("""echo '{"services": {}}'; echo warning >&2""").resolved() == {"services": {}}
    assert made("echo '[]'").resolved() == {}


@pytest.mark.parametrize("output", ["", "services:", "{", "\\377"])
def test_a_compose_that_prints_no_json_is_one_message(made: Made, output: str) -> None:
    with pytest.raises(ComposeFailed, match=r"printed something that is not JSON"):
        made(f"printf '{output}'").resolved()


def test_a_compose_that_refuses_the_files_is_explained(made: Made) -> None:
    with pytest.raises(BadFile, match=r"^/hub/gone.env is missing$"):
        made("echo 'env file /hub/gone.env not found: stat' >&2; exit 14").resolved()


@pytest.mark.process
def test_ctrl_c_reaches_compose_and_leaves_no_process(tmp_path: Path, executable: Executable) -> None:
    folder = executable(
        "docker", f"trap 'echo ended > {tmp_path}/ended; exit 130' INT; echo $$ > {tmp_path}/pid; sleep 60 & wait"
    )
    program = (
        "import sys; from pathlib import Path; from hubctl.adapters.docker.compose import Compose\n"
        "compose = Compose(Path('.'), (), {'PATH': sys.argv[1]})\n"
        "compose.up(project=None, timeout_s=60, progress=lambda _: None)\n"
    )
    path = f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"
    with subprocess.Popen(
        [sys.executable, "-c", program, path],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPO)},
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as process:
        give_up_at = time.monotonic() + 20
        while not (tmp_path / "pid").exists() and time.monotonic() < give_up_at:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, complaints = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    assert complaints.rstrip().endswith("KeyboardInterrupt")
    assert (tmp_path / "ended").exists()
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
