"""One service made anew by Docker Compose, played by a script: what its dry run says decides how it is asked."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from hubctl.adapters.docker.compose import OVERTAKEN_TRIES, Compose
from hubctl.errors import ComposeOvertaken
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


RACE = "Error response from daemon: removal of container 6ef4a2cbc0e0 is already in progress"


@pytest.mark.parametrize(("races", "made"), [(0, True), (2, True), (99, False)])
def test_another_compose_at_the_same_containers_is_let_end(
    tmp_path: Path,
    executable: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    races: int,
    made: bool,
) -> None:
    monkeypatch.setattr("hubctl.adapters.docker.compose.OVERTAKEN_PAUSE_S", 0.01)
    script = f"""case "$*" in *--dry-run*) exit 0;; esac
echo try >> {tmp_path}/tries
[ $(wc -l < {tmp_path}/tries) -gt {races} ] || {{ echo "{RACE}"; exit 1; }}"""
    path = f"{executable('docker', script)}{os.pathsep}/usr/bin{os.pathsep}/bin"
    compose = Compose(tmp_path, (), {"PATH": path})
    with nullcontext() if made else pytest.raises(ComposeOvertaken):
        compose.recreate("litellm", [], project="hub", grace_s=7, timeout_s=5, progress=silent)
    assert len((tmp_path / "tries").read_text().split()) == min(races + 1, OVERTAKEN_TRIES)
