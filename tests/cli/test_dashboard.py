"""`hubctl dashboard` before it serves: what it needs, and what is in its way."""

import json
import socket
import subprocess
import sys
from pathlib import Path

from tests.processes import environment, hubctl

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
