"""What a fresh interpreter loads: `hubctl --version` and `--help` are to cost Typer and little more."""

import subprocess
import sys
from pathlib import Path

import pytest

from hubctl import __version__
from hubctl.operations.stack.init import init
from tests.processes import environment, hubctl
from tests.servers import routes, serving

pytestmark = pytest.mark.process

HEAVY = ("rich", "httpx", "yaml", "docker", "requests", "dotenv", "pydantic", "fastapi", "uvicorn", "litellm")
OWN = ("hubctl.operations", "hubctl.adapters", "hubctl.runtimes", "hubctl.commands", "hubctl.hub", "hubctl.render")


def loaded(cwd: Path, *words: str, **shell: str) -> set[str]:
    """The modules that are loaded when the command ends."""
    program = (
        "import sys\nfrom hubctl.cli import main\ntry: main()\nfinally: print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=cwd,
        env=environment(**shell),
        capture_output=True,
        text=True,
        check=False,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [("--version",), ("--help",), ()])
def test_the_top_level_loads_no_library_but_typer_and_none_of_the_commands(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    modules = loaded(tmp_path, *words)
    assert "typer" in modules
    assert {name for name in modules if name.startswith(OWN)} == set()
    assert {name.split(".")[0] for name in modules} & set(HEAVY) == set()


def test_help_of_one_command_loads_that_command_and_no_library(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "status", "--help")
    assert "hubctl.commands.stack.status" in modules
    assert "hubctl.commands.smoke.run" not in modules
    assert {name.split(".")[0] for name in modules} & set(HEAVY) == set()


def test_json_needs_no_rich(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("model_list: []\n")
    modules = loaded(tmp_path, "models", "--config", "c.yaml", "--json")
    assert "yaml" in modules
    assert {name.split(".")[0] for name in modules} & {"rich", "httpx", "docker", "requests"} == set()


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    done = hubctl("--version", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, f"hubctl {__version__}\n", "")


def test_an_engine_of_this_machine_is_asked_without_the_way_through_ssh(tmp_path: Path) -> None:
    with serving(routes({})) as engine:
        assert init(tmp_path / "hub")
        modules = loaded(tmp_path / "hub", "status", "--json", DOCKER_HOST=f"tcp://{engine}")
    assert "docker.api.client" in modules
    assert "paramiko" not in modules
