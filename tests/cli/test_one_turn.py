"""One lock for everything that changes a hub, its making too; and what a making that is killed leaves."""

import random
import re
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from hubctl.adapters.state.ledger import Ledger
from hubctl.core.text import env_text
from hubctl.operations.stack.init import PLACES, init
from tests.conftest import Run
from tests.fakes import FakeRuntime, well
from tests.processes import PROGRAM, environment, hubctl, hubctl_at_once
from tests.real_servers import missing
from tests.sweeps import WHOLE, few

ROUNDS = 6 if WHOLE else 1
KILLS = 60 if WHOLE else 6
CALLS = "openat,linkat,link,mkdir,fchmod,write,fsync,rename,unlink"


def secrets_of(root: Path) -> dict[str, set[str]]:
    """What the places of each secret hold."""
    return {name: {_secret(root, *place) for place in places} for name, places in PLACES.items()}


def _secret(root: Path, file: str, variable: str, form: str) -> str:
    value = env_text.read((root / file).read_text(), {}).values()[variable]
    before, after = form.split("{}")
    return value.removeprefix(before).removesuffix(after)


@pytest.mark.process
@pytest.mark.parametrize("there", few(1, [False, True]), ids=lambda there: "a folder" if there else "no folder")
def test_twenty_at_once_make_one_hub(tmp_path: Path, there: bool) -> None:
    for number in range(ROUNDS):
        root = tmp_path / f"new{number}" / "hub"
        if there:
            root.mkdir(parents=True)
        done = hubctl_at_once(*[("init", f"{root}", "--json")] * 20, cwd=tmp_path)
        assert [each.code for each in done] == [0] * 20, [each.err + each.out for each in done if each.code]
        assert [len(held) for held in secrets_of(root).values()] == [1, 1, 1, 1]
        assert [note for each in done for note in each.data["notes"]] == []
        assert sum(len(each.data["made"]) for each in done) == len(done[0].data["made"] + done[0].data["kept"])


ALONE = [
    ("init",),
    ("config", "check", "--fix", "--no-restart"),
    ("models", "add", "mine", "ollama_chat/mine", "--no-restart"),
    ("models", "enable", "gemini-pro", "--no-restart"),
    ("undo", "--no-restart"),
    ("down",),
]
# What another one did first: it is so already, or not to be had any more, or a turn did not come within five seconds.
OVERTAKEN = {"busy", "nothing_to_undo", "edit_refused", "unknown_model", "engine_unavailable"}


@pytest.mark.process
def test_whatever_is_done_at_once_is_done_one_after_the_other(hub_folder: Path) -> None:
    before = secrets_of(hub_folder)
    done = hubctl_at_once(*[(*words, "--json") for words in ALONE * (4 if WHOLE else 2)], cwd=hub_folder)
    for each in done:
        assert each.code == 0 or each.error["code"] in OVERTAKEN, each.out + each.err
    assert secrets_of(hub_folder) == before
    assert Ledger(hub_folder / ".hubctl").half_done() is None
    assert not list(hub_folder.rglob("*.hubctl.tmp"))
    while (undone := hubctl("undo", "--no-restart", "--json", cwd=hub_folder)).code == 0:
        assert undone.data["notes"] == []
    assert undone.error["code"] == "nothing_to_undo"


@pytest.mark.parametrize("command", ["up", "down"])
def test_what_starts_and_stops_the_hub_waits_for_its_turn(run: Run, hub_folder: Path, command: str) -> None:
    runtime = FakeRuntime([[well()]])
    with Ledger(hub_folder / ".hubctl").turn("provider enable openai"):
        refused = run(command, "--json", runtime=runtime)
    assert (refused.exit_code, refused.document["error"]["code"]) == (4, "busy")
    assert "`hubctl provider enable openai` (pid " in refused.document["error"]["message"]
    assert runtime.done == []
    run(command, "--json", runtime=runtime)
    assert runtime.done != []


@pytest.mark.process
def test_only_this_hubs_own_turn_counts(run: Run, tmp_path: Path) -> None:
    other = init(tmp_path / "other").root
    with Ledger(other / ".hubctl").turn("provider enable openai"):
        began = time.monotonic()
        assert run("down", "--json", runtime=FakeRuntime([[well()]])).exit_code == 0
    assert time.monotonic() - began < 4


@pytest.mark.process
def test_a_making_that_is_killed_leaves_no_secret_for_git_and_nothing_half_made(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        missing("strace", "apt-get install strace")
    moments = _moments(tmp_path / "pristine", tmp_path / "log")
    assert len(moments) > 50
    for number, (call, count) in enumerate(random.Random("init").choices(moments, k=KILLS)):
        root = tmp_path / f"hub{number}"
        _traced(root, "-o", "/dev/null", "-e", f"inject={call}:signal=SIGKILL:when={count}")
        if root.exists():
            subprocess.run(["git", "init", "-q"], cwd=root, check=True)
            seen = subprocess.run(
                ["git", "ls-files", "--others", "--exclude-standard"],
                cwd=root,
                capture_output=True,
                text=True,
                check=True,
            )
            assert [
                name for name in seen.stdout.split() if not re.search(r"example|gitignore|\.ya?ml$|lock$", name)
            ] == []
        assert not [path for path in root.rglob("*.tmp") if ".git" not in path.parts]
        again = hubctl("init", f"{root}", "--json", cwd=tmp_path)
        assert (again.code, again.data["notes"]) == (0, [])
        assert [len(held) for held in secrets_of(root).values()] == [1, 1, 1, 1]


def _moments(root: Path, log: Path) -> list[tuple[str, int]]:
    """Every call of a making that may change something, as (name, how many of that name so far)."""
    assert _traced(root, "-o", f"{log}").returncode == 0
    counts: Counter[str] = Counter()
    found = []
    begun = False
    for line in log.read_text().splitlines():
        if call := re.search(r"\b(\w+)\(", line):
            counts[call[1]] += 1
            begun = begun or f"{root}" in line
            if begun and "O_RDONLY" not in line:
                found.append((call[1], counts[call[1]]))
    return found


def _traced(root: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", *options, *PROGRAM, "init", f"{root}"]
    return subprocess.run(
        command, cwd=root.parent, env=environment(PYTHONDONTWRITEBYTECODE="1"), capture_output=True, check=False
    )
