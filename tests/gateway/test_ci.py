"""The workflows of docs/ci.md and the action: valid by their schemas, and their lines run in a fresh clone."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser import JUnitXml

from tests.gateway.fresh_venv import fresh_venv
from tests.real_servers import free_port, litellm

REPOSITORY = Path(__file__).parents[2]
WORKFLOW, ACTION_USED, GITLAB = re.findall(r"```yaml\n(.*?)```", (REPOSITORY / "docs/ci.md").read_text(), re.DOTALL)
ACTION = (REPOSITORY / "action.yml").read_text()
# What a Python that was set up for a job has on its PATH.
BASE = "/usr/local/bin:/usr/bin:/bin"


@pytest.mark.process
@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("vendor.github-workflows", WORKFLOW),
        ("vendor.github-workflows", ACTION_USED),
        ("vendor.github-workflows", (REPOSITORY / ".github/workflows/ci.yml").read_text()),
        ("vendor.gitlab-ci", GITLAB),
        ("vendor.github-actions", ACTION),
    ],
    ids=["workflow", "workflow with the action", "workflow of this project", "gitlab", "action"],
)
def test_what_is_shown_is_valid(schema: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_text(text)
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_is_four_lines_beside_the_checkout() -> None:
    steps = yaml.safe_load(WORKFLOW)["jobs"]["models"]["steps"]
    assert [next(iter(step)) for step in steps] == ["uses", "uses", "run", "run", "run", "uses"]


@dataclass(frozen=True)
class Clone:
    """A fresh clone, in a Python environment where nothing of it is installed, on ports where nothing listens."""

    root: Path
    env: Mapping[str, str]

    def runs(self, line: str, **more: str) -> str:
        """Run one line the way CI does. Gives what it printed."""
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", line],
            cwd=self.root,
            env={**self.env, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def passed(self, report: str) -> int:
        suites = JUnitXml.fromfile(str(self.root / report))
        assert (suites.failures, suites.errors) == (0, 0)
        return int(suites.tests - suites.skipped)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    root, venv = tmp_path / "clone", tmp_path / "venv"
    fresh_venv(venv, litellm=litellm())
    _copy_files(root)
    ports = {name: str(free_port()) for name in ("LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT")}
    env = {"PATH": f"{venv}/bin:{BASE}", "HOME": str(tmp_path), "DOCKER_HOST": "unix:///nowhere.sock", **ports}
    made = Clone(root, env)
    yield made
    subprocess.run([venv / "bin/hubctl", "down"], cwd=root, env=env, check=False, capture_output=True)


def _copy_files(root: Path) -> None:
    """Make what a clone of the present state would be: the files that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes((REPOSITORY / name).read_bytes())


def steps(text: str) -> list[dict[str, Any]]:
    document = yaml.safe_load(text)
    job = document["jobs"]["models"] if "jobs" in document else document["runs"]
    found: list[dict[str, Any]] = job["steps"]
    return found


@pytest.mark.gateway
def test_the_lines_of_the_workflow_work_in_a_fresh_clone(clone: Clone) -> None:
    summary = clone.root.parent / "summary.md"
    for step in steps(WORKFLOW):
        if "run" in step:
            clone.runs(step["run"], GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert clone.passed("r.xml") == 4
    assert "4 passed, 0 failed" in summary.read_text()


@pytest.mark.gateway
def test_the_lines_for_gitlab_work_in_a_fresh_clone(clone: Clone) -> None:
    job = yaml.safe_load(GITLAB)["models"]
    for line in [*job["before_script"], *job["script"], *job["after_script"]]:
        clone.runs(line)
    assert clone.passed(job["artifacts"]["reports"]["junit"]) == 4


@pytest.mark.gateway
def test_the_lines_of_the_action_work_in_a_fresh_clone(clone: Clone) -> None:
    (uses,) = [step for step in steps(ACTION_USED) if step.get("uses") == "./"]
    inputs = {name: each["default"] for name, each in yaml.safe_load(ACTION)["inputs"].items()} | uses["with"]
    for step in steps(ACTION):
        named = {name: inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")] for name, value in _env(step)}
        clone.runs(step["run"], GITHUB_ACTION_PATH=str(clone.root), GITHUB_ACTIONS="true", **named)
    assert clone.passed(inputs["junit"]) == 4


def _env(step: Mapping[str, Any]) -> list[tuple[str, str]]:
    return list(step.get("env", {}).items())
