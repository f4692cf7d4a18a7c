import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hubctl.adapters.gateway.process import GatewayProcess, find_executable
from hubctl.adapters.net import ports
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.embedded_run import Neighbour, Run
from hubctl.errors import BadFile, EmbeddedMissing, EngineRefused, HubError, NotReady, PortTaken
from tests.real_servers import free_port

RUNS = "print('started', *sys.argv[1:], flush=True)\nwhile True: time.sleep(0.01)"
IGNORES_SIGTERM = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + RUNS
CRASHES = "sys.exit('ValueError: no such strategy')"
# What the real one does for a local model without an address.
LEAVES_A_CHILD = "subprocess.Popen(['sleep', '3'])\nprint('child', flush=True)\nwhile True: time.sleep(0.01)"

Start = Callable[[str], GatewayProcess]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[GatewayProcess]:
    made = GatewayProcess(tmp_path / ".hubctl" / "embedded")
    yield made
    if (pid := made.pid()) is not None:
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def start(process: GatewayProcess, tmp_path: Path) -> Start:
    def started(body: str) -> GatewayProcess:
        process.start(script(tmp_path, body), "model_list: []\n", {"A": "1"}, run(free_port()), folder=tmp_path)
        return process

    return started


def script(folder: Path, body: str) -> Path:
    program = folder / "litellm"
    program.write_text(f"#!{sys.executable}\nimport os, signal, subprocess, sys, time\n{body}\n")
    program.chmod(0o755)
    return program


def run(port: int) -> Run:
    redis = (Neighbour("redis", "cache", Address("127.0.0.1", 6379)),)
    return Run(port, "2026-11-23T19:00:00+00:00", demo=True, demo_models=("a",), notes=("note",), neighbours=redis)


def remembered(process: GatewayProcess) -> Run:
    last = process.last_run.read()
    assert last
    return last


def eventually(is_so: Callable[[], bool]) -> bool:
    give_up_at = time.monotonic() + 10
    while not is_so() and time.monotonic() < give_up_at:
        time.sleep(0.01)
    return is_so()


def test_a_started_process_is_known_and_lives_until_it_is_stopped(start: Start) -> None:
    process = start(RUNS)
    pid = process.pid()
    assert pid
    os.kill(pid, 0)
    assert process.last_run.is_known
    assert remembered(process) == run(remembered(process).port)
    assert process.stop()
    assert process.pid() is None
    assert process.last_pid() == pid
    assert remembered(process).stopped
    assert not process.stop()
    process.last_run.forget()
    assert process.last_run.read() is None


