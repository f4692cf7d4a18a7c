"""`hubctl models pull` as an operator and a script see it: the bar, the document, the errors, and Ctrl-C."""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import container, docker_engine
from tests.processes import HIDE_CURSOR, SHOW_CURSOR, hubctl, in_terminal, running
from tests.servers import Script, never_answers, reply, requested, serving

pytestmark = pytest.mark.process

LAYER = {"status": "pulling dde5aa3fc5ff", "digest": "sha256:dde5", "total": 2_000_000_000}
HALF = [{"status": "pulling manifest"}, {**LAYER, "completed": 1_000_000_000}]
WHOLE = [*HALF, {**LAYER, "completed": 2_000_000_000}, {"status": "success"}]
NO_DISK = {"error": "write /root/.ollama/models/blobs/sha256-dde5-partial: no space left on device"}
AGAIN = "interrupted: what was downloaded is kept; the same command resumes the download"


def lines(*said: object) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in said)


def ollama(*said: object, then: Script | None = None) -> Script:
    """An Ollama that says these lines of a pull, half a second apart, and lists what it was asked for."""
    names: list[str] = []

    def script(peer: socket.socket) -> None:
        request = requested(peer)
        path = request.split()[1]
        if path == "/api/pull":
            names.append(json.loads(request.split("\r\n\r\n")[1])["model"])
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n")
            for each in said:
                peer.sendall(lines(each))
                time.sleep(0.3)
            if then:
                then(peer)
        elif path == "/api/version":
            peer.sendall(reply(200, {"version": "0.12.0"}))
        else:
            peer.sendall(reply(200, {"models": [{"name": name, "size": 2_000_000_000} for name in names]}))

    return script


@contextmanager
def hub_with(script: Script, folder: Path) -> Iterator[dict[str, str]]:
    """The variables that lead to an engine on which this Ollama runs."""
    with serving(script) as address:
        running = container(folder / "compose.local.yml", "ollama", {11434: address})
        with serving(docker_engine([running])) as engine:
            yield {"DOCKER_HOST": f"tcp://{engine}"}


def test_a_terminal_shows_a_bar_with_bytes_and_takes_it_away(hub_folder: Path) -> None:
    with (
        hub_with(ollama(*WHOLE), hub_folder) as shell,
        in_terminal("models", "pull", "llama3", cwd=hub_folder, variables={**shell, "NO_COLOR": "1"}) as terminal,
    ):
        terminal.wait_for("1.0/2.0 GB")
        terminal.wait_for("2.0/2.0 GB")
        assert terminal.end() == 0
    assert "━" in terminal.shown
    assert "bytes" not in terminal.shown  # no bar before it is known how long it is
    assert "pulling dde5aa3fc5ff" in terminal.shown
    last = terminal.shown.rpartition("\x1b[2K")[2]
    assert last.strip("\r\n") == "pulled llama3.2:3b (2.0 GB)"
    assert terminal.shown.rfind(SHOW_CURSOR) > terminal.shown.rfind(HIDE_CURSOR)


def test_a_pipe_gets_the_result_alone(hub_folder: Path) -> None:
    with hub_with(ollama(*WHOLE), hub_folder) as shell:
        done = hubctl("models", "pull", "llama3", cwd=hub_folder, **shell)
    assert (done.code, done.out, done.err) == (0, "pulled llama3.2:3b (2.0 GB)\n", "")


def test_the_document_has_these_keys_and_offers_the_command_that_makes_it_askable(hub_folder: Path) -> None:
    with hub_with(ollama(*WHOLE), hub_folder) as shell:
        done = hubctl("models", "pull", "mistral", "--json", cwd=hub_folder, **shell)
    assert (done.code, done.err) == (0, "")
    assert done.data == {
        "model": "mistral:latest",
        "size_bytes": 2_000_000_000,
        "next_command": "hubctl models add mistral ollama_chat/mistral:latest",
        "added": None,
    }


