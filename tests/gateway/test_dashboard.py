"""`hubctl dashboard` on the real LiteLLM proxy: the documents of the command line, live, and actions with receipts."""

import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import dropwhile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.dashboards import Dashboard, dashboard
from tests.gateway.dashboard_stand import PAUSE_S, TEXTS, Stand, standing
from tests.gateway.embedded_hub import PASSWORD, eventually
from tests.processes import in_terminal
from tests.real_servers import frozen

pytestmark = [pytest.mark.gateway, pytest.mark.redis]

Beside = tuple[Path, dict[str, str]]
TIMES = {"elapsed_ms", "latency_ms"}


@pytest.fixture
def beside(stand: Stand, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """The same hub's files in another folder, so that a second dashboard may run, and its variables."""
    root = tmp_path / "hub"
    shutil.copytree(stand.root, root, ignore=shutil.ignore_patterns(".hubctl"))
    return root, stand.env


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: timeless(each) for name, each in value.items() if name not in TIMES}
    return [timeless(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/status", ("status",)),
        ("/api/litellm/models", ("models", "list")),
        ("/api/providers", ("provider", "list")),
    ],
)
def test_the_api_gives_the_documents_of_the_command_line(
    stand: Stand, board: Dashboard, path: str, words: tuple[str, ...]
) -> None:
    answer = board.ask("GET", path)
    assert answer.status_code == 200
    command = stand.hub.hubctl(*words, "--json").document
    assert timeless(answer.json()) == timeless(command)
    assert list(answer.json()["data"]) == list(command["data"])


def test_doctor_sees_from_here_what_it_sees_from_the_command_line(stand: Stand, board: Dashboard) -> None:
    here, there = board.get("/api/doctor"), stand.hub.hubctl("doctor", "--json").data
    assert list(here) == list(there)
    for data in (here, there):  # the details have figures of this very moment
        data["hops"] = [(each["hop"], each["state"]) for each in data["hops"]]
        data["findings"] = [(each["rule"], each["severity"], each["file"], each["line"]) for each in data["findings"]]
    assert timeless(here) == timeless(there)


def test_a_model_answers_piece_by_piece_as_the_gateway_sends_it(board: Dashboard) -> None:
    asked = {"model": "quick", "prompt": "count", "stream": True}
    with board.events("/api/litellm/test", "POST", json=asked) as events:
        seen = list(events)
    told = [data["text"] for name, data, _ in seen if name == "token"]
    assert told == ["One ", "by ", "one."]  # a word is told when it is whole: it may be a secret
    assert "".join(told) == "".join(TEXTS)
    moments = [at for name, _, at in seen if name == "token"]
    assert moments[-1] - moments[0] > PAUSE_S  # LiteLLM gives the first two together
    name, document, _ = seen[-1]
    assert name == "result"
    (result,) = document["data"]["results"]
    assert (result["outcome"], result["reply"]) == ("passed", "".join(TEXTS))
    whole = board.post("/api/litellm/test", model="quick").json()["data"]
    assert list(whole["results"][0]) == list(result)
    usable = {model["name"]: model["usable"] for model in board.get("/api/litellm/models")["models"]}
    assert usable["quick"] == "yes"


def test_a_paid_model_is_asked_only_when_the_client_says_so_and_within_the_budget(board: Dashboard) -> None:
    refused = board.post("/api/litellm/test", model="dear")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "budget_exceeded")
    with board.events("/api/litellm/test", "POST", json={"model": "dear", "stream": True}) as events:
        ((name, document, _),) = events
    assert (name, document) == ("error", refused.json())
    assert board.post("/api/litellm/test", model="dear", prompt="a", paid=True).json()["data"]["passed"] == 1
    dear = board.post("/api/litellm/test", model="dear", prompt="many words " * 500, paid=True)
    assert dear.json()["error"]["code"] == "budget_exceeded"