def test_it_gets_its_options_and_nothing_of_our_environment(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-operator")
    process = start("print(sys.argv[1:], dict(os.environ), flush=True)\n" + RUNS)
    assert eventually(lambda: "started" in process.log.read_text())
    log = process.log.read_text()
    assert f"'--host', '127.0.0.1', '--port', '{remembered(process).port}', '--num_workers', '1'" in log
    assert "'A': '1'" in log
    assert "OPENAI_API_KEY" not in log


def test_its_files_are_the_operators_alone(start: Start) -> None:
    folder = start(RUNS).log.parent
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {
        "gateway.json": "0o600",
        "gateway.lock": "0o600",
        "gateway.log": "0o600",
        "litellm_config.yaml": "0o600",
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_an_end_at_once_names_its_cause(start: Start, process: GatewayProcess) -> None:
    with pytest.raises(NotReady, match="ended at once\n  ValueError: no such strategy"):
        start(CRASHES)
    assert process.pid() is None


def test_a_program_that_cannot_be_run_is_told(process: GatewayProcess, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="not found"):
        process.start(tmp_path / "missing", "", {}, run(free_port()), folder=tmp_path)


def test_what_ignores_the_polite_signal_is_killed(start: Start) -> None:
    process = start(IGNORES_SIGTERM)
    assert eventually(lambda: "started" in process.log.read_text())
    began = time.monotonic()
    assert process.stop(grace_s=0.3)
    assert 0.3 <= time.monotonic() - began < 2


def test_a_killed_process_is_not_taken_for_alive(start: Start) -> None:
    process = start(RUNS)
    pid = process.pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: process.pid() is None)
    assert not process.stop()


def test_a_stale_pid_that_belongs_to_somebody_else_is_neither_believed_nor_signalled(start: Start) -> None:
    process = start(RUNS)
    process.stop()
    with subprocess.Popen(["sleep", "30"]) as stranger:
        (process.log.parent / "gateway.lock").write_text(f"{stranger.pid}\n")
        assert process.pid() is None
        assert not process.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_child_that_outlives_it_does_not_keep_it_alive(start: Start) -> None:
    process = start(LEAVES_A_CHILD)
    assert eventually(lambda: "child" in process.log.read_text())
    process.stop()
    assert process.pid() is None


def test_looking_does_not_disturb_a_start(process: GatewayProcess, start: Start) -> None:
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            process.pid()

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for _ in range(3):
            start(RUNS)
            process.stop()
    finally:
        over.set()
        looker.join()


def test_a_second_start_says_that_the_first_one_runs(start: Start) -> None:
    process = start(RUNS)
    pid = process.pid()
    with pytest.raises(EngineRefused, match=f"already running .pid {pid}."):
        start(RUNS)
    assert process.pid() == pid


def test_of_two_starts_at_once_one_wins(process: GatewayProcess, tmp_path: Path) -> None:
    program, outcomes = script(tmp_path, RUNS), list[str]()

    def attempt() -> None:
        try:
            process.start(program, "", {}, run(free_port()), folder=tmp_path)
            outcomes.append("started")
        except HubError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["engine_refused", "started"]


def test_a_taken_port_names_its_owner_and_leaves_nothing(process: GatewayProcess, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} .* taken by .+ \(pid {os.getpid()}\)"):
            process.start(script(tmp_path, RUNS), "", {}, run(port), folder=tmp_path)
        assert not ports.is_free("127.0.0.1", port)
    assert not process.last_run.is_known
    assert ports.is_free("127.0.0.1", port)


def test_the_log_of_the_start_before_is_kept_apart(start: Start) -> None:
    process = start("print('first', flush=True)\n" + RUNS)
    process.stop()
    start("print('second', flush=True)\n" + RUNS)
    assert eventually(lambda: "second" in process.log.read_text())
    assert "first" not in process.log.read_text()
    assert "first" in process.log.with_suffix(".log.1").read_text()


def test_lines_are_the_last_ones_asked_for(start: Start) -> None:
    process = start("print('a\\nb\\nc', flush=True)\nsys.stdout.write('half')\nsys.stdout.flush()\n" + RUNS)
    assert eventually(lambda: "half" in process.log.read_text())
    process.stop()
    assert [*process.lines(None, follow=False)][:3] == ["a", "b", "c"]
    assert next(process.lines(1, follow=False)).startswith("halfstarted")


def test_following_ends_with_the_process_and_misses_no_last_words(start: Start) -> None:
    process = start("time.sleep(0.8)\nprint('late', flush=True)\nprint('last', end='', flush=True)")
    assert [*process.lines(None, follow=True)] == ["late", "last"]


def test_following_ends_when_nobody_wants_more(start: Start) -> None:
    process = start("print('first', flush=True)\n" + RUNS)
    assert eventually(lambda: "first" in process.log.read_text())
    wanted = [True, False]
    assert [*process.lines(None, follow=lambda: wanted.pop(0))][:1] == ["first"]
    assert process.pid() is not None


def test_a_damaged_state_is_told_with_the_way_out(start: Start) -> None:
    process = start(RUNS)
    process.stop()
    for damage in ("", "{}", "[]", '{"port": 1}'):
        (process.log.parent / "gateway.json").write_text(damage)
        with pytest.raises(BadFile, match="damaged"):
            process.last_run.read()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadFile, match="cannot be written to"):
        GatewayProcess(tmp_path / "file" / "embedded").start(tmp_path, "", {}, run(1), folder=tmp_path)


def test_the_executable_stands_beside_the_interpreter(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedMissing) as missing:
        find_executable(tmp_path)
    assert ".[embedded]" in str(missing.value.hint)
    assert find_executable(script(tmp_path, RUNS).parent) == tmp_path / "litellm"