def test_the_offered_command_does_what_add_does_at_once(hub_folder: Path) -> None:
    config = hub_folder / "conf/litellm/litellm_config.yaml"
    before = config.read_bytes()
    with hub_with(ollama(*WHOLE), hub_folder) as shell:
        first = hubctl("models", "pull", "mistral", cwd=hub_folder, **shell)
        offered = re.search(r"`hubctl (.*)`", first.out)
        assert offered, first
        assert hubctl(*offered[1].split(), "--no-restart", cwd=hub_folder, **shell).code == 0
        by_hand = config.read_bytes()
        config.write_bytes(before)
        done = hubctl("models", "pull", "mistral", "--add", "--no-restart", cwd=hub_folder, **shell)
    assert done.code == 0, done
    assert done.out.startswith("pulled mistral:latest (2.0 GB)\n")
    assert "`hubctl models add" not in done.out
    assert config.read_bytes() == by_hand != before
    assert hubctl("undo", "--no-restart", cwd=hub_folder).code == 0
    assert config.read_bytes() == before


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_full_disk_is_said_plainly(hub_folder: Path, form: tuple[str, ...]) -> None:
    with hub_with(ollama(*HALF, NO_DISK), hub_folder) as shell:
        done = hubctl("models", "pull", "llama3", *form, cwd=hub_folder, **shell)
    assert done.code == 4
    if form:
        assert done.error["code"] == "pull_failed"
        assert "the disk that Ollama keeps its models on is full" in done.error["message"]
    else:
        assert done.out == ""
        assert done.err.startswith("error: the disk that Ollama keeps its models on is full (")


def test_a_hub_whose_ollama_does_not_run_says_so(hub_folder: Path) -> None:
    with serving(docker_engine([])) as engine:
        done = hubctl("models", "pull", "llama3", "--json", cwd=hub_folder, DOCKER_HOST=f"tcp://{engine}")
    assert done.code == 4
    assert "Ollama" in done.error["message"]


def test_a_broken_connection_is_not_made_again_to_a_stranger(hub_folder: Path) -> None:
    """The Ollama breaks off in the middle, and its container is gone when hubctl connects again."""
    engines: list[dict[str, Any]] = []

    def then(_: socket.socket) -> None:
        engines[0]["State"]["Status"] = "exited"

    asked: list[str] = []
    pulling = ollama(*HALF, then=then)

    def script(peer: socket.socket) -> None:
        if engines[0]["State"]["Status"] == "running":
            pulling(peer)
        elif sent := peer.recv(65536):
            asked.append(sent.decode())

    with serving(script) as address:
        engines.append(container(hub_folder / "compose.local.yml", "ollama", {11434: address}))
        with serving(docker_engine(engines)) as engine:
            done = hubctl("models", "pull", "llama3", "--json", cwd=hub_folder, DOCKER_HOST=f"tcp://{engine}")
    assert asked == []
    assert (done.code, done.error["code"]) == (4, "pull_failed"), done.out
    assert f"Ollama at {address}: is not known to be this hub's any more (its container" in done.error["message"]


def test_ctrl_c_leaves_a_clean_terminal_and_says_how_to_go_on(hub_folder: Path) -> None:
    with (
        hub_with(ollama(*HALF, then=never_answers), hub_folder) as shell,
        in_terminal("models", "pull", "llama3", cwd=hub_folder, variables=shell) as terminal,
    ):
        terminal.wait_for("1.0/2.0 GB")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert terminal.shown.rfind(SHOW_CURSOR) > terminal.shown.rfind(HIDE_CURSOR)
    assert "Traceback" not in terminal.shown
    assert terminal.shown.endswith(f"{AGAIN}\r\n")


@pytest.mark.parametrize(("form", "said"), [((), f"{AGAIN}\n"), (("--json",), "")])
def test_an_interrupt_in_a_pipe_prints_no_document(hub_folder: Path, form: tuple[str, ...], said: str) -> None:
    heard: list[float] = []

    def then(peer: socket.socket) -> None:
        heard.append(time.monotonic())
        never_answers(peer)

    with (
        hub_with(ollama(*HALF, then=then), hub_folder) as shell,
        running("models", "pull", "llama3", *form, cwd=hub_folder, **shell) as process,
    ):
        while not heard:
            assert process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        out, complaints = process.communicate(timeout=20)
    assert (process.returncode, out, complaints) == (130, "", said)