def test_verify_runs_from_here_and_proves_the_dashboard_too(stand: Stand, board: Dashboard) -> None:
    assert board.get("/api/test/litellm") is None
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(board.post, "/api/test/litellm")
        eventually((stand.folder.state / "verify.lock").exists)
        time.sleep(0.3)
        second = board.post("/api/test/litellm")
        assert (second.status_code, second.json()["error"]["code"]) == (409, "busy")
        document = running.result(120).json()
    claims = {claim["id"]: claim for claim in document["data"]["claims"]}
    assert claims["dashboard"]["state"] == "proved", claims["dashboard"]
    assert board.ask("GET", "/api/test/litellm").json() == document
    assert document["data"]["checked_at"]


def test_a_provider_is_disabled_and_enabled_with_a_preview_and_taken_back(stand: Stand, board: Dashboard) -> None:
    before = stand.folder.config.read_text()
    preview = board.post("/api/providers/openai/enable", dry_run=True).json()["data"]
    assert "gpt" in preview["change"]["files"][0]["diff"]
    assert preview["change"]["id"] is None
    assert stand.folder.config.read_text() == before
    with board.events("/api/events") as events:
        next(events)
        made = board.post("/api/providers/openai/enable")
        assert made.status_code == 200, made.text
        assert any(name == "change" for name, _, _ in events)
    assert made.json()["data"]["change"]["effect"] == "restarted"
    assert all(proof["ok"] for proof in made.json()["data"]["proof"])
    (change, *_) = board.get("/api/changes")["changes"]
    assert (change["command"], change["undoable"]) == ("provider enable openai", True)
    assert change["files"] == made.json()["data"]["change"]["files"]
    assert board.post("/api/undo", dry_run=True).json()["data"]["change"]["files"]
    assert board.post("/api/undo").status_code == 200
    assert stand.folder.config.read_text() == before
    eventually(lambda: board.get("/api/status")["state"] == "healthy")


def test_a_change_by_the_command_line_is_told_to_those_who_watch(stand: Stand, board: Dashboard) -> None:
    with board.events("/api/events") as events:
        next(events)
        assert stand.hub.hubctl("models", "add", "more", "openai/quick", "--no-restart").code == 0
        assert any(name == "change" for name, _, _ in events)
        assert board.get("/api/changes")["changes"][0]["command"] == "models add more openai/quick"
        assert stand.hub.hubctl("undo", "--no-restart").code == 0
        assert any(name == "change" for name, _, _ in events)


def test_a_change_of_the_command_line_keeps_the_dashboard_waiting_in_turn(stand: Stand, board: Dashboard) -> None:
    with subprocess.Popen(
        ["flock", str(stand.folder.state / "lock"), "sleep", "7"], stdout=subprocess.DEVNULL
    ) as holder:
        time.sleep(0.5)
        refused = board.post("/api/services/litellm/restart")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "busy")
        holder.kill()


def test_the_log_is_followed(stand: Stand, board: Dashboard) -> None:
    with board.events("/api/logs/litellm?follow=true&tail=5") as events:
        stand.folder.chat("quick")
        assert any("POST /v1/chat/completions" in data["text"] for _, data, _ in events)
    assert len(board.get("/api/logs/litellm?tail=3")["lines"]) == 3


def test_a_redis_that_ends_is_seen_within_five_seconds_and_one_that_hangs_too(stand: Stand, board: Dashboard) -> None:
    def cache(document: Any) -> str:
        return next(str(each["state"]) for each in document["data"]["services"] if each["role"] == "cache")

    latest = board.get("/api/status")
    with board.events("/api/events") as events:
        # A stream begins with looks of earlier times, in which the gateway was restarted by other tests.
        new = dropwhile(lambda event: event[1].get("data") != latest, events)
        assert any(name == "status" and cache(document) == "healthy" for name, document, _ in new)
        with frozen(stand.redis, PASSWORD):
            stopped = time.monotonic()
            seen = next(at for name, document, at in new if name == "status" and cache(document) != "healthy")
        assert seen - stopped < 5.5
        assert any(name == "status" and cache(document) == "healthy" for name, document, _ in new)


