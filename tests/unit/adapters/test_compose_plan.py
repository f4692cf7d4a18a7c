"""One service made anew by Docker Compose, played by a script: what its dry run says decides how it is asked."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hubctl.adapters.compose import Compose
from hubctl.progress import silent

ALONE = "up --detach --pull never --no-deps --force-recreate --timeout 7 litellm"
WITH_OTHERS = "up --detach --pull never --force-recreate --timeout 7 litellm"


def plan(*steps: str) -> str:
    return "\n".join(f" DRY-RUN MODE -  Container {step}" for step in steps)


@pytest.mark.parametrize(
    ("said", "recreates", "words"),
    [
        pytest.param(plan("hub-redis-1  Running", "hub-litellm-1  Running"), False, WITH_OTHERS, id="nothing changed"),
        pytest.param(
            plan(
                "hub-redis-1  Running",
                "hub-litellm-1  Recreate",
                "hub-litellm-1  Recreated",
                "0123456789ab_hub-litellm-1  Starting",
            ),
            True,
            WITH_OTHERS,
            id="itself changed",
        ),
        pytest.param(
            plan("hub-redis-1  Recreate", "hub-redis-1  Recreated", "hub-litellm-1  Recreate"),
            False,
            ALONE,
            id="in the wake of another",
        ),
        pytest.param(
            plan("hub-redis-1  Created", "hub-litellm-1  Running", "hub-redis-1  Starting"),
            False,
            ALONE,
            id="one stopped",
        ),
    ],
)
def test_a_service_is_made_anew_and_no_other(
    tmp_path: Path, executable: Callable[[str, str], Path], said: str, recreates: bool, words: str
) -> None:
    (tmp_path / "plan").write_text(said)
    script = f'case "$*" in *--dry-run*) cat {tmp_path}/plan;; *) echo "$@" >> {tmp_path}/said;; esac'
    path = f"{executable('docker', script)}{os.pathsep}/usr/bin{os.pathsep}/bin"
    compose = Compose(tmp_path, (), {"PATH": path}, context="lab")
    assert compose.would_recreate("litellm", ["hub-litellm-1"], project="hub") is recreates
    compose.recreate("litellm", ["hub-litellm-1"], project="hub", grace_s=7, timeout_s=5, progress=silent)
    assert (tmp_path / "said").read_text() == f"--context lab compose --ansi never --project-name hub {words}\n"
