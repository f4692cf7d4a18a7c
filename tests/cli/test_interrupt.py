"""Ctrl-C and the like in every command that waits: its exit code, no traceback, and the terminal as it was."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes import GATEWAY, container, docker_engine
from tests.processes import HIDE_CURSOR, PROGRAM, SHOW_CURSOR, environment, in_terminal, running
from tests.servers import never_answers, routes, serving

pytestmark = pytest.mark.process

Executable = Callable[[str, str], Path]
# `docker compose up` ends at once, `docker compose logs --follow` goes on.
DOCKER = 'case "$*" in *" logs "*) echo "hub-litellm-1  | first line"; exec sleep 60;; esac'


@pytest.fixture
def shell(hub_folder: Path, executable: Executable) -> Iterator[dict[str, str]]:
    """The variables that lead to an engine on which the gateway runs, and hangs when it is asked for a chat."""
    hanging = routes({**GATEWAY, "/v1/chat/completions": never_answers})
    path = f"{executable('docker', DOCKER)}{os.pathsep}{os.environ['PATH']}"
    with serving(hanging) as gateway:
        ports = {4000: gateway}
        with serving(docker_engine([container(hub_folder / "compose.local.yml", "litellm", ports)])) as engine:
            yield {"DOCKER_HOST": f"tcp://{engine}", "PATH": path}


UP = "interrupted: whatever was started goes on running; `hubctl status` shows it, `hubctl down` stops it\n"
DASHBOARD = "interrupted: the dashboard has ended; what runs of the hub goes on\n"
DOWN = "interrupted: what was stopped stays stopped; `hubctl status` shows the rest, `hubctl down` stops it\n"
NOTHING = "interrupted: nothing was changed\n"
LOOKS = "models --config config.yaml"
WAITING = [
    # An interrupt in the very moment before a sleep is noticed after it: hence the short one.
    pytest.param(("status", "--watch", "--interval", "1"), "openwebui", "", id="status --watch"),
    pytest.param(("up", "--timeout", "120"), "waiting for", UP, id="up"),
    pytest.param(("logs", "--follow"), "first line", "", id="logs --follow"),
    pytest.param(("dashboard", "--port", "0"), "#token=", DASHBOARD, id="dashboard"),
    pytest.param(("test-model", "llama3"), "asking llama3", NOTHING, id="test-model"),
    pytest.param(("test-model", "--jobs", "4", "--junit", "r.xml"), "asking", NOTHING, id="test-model --jobs"),
]


@pytest.mark.parametrize(("words", "sign", "said"), WAITING)
def test_ctrl_c_in_a_terminal_ends_it_cleanly(
    hub_folder: Path, shell: dict[str, str], words: tuple[str, ...], sign: str, said: str
) -> None:
    with in_terminal(*words, cwd=hub_folder, variables=shell) as terminal:
        terminal.wait_for(sign)
        terminal.type("\x03")
        code = terminal.end()
    assert code == 130, terminal.shown[-3000:]
    assert "Traceback" not in terminal.shown
    assert "bug in hubctl" not in terminal.shown
    assert terminal.shown.rfind(SHOW_CURSOR) >= terminal.shown.rfind(HIDE_CURSOR)
    assert terminal.shown.count("interrupted") == len(said.splitlines())
    assert said.strip() in terminal.shown.replace("\r\n", "")
    assert not list(hub_folder.glob("*r.xml*"))


@pytest.mark.parametrize(("words", "sign"), [WAITING[1].values[:2], WAITING[3].values[:2], WAITING[5].values[:2]])
def test_a_terminal_that_is_closed_ends_it_likewise(
    hub_folder: Path, shell: dict[str, str], words: tuple[str, ...], sign: str
) -> None:
    with in_terminal(*words, cwd=hub_folder, variables=shell) as terminal:
        terminal.wait_for(sign)
        terminal.close()
        assert terminal.end() == 129
    assert not (hub_folder / ".hubctl/dashboard.json").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize(("words", "sign", "said"), [WAITING[1], WAITING[3], WAITING[4]])
def test_kill_ends_it_likewise(  # noqa: PLR0917 - a table
    hub_folder: Path,
    shell: dict[str, str],
    words: tuple[str, ...],
    sign: str,
    said: str,
    number: signal.Signals,
    code: int,
) -> None:
    with in_terminal(*words, cwd=hub_folder, variables=shell) as terminal:
        terminal.wait_for(sign)
        terminal.send(number)
        assert terminal.end() == code
    assert terminal.shown.count("interrupted") == 1
    assert said.strip() in terminal.shown.replace("\r\n", "")


@pytest.mark.parametrize("name", ["HUP", "INT"])
def test_a_signal_that_the_parent_ignores_stays_ignored(hub_folder: Path, shell: dict[str, str], name: str) -> None:
    """As `nohup` ignores SIGHUP, and a shell without job control Ctrl-C for what it starts in the background."""
    command = shlex.join([*PROGRAM, "dashboard", "--port", "0"])
    with subprocess.Popen(
        ["/bin/sh", "-c", f"trap '' {name}; exec {command}"],
        cwd=hub_folder,
        env=environment(**shell),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            assert b"#token=" in process.stdout.readline()
            process.send_signal(signal.Signals[f"SIG{name}"])
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1)
            process.terminate()
            assert process.wait(20) == 143
        finally:
            process.kill()  # else a failure would wait for its end for ever


@pytest.mark.parametrize(
    "words",
    [("status", "--watch", "--interval", "3", "--json"), ("logs", "--follow", "--json"), ("logs", "--follow")],
    ids=["status --watch", "logs --follow --json", "logs --follow"],
)
def test_an_interrupt_in_a_pipe_ends_it_after_whole_lines(
    hub_folder: Path, shell: dict[str, str], words: tuple[str, ...]
) -> None:
    with running(*words, cwd=hub_folder, **shell) as process:
        assert process.stdout is not None
        assert process.stdout.readline().endswith("\n")
        os.killpg(process.pid, signal.SIGINT)
        rest, complaints = process.communicate(timeout=20)
    assert (process.returncode, rest, complaints) == (130, "", "")


@pytest.mark.parametrize(
    ("words", "asked"),
    [(("up", "--json"), "GET /containers"), (("test-model", "llama3", "--json"), "POST /v1/chat/completions")],
    ids=["up", "test-model"],
)
def test_an_interrupt_under_json_prints_nothing(
    hub_folder: Path, executable: Executable, words: tuple[str, ...], asked: str
) -> None:
    seen: list[str] = []
    path = f"{executable('docker', DOCKER)}{os.pathsep}{os.environ['PATH']}"
    with serving(routes({**GATEWAY, "/v1/chat/completions": never_answers}, seen)) as gateway:
        engine_script = docker_engine([container(hub_folder / "compose.local.yml", "litellm", {4000: gateway})], seen)
        with (
            serving(engine_script) as engine,
            running(*words, cwd=hub_folder, DOCKER_HOST=f"tcp://{engine}", PATH=path) as process,
        ):
            while sum(request.startswith(asked) for request in seen) < (4 if asked.startswith("GET") else 1):
                assert process.poll() is None
            os.killpg(process.pid, signal.SIGINT)
            out, complaints = process.communicate(timeout=20)
    assert (process.returncode, out, complaints) == (130, "", "")


INTERRUPTED = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"
NO_WAY_BACK = "note: this came on top of it: ValueError: no way back\n"
INTERRUPTED_IN_A_CLASS = """\
import os, signal
class Field:
    def __set_name__(self, owner, name): os.kill(os.getpid(), signal.SIGINT)
