"""The routes: the documents of the command line, and errors of the web as documents."""

import json
from pathlib import Path
from typing import Any

import pytest

from hubctl.adapters.state.receipts import Write
from hubctl.core.compose.stack import LogLine
from hubctl.core.result import document
from hubctl.dashboard.page import FOLDER
from hubctl.errors import EngineUnavailable
from hubctl.operations.dashboard import Opened
from tests.conftest import Run
from tests.unit.dashboard.asking import BEARER, Desk

COMMANDS = {
    "/api/status": ("status",),
    "/api/litellm/models": ("models", "list"),
    "/api/providers": ("provider", "list"),
    "/api/doctor": ("doctor",),
}
TIMES = {"latency_ms", "elapsed_ms"}


def timeless(value: object) -> object:
    if isinstance(value, dict):
        return {name: timeless(each) for name, each in value.items() if name not in TIMES}
    return [timeless(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", COMMANDS)
def test_an_answer_is_the_document_of_the_command(desk: Desk, run: Run, path: str) -> None:
    answer = desk.ask("GET", path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    command = run(*COMMANDS[path], "--json", runtime=desk.runtime)
    assert timeless(answer.json()) == timeless(command.document)
    assert list(answer.json()["data"]) == list(command.data)


def test_the_log_has_the_lines_of_the_command_without_secrets(desk: Desk) -> None:
    env = desk.folder / "env/litellm.env"
    key = next(line.partition("=")[2] for line in env.read_text().splitlines() if line.startswith("LITELLM_MASTER_KEY"))
    desk.runtime.log = [LogLine("litellm", "one"), LogLine("litellm", f"key {key}")]
    data = desk.ask("GET", "/api/logs/litellm?tail=2").json()["data"]
    assert data == {
        "service": "litellm",
        "lines": [{"service": "litellm", "text": "one"}, {"service": "litellm", "text": "key …"}],
    }
    followed = desk.ask("GET", "/api/logs/litellm?follow=true")
    assert followed.headers["content-type"].startswith("text/event-stream")
    assert followed.text == 'event: line\ndata: {"text": "one"}\n\nevent: line\ndata: {"text": "key \\u2026"}\n\n'


@pytest.mark.parametrize(
    ("request_line", "body", "status", "code"),
    [
        ("GET /nosuch", None, 404, "not_found"),
        ("GET /api/status/", None, 404, "not_found"),
        ("DELETE /api/status", None, 405, "method_not_allowed"),
        ("GET /api/undo", None, 405, "method_not_allowed"),
        ("GET /api/logs/nosuch", None, 404, "unknown_service"),
        ("GET /api/logs/nosuch?follow=true", None, 404, "unknown_service"),
        ("GET /api/logs/litellm?tail=-1", None, 422, "usage"),
        ("POST /api/services/nosuch/restart", {}, 404, "unknown_service"),
        ("POST /api/providers/nosuch/enable", {}, 404, "unknown_provider"),
        ("POST /api/providers/openai/remove", {}, 422, "usage"),
        ("POST /api/providers/openai/enable", {"dry_run": "yes"}, 422, "usage"),
        ("POST /api/providers/openai/enable", {"key": "sk-secret0123456789"}, 422, "usage"),
        ("POST /api/providers/openai/enable", {"dry_run": True}, 409, "bad_key"),
        ("POST /api/litellm/test", {}, 422, "usage"),
        ("POST /api/litellm/test", {"model": ""}, 422, "usage"),
        ("POST /api/litellm/test", [], 422, "usage"),
        ("POST /api/undo", {}, 409, "nothing_to_undo"),
        ("POST /api/undo", {"dry_run": True}, 409, "nothing_to_undo"),
    ],
)
def test_what_cannot_be_done_is_a_document_with_its_status(
    desk: Desk, request_line: str, body: object, status: int, code: str
) -> None:
    method, path = request_line.split()
    more: dict[str, Any] = {} if body is None else {"json": body}
    answer = desk.ask(method, path, **more)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["schema"] == 1
    assert "sk-secret" not in answer.text


def test_json_that_is_none_is_usage(desk: Desk) -> None:
    headers = {**BEARER, "Content-Type": "application/json; charset=utf-8"}
    for body in (b"{", b"", b"\xff\xfe", b"[" * 30_000):
        answer = desk.ask("POST", "/api/undo", headers=headers, content=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "usage"), body


def test_an_engine_that_is_away_is_503(desk: Desk) -> None:
    desk.runtime.fault = EngineUnavailable("no engine", hint="start it")
    answer = desk.ask("GET", "/api/logs/litellm")
    assert answer.status_code == 503
    assert answer.json()["error"] == {"code": "engine_unavailable", "message": "no engine", "hint": "start it"}


def test_a_broken_file_is_a_conflict_and_no_bug(desk: Desk) -> None:
    (desk.folder / "compose.local.yml").write_text("services: [")
    for path in ("/api/session", *COMMANDS):
        answer = desk.ask("GET", path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "bad_file"), path
    assert desk.bugs == []


def test_the_last_verification_is_null_before_the_first_and_then_its_document(desk: Desk) -> None:
    assert desk.ask("GET", "/api/test/litellm").json() == {"schema": 1, "ok": True, "data": None}
    file = desk.folder / ".hubctl/verify.json"
    file.write_text("damaged")
    assert desk.ask("GET", "/api/test/litellm").json()["data"] is None
    file.write_text(json.dumps({"schema": 1, "ok": True, "data": {"checked_at": "2026-01-01T00:00:00+00:00"}}))
    assert desk.ask("GET", "/api/test/litellm").json()["data"] == {"checked_at": "2026-01-01T00:00:00+00:00"}


def test_a_paid_model_is_refused_as_the_command_refuses_it(desk: Desk) -> None:
    config = desk.folder / "conf/litellm/litellm_config.yaml"
    config.write_text("model_list: [{model_name: gpt, litellm_params: {model: openai/gpt-4o}}]\n")
    answer = desk.ask("POST", "/api/litellm/test", json={"model": "gpt"})
    assert answer.json()["ok"] is False  # the scripted gateway tells no prices, so it cannot be bounded


def test_changes_are_listed_with_their_diffs_and_taken_back(desk: Desk, run: Run) -> None:
    config = desk.folder / "conf/litellm/litellm_config.yaml"
    before = config.read_text()
    for name in ("one", "two"):
        assert run("models", "add", name, "ollama/x", "--no-restart", "--json").exit_code == 0
    newest, oldest = desk.ask("GET", "/api/changes").json()["data"]["changes"]
    assert list(newest) == ["id", "command", "at", "files", "undoable", "open", "undone"]
    assert (newest["command"], newest["undoable"], newest["open"]) == ("models add two ollama/x", True, False)
    assert newest["files"][0]["path"] == str(config)
    assert "+  - model_name: two" in newest["files"][0]["diff"]
    assert oldest["undoable"] is False
    preview = desk.ask("POST", "/api/undo", json={"dry_run": True}).json()["data"]["change"]
    assert "-  - model_name: two" in preview["files"][0]["diff"]
    assert "two" in config.read_text()
    assert run("undo", "--no-restart", "--json").exit_code == 0
    newest, oldest = desk.ask("GET", "/api/changes").json()["data"]["changes"]
    assert (newest["undone"], newest["undoable"], newest["files"][0]["diff"]) == (True, False, "")
    assert oldest["undoable"] is True
    assert run("undo", "--no-restart", "--json").exit_code == 0
    assert config.read_text() == before


def test_a_diff_of_an_env_file_shows_no_secret(desk: Desk) -> None:
    from hubctl.adapters.state.receipts import Receipts

    env = desk.folder / "env/litellm.env"
    old = env.read_bytes()
    new = old + b"OPENAI_API_KEY=sk-proj-0123456789abcdefWXYZ\n"
    receipts = Receipts(desk.folder / ".hubctl/receipts")
    receipt = receipts.open("provider set-key openai", [Write(env, "env", old, new)])
    env.write_bytes(new)
    answer = desk.ask("GET", "/api/changes")
    (change,) = answer.json()["data"]["changes"]
    assert (change["open"], change["undoable"]) == (True, True)
    assert "+OPENAI_API_KEY=…" in change["files"][0]["diff"]
    assert "sk-proj-0123456789" not in answer.text
    receipts.keep(receipt.now("done"))
    env.write_bytes(new + b"more\n")  # by hand
    (change,) = desk.ask("GET", "/api/changes").json()["data"]["changes"]
    assert (change["undoable"], change["files"][0]["diff"]) == (False, "")


def test_the_page_is_served_by_the_names_of_its_files_alone(desk: Desk) -> None:
    index = desk.ask("GET", "/")
    assert (index.status_code, index.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/", "/static/%00"):
        assert desk.ask("GET", path).status_code == 404, path
    # the client resolves a plain `..` itself, but not %2e%2e
    for path in ("parts", "parts/", "parts/%2e%2e/main.js", "parts/%2e%2e/%2e%2e/app.py", "parts//logs.js", "logs.js"):
        assert desk.ask("GET", f"/static/{path}").status_code == 404, path
    for path in ("parts/..%2f..%2fapp.py", "parts\\logs.js", f"{FOLDER}/main.js", "parts/logs.js/", "parts/logs"):
        assert desk.ask("GET", f"/static/{path}").status_code == 404, path
    assert desk.ask("GET", "/static/main.js").headers["content-type"] == "text/javascript; charset=utf-8"


def test_every_file_of_the_page_is_served_by_its_name_in_the_folder(desk: Desk) -> None:
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    names = [path.relative_to(FOLDER).as_posix() for path in files]
    answers = desk.ask_all([("GET", f"/static/{name}", BEARER, {}) for name in names])
    assert [each.status_code for each in answers] == [200] * len(names)
    assert [each.content for each in answers] == [path.read_bytes() for path in files]


def test_openapi_describes_every_path(desk: Desk) -> None:
    paths = desk.ask("GET", "/openapi.json").json()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods} == {
        "GET /api/session",
        "GET /api/status",
        "GET /api/events",
        "GET /api/litellm/models",
        "POST /api/litellm/test",
        "GET /api/test/litellm",
        "POST /api/test/litellm",
        "GET /api/providers",
        "POST /api/providers/{name}/{verb}",
        "POST /api/services/{name}/restart",
        "GET /api/doctor",
        "GET /api/changes",
        "POST /api/undo",
        "GET /api/logs/{service}",
    }


def test_the_address_is_a_document_too(tmp_path: Path) -> None:
    opened = Opened("http://127.0.0.1:1/#token=t", "http://127.0.0.1:1", "t", read_only=True)
    data = document(opened)["data"]
    assert isinstance(data, dict)
    assert list(data) == ["url", "api", "token", "read_only"]


def test_a_look_that_is_a_bug_is_told_and_keeps_nobody_waiting(desk: Desk) -> None:
    desk.runtime.views = [[None]]  # type: ignore[list-item]  # what no runtime gives
    answer = desk.ask("GET", "/api/status")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "bug")
    assert desk.bugs
