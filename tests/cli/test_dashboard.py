"""`hubctl dashboard` as a process without a gateway: what it needs, what is in its way, what it leaves."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dashboards import dashboard
from tests.fakes import GATEWAY, container, docker_engine
from tests.gateway.embedded_hub import eventually
from tests.processes import environment, hubctl
from tests.servers import routes, serving

pytestmark = pytest.mark.process

WITHOUT_FASTAPI = "import sys; sys.modules['fastapi'] = None; from hubctl.cli import main; main()"


def test_without_its_extra_one_message_says_how_to_get_it(hub_folder: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_FASTAPI, "dashboard", "--json"]
    done = subprocess.run(command, cwd=hub_folder, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (4, "")
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "dashboard_missing"
    assert "needs fastapi, which is not installed" in error["message"]
    assert "pip install '.[dashboard]'" in error["hint"]


def test_a_taken_port_is_told_with_its_holder_and_the_way_out(hub_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        done = hubctl("dashboard", "--port", str(port), cwd=hub_folder)
    assert done.code == 4
    assert done.err.startswith(f"error: port {port} of this machine is taken by ")
    assert "`--port N` takes another one" in done.err
    assert not (hub_folder / ".hubctl/dashboard.json").exists()


def test_without_a_hub_there_is_none(tmp_path: Path) -> None:
    done = hubctl("dashboard", "--json", cwd=tmp_path)
    assert (done.code, done.error["code"]) == (4, "hub_not_found")


def test_undo_shows_what_it_would_take_back(hub_folder: Path) -> None:
    config = hub_folder / "conf/litellm/litellm_config.yaml"
    assert hubctl("models", "add", "mine", "ollama/x", "--no-restart", cwd=hub_folder).code == 0
    changed = config.read_text()
    shown = hubctl("undo", "--dry-run", cwd=hub_folder)
    assert shown.code == 0
    assert "-  - model_name: mine" in shown.out
    assert config.read_text() == changed
    assert hubctl("undo", "--dry-run", "--json", cwd=hub_folder).data["change"]["id"] is None
    assert hubctl("undo", "--no-restart", cwd=hub_folder).code == 0
    nothing = hubctl("undo", "--dry-run", "--json", cwd=hub_folder)
    assert (nothing.code, nothing.error["code"]) == (4, "nothing_to_undo")


def test_a_log_that_is_followed_leaves_no_process_behind(
    hub_folder: Path, tmp_path: Path, executable: Callable[[str, str], Path]
) -> None:
    pids = tmp_path / "pids"
    docker = f'case "$*" in *" --follow "*) echo $$ >> {pids}; echo "hub-litellm-1  | first"; exec sleep 60;; esac'
    path = f"{executable('docker', docker)}{os.pathsep}{os.environ['PATH']}"
    with serving(routes(GATEWAY)) as gateway:
        engine_script = docker_engine([container(hub_folder / "compose.local.yml", "litellm", {4000: gateway})])
        with (
            serving(engine_script) as engine,
            dashboard(hub_folder, environment(DOCKER_HOST=f"tcp://{engine}", PATH=path)) as own,
        ):
            with own.events("/api/logs/litellm?follow=true") as events:
                assert next(events)[1] == {"text": "first"}
            (left,) = pids.read_text().split()
            eventually(lambda: not alive(left))  # nobody follows it any more
            with own.events("/api/logs/litellm?follow=true") as events:
                next(events)
                own.process.terminate()
                assert own.process.wait(10) == 143
            assert [pid for pid in pids.read_text().split() if alive(pid)] == []


def alive(pid: str) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_open_leads_to_the_one_that_runs_already(hub_folder: Path, executable: Callable[[str, str], Path]) -> None:
    log = hub_folder / "opened"
    browser = executable("a-browser", f'echo "$@" >> {log}; cat "${{1#file://}}" >> {log}.page')
    variables = {"BROWSER": f"{browser}/a-browser %s"}
    with dashboard(hub_folder, environment()) as own:
        again = hubctl("dashboard", "--open", "--json", cwd=hub_folder, **variables)
        assert (again.code, again.err) == (0, "")
        assert again.data == {"url": own.url, "api": own.api, "token": own.token, "read_only": False}
        eventually(lambda: Path(f"{log}.page").exists())
        assert f"url={own.url}" in Path(f"{log}.page").read_text()
        assert own.token not in log.read_text()
        shown = hubctl("dashboard", "--open", cwd=hub_folder)
        assert (shown.code, shown.out) == (0, f"{own.url}\n")
        assert "no browser can be opened here" in shown.err
        read_only = hubctl("dashboard", "--open", "--read-only", "--port", "0", "--json", cwd=hub_folder, **variables)
        assert (read_only.code, read_only.error["code"]) == (4, "busy")  # what it shows could be changed there
        assert "`hubctl dashboard --open` opens it" in read_only.error["hint"]
        assert own.ask("GET", "/api/session").status_code == 200
    assert not (hub_folder / ".hubctl/dashboard.html").exists()
    with dashboard(hub_folder, environment(), "--read-only") as own:
        again = hubctl("dashboard", "--open", "--json", cwd=hub_folder, **variables)
        assert (again.data["url"], again.data["read_only"]) == (own.url, True)
