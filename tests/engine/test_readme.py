"""The README's first hub with Docker, typed as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_hub import hub_environment, shell

pytestmark = pytest.mark.engine

README = Path(__file__).parents[2] / "README.md"


def test_the_four_commands_of_the_readme_bring_up_a_hub_that_answers(engine: None, tmp_path: Path) -> None:
    found = re.search(r"Then four commands:\n\n```sh\n(.*?)```", README.read_text(), re.DOTALL)
    assert found is not None
    env = {**shell(), **hub_environment()}
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    try:
        done = subprocess.run(
            ["bash", "-euxc", found[1]], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1 passed, 0 failed" in done.stdout
    finally:
        words: list[str | Path] = [
            sys.executable,
            "-m",
            "hubctl",
            "down",
            "--volumes",
            "--yes",
            "--hub",
            tmp_path / "my-hub",
        ]
        subprocess.run(words, env=env, capture_output=True, timeout=120, check=False)