class Owner:
    field = Field()
"""
INTERRUPTED_AND_NOT_CLEANED_UP = f"""\
try:
    {INTERRUPTED.replace(chr(10), "; ")}
except KeyboardInterrupt:
    raise ValueError("no way back")
"""
# Python ends such a thread by unwinding its stack, which Rust answers by aborting the process.
INTERRUPTED_BESIDE_A_THREAD = """\
import os, signal, threading, time
from pydantic_core import SchemaValidator, core_schema
def stay(value):
    while True:
        time.sleep(0.001)
validator = SchemaValidator(core_schema.no_info_plain_validator_function(stay))
threading.Thread(target=validator.validate_python, args=(1,), daemon=True).start()
time.sleep(0.1)
os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.parametrize(
    ("library", "text", "words", "said"),
    [
        pytest.param("typer", INTERRUPTED, LOOKS, NOTHING, id="at the top of a module"),
        pytest.param("typer", INTERRUPTED, "down", NOTHING, id="before a change is begun"),
        pytest.param("rich", INTERRUPTED_IN_A_CLASS, LOOKS, "", id="while a class is made"),
        pytest.param("docker", INTERRUPTED_IN_A_CLASS, "down", DOWN, id="while a class is made, in a change"),
        pytest.param("docker", INTERRUPTED_AND_NOT_CLEANED_UP, "down", NO_WAY_BACK + DOWN, id="and more goes wrong"),
        pytest.param("typer", INTERRUPTED_BESIDE_A_THREAD, LOOKS, NOTHING, id="beside a thread in a Rust library"),
        pytest.param("typer", INTERRUPTED, "down --json", "", id="with --json"),
    ],
)
def test_an_interrupt_while_the_program_loads_shows_no_traceback(  # noqa: PLR0917 - a table
    hub_folder: Path, tmp_path: Path, library: str, text: str, words: str, said: str
) -> None:
    """A command that was not begun says that it changed nothing; one that only looks has nothing to say later."""
    (tmp_path / f"{library}.py").write_text(text)
    (tmp_path / "config.yaml").write_text("model_list: []\n")
    variables = environment()
    variables["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{variables['PYTHONPATH']}"
    done = subprocess.run(
        [*PROGRAM, *words.split(), "--hub", hub_folder],
        check=False,
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", said)


def test_ctrl_c_at_a_question_changes_nothing(hub_folder: Path, shell: dict[str, str]) -> None:
    with in_terminal("down", "--volumes", cwd=hub_folder, variables=shell) as terminal:
        terminal.wait_for("[y/N] ")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "Traceback" not in terminal.shown


# The interrupt is taken by another thread, so that it does not end the wait: as one does that comes just before it.
OVERHEARD = """\
import signal, threading, time
from hubctl.output import Output
def interrupt():
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    QUESTION
except KeyboardInterrupt:
    print("noticed")
"""


@pytest.mark.parametrize("question", ['.confirm("Go on?", yes=False, must_answer=True)', '.ask_secret("The key")'])
def test_an_interrupt_just_before_an_answer_is_waited_for_is_noticed(tmp_path: Path, question: str) -> None:
    script = OVERHEARD.replace("QUESTION", f"Output(as_json=False, color=False){question}")
    with in_terminal("-c", script, cwd=tmp_path, program=[sys.executable]) as terminal:
        terminal.wait_for("noticed")
        assert terminal.end() == 0


# What is said while a change is rolled back, once nobody is there any more: a bar, notes, and the line at the end.
SAYS_ALL = """\
import os, signal, sys, time
from pathlib import Path
from hubctl import stderr
from hubctl.operations.stack.lifecycle import Stopped
from hubctl.output import Output
signal.signal(signal.SIGHUP, signal.SIG_IGN)
sys.stderr = stderr.that_takes_all(sys.stderr)
output = Output(as_json=False, color=True)
with output.bar() as show:
    show("pulling", 1, 2)
    sys.stderr.write("ready")
    sys.stderr.flush()
    while os.isatty(2):
        time.sleep(0.01)
    show("pulling", 2, 2)
output.progress("starting the gateway")
output.warn("a note")
output.annotate("::notice::")
output.interrupted("the files were put back")
Path("said").touch()
"""


def test_a_terminal_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    with in_terminal("-c", SAYS_ALL, cwd=tmp_path, program=[sys.executable]) as terminal:
        terminal.wait_for("ready")
        terminal.close()
        assert terminal.end() == 0
    assert (tmp_path / "said").exists()