def test_ctrl_c_ends_it_at_once_with_streams_open_and_leaves_nothing(beside: Beside) -> None:
    root, env = beside
    with dashboard(root, env) as own:
        file = root / ".hubctl/dashboard.json"
        assert file.stat().st_mode & 0o777 == 0o600
        with own.events("/api/events") as events, own.events("/api/events") as more:
            next(events)
            next(more)
            began = time.monotonic()
            own.process.send_signal(signal.SIGINT)
            assert own.process.wait(10) == 130
            assert time.monotonic() - began < 2
        assert not file.exists()
        assert own.process.stdout is not None
        assert own.process.stderr is not None
        assert own.process.stdout.read() + own.process.stderr.read() == ""


def test_ctrl_c_waits_for_a_change_that_is_being_made(stand: Stand, tmp_path: Path) -> None:
    # The last of the stand's own tests: it needs the hub's one dashboard, so it comes with another hub.
    with standing(tmp_path) as other, dashboard(other.root, other.env) as own, ThreadPoolExecutor(1) as pool:
        restarting = pool.submit(own.post, "/api/services/litellm/restart")
        eventually(lambda: "restart" in lock_of(other))
        own.process.send_signal(signal.SIGINT)
        assert own.process.wait(90) == 130
        assert restarting.result(10).json()["data"]["change"]["effect"] == "restarted"
        assert own.process.stderr is not None
        said = "waiting for restart litellm; Ctrl-C again leaves it half done\n"
        assert own.process.stderr.read() == said
        assert other.folder.is_alive()


def lock_of(stand: Stand) -> str:
    lock = stand.folder.state / "lock"
    return lock.read_text() if lock.exists() else ""


def test_a_terminated_one_ends_as_cleanly(beside: Beside) -> None:
    root, env = beside
    with dashboard(root, env) as own:
        own.process.terminate()
        assert own.process.wait(10) == 143
        assert not (root / ".hubctl/dashboard.json").exists()


def test_a_killed_one_leaves_a_file_that_counts_for_nothing(beside: Beside) -> None:
    root, env = beside
    with dashboard(root, env) as own:
        own.process.kill()
        own.process.wait(10)
    assert (root / ".hubctl/dashboard.json").exists()
    with dashboard(root, env) as again:
        assert again.get("/api/session")["root"] == str(root)
    assert not (root / ".hubctl/dashboard.json").exists()


def test_one_dashboard_for_one_hub_and_one_port_for_one_dashboard(stand: Stand, board: Dashboard) -> None:
    second = stand.hub.hubctl("dashboard", "--port", "0", "--json")
    assert (second.code, second.error["code"]) == (4, "busy")
    assert f"pid {board.process.pid}" in second.error["message"]
    taken = stand.hub.hubctl("dashboard", "--port", str(board.port), "--json")
    assert (taken.code, taken.error["code"]) == (4, "port_taken")
    assert f"(pid {board.process.pid})" in taken.error["message"]
    assert "`--port N`" in taken.error["hint"]
    assert board.get("/api/session")["root"] == str(stand.root)


def test_the_address_is_printed_at_once_and_read_only_is_read_only(beside: Beside) -> None:
    root, env = beside
    with in_terminal("dashboard", "--port", "0", "--read-only", cwd=root, variables=env) as terminal:
        terminal.wait_for("\n")
        url = terminal.shown.strip()
        api, _, token = url.partition("/#token=")
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.post(f"{api}/api/undo", json={}, headers=headers)
        assert answer.json()["error"]["code"] == "read_only"
        terminal.type("\x03")
        assert terminal.end() == 130
        assert terminal.shown.replace("^C", "").split("\r\n") == [
            url,
            "interrupted: the dashboard has ended; what runs of the hub goes on",
            "",
        ]
