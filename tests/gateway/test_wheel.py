"""The wheel, as somebody without a clone uses it: built, installed in a fresh environment, a hub made and asked."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import preloaded
from tests.gateway.fresh_venv import fresh_venv
from tests.real_servers import free_port, litellm

pytestmark = [pytest.mark.gateway, pytest.mark.wheel]

REPOSITORY = Path(__file__).parents[2]


def test_a_hub_from_the_wheel_is_the_same_as_from_the_clone_and_answers(tmp_path: Path) -> None:
    litellm()
    wheels, venv, hub = tmp_path / "wheels", tmp_path / "venv", tmp_path / "hub"
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels, REPOSITORY)
    (wheel,) = wheels.glob("hubctl-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert _page_of_the_dashboard() <= set(packed.namelist())
    fresh_venv(venv, litellm=preloaded.plain())
    _run(venv / "bin" / "pip", "install", "--quiet", f"{wheel}[embedded]")
    hubctl = venv / "bin" / "hubctl"

    _run(hubctl, "init", hub)
    assert _files(hub) == _files(_cloned(tmp_path))

    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LITELLM_PORT": str(free_port()), "OLLAMA_PORT": "1"}
    _run(hubctl, "up", "--embedded", "--demo", cwd=hub, env=env)
    try:
        assert "4 passed" in _run(hubctl, "test-model", cwd=hub, env=env)
    finally:
        _run(hubctl, "down", cwd=hub, env=env)


def _page_of_the_dashboard() -> set[str]:
    folder = REPOSITORY / "hubctl/dashboard/static"
    return {path.relative_to(REPOSITORY).as_posix() for path in folder.rglob("*") if path.is_file()}


def _cloned(tmp_path: Path) -> Path:
    root = tmp_path / "from-clone"
    _run(sys.executable, "-m", "hubctl", "init", root)
    return root


def _files(root: Path) -> dict[str, str]:
    """Every file of a hub; of the lock, and of those with secrets or names of its own, the names alone."""
    return {
        str(path.relative_to(root)): "" if {path.suffix, path.name} & {".env", "lock"} else path.read_text()
        for path in root.rglob("*")
        if path.is_file()
    }


def _run(*words: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
