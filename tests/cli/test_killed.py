"""Killed at any moment: every file is the old one or the new one, and the next command says what was left.

strace kills the real process at the n-th system call that writes, syncs, renames or removes: no part of hubctl knows.
"""

import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from hubctl.operations.stack.init import init
from tests.processes import Finished, environment, hubctl
from tests.real_servers import missing
from tests.sweeps import WHOLE

pytestmark = pytest.mark.process

KEY = "sk-proj-killed0123456789WXYZ"
CALLS = "write,pwrite64,fsync,linkat,rename,renameat,renameat2,unlink,unlinkat,openat,fchmod,mkdir"
KILLS = 1000 if WHOLE else 45
COMMANDS = [
    ("provider", "enable", "openai", "--stdin", "--force", "--no-restart"),
    ("provider", "set-key", "anthropic", "--stdin", "--force", "--no-restart"),
    ("undo", "--no-restart"),
]


@dataclass(frozen=True)
class Files:
    """The two files of a hub that a change is about."""

    env: bytes
    config: bytes

    @classmethod
    def of(cls, root: Path) -> "Files":
        return cls((root / "env/litellm.env").read_bytes(), (root / "conf/litellm/litellm_config.yaml").read_bytes())


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub in which a first change was made, so that there is something to undo."""
    if shutil.which("strace") is None:
        missing("strace", "apt-get install strace")
    root = init(tmp_path_factory.mktemp("killed") / "hub").root
    assert run(root, "models", "enable", "gemini-pro", "--no-restart").code == 0
    return root


def run(root: Path, *words: str, **more: str) -> Finished:
    return hubctl(*words, "--json", cwd=root, stdin=KEY, **offline(), **more)


def offline() -> dict[str, str]:
    """A proxy that is not there: no provider is ever asked."""
    return {"HTTPS_PROXY": "http://127.0.0.1:9"}


def traced(root: Path, words: tuple[str, ...], *options: str) -> subprocess.CompletedProcess[str]:
    command = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", *options]
    return subprocess.run(
        [*command, sys.executable, "-m", "hubctl", *words],
        cwd=root,
        env=environment(**offline(), PYTHONDONTWRITEBYTECODE="1"),
        input=KEY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def moments(root: Path, words: tuple[str, ...], log: Path) -> list[tuple[str, int]]:
    """Every call that may change something, as (name, how many of that name so far), between first and last change."""
    assert traced(root, words, "-o", str(log)).returncode == 0
    counts: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    last = 0
    for line in log.read_text().splitlines():
        if call := re.search(r"\b(\w+)\(", line):
            counts[call[1]] += 1
            touches = str(root) in line and "O_RDONLY" not in line
            if (found or touches) and "O_RDONLY" not in line:
                found.append((call[1], counts[call[1]]))
                last = len(found) if touches else last
    return found[: last + 1]


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(words[:2]) for words in COMMANDS])
def test_killed_at_any_moment_no_file_is_torn_and_the_next_command_says_what_was_left(
    hub: Path, tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    pristine, old = tmp_path / "pristine", Files.of(hub)
    shutil.copytree(hub, pristine)
    found = moments(hub, words, tmp_path / "log")
    new = Files.of(hub)
    assert new != old
    assert len(found) > 20
    ends: Counter[str] = Counter()
    for call, count in random.Random(" ".join(words)).choices(found, k=KILLS // len(COMMANDS)):
        restore(hub, pristine)
        traced(hub, words, "-o", "/dev/null", "-e", f"inject={call}:signal=SIGKILL:when={count}")
        ends[judged(hub, old, new, words)] += 1
    restore(hub, pristine)
    with capsys.disabled():
        print(f"\nkilled in `hubctl {' '.join(words[:2])}`, {len(found)} moments: {dict(ends)}")
    assert len(ends) > 1


def restore(root: Path, pristine: Path) -> None:
    """Put the hub back as it was, in its own place: receipts name files by their paths."""
    shutil.rmtree(root)
    shutil.copytree(pristine, root)


def judged(root: Path, old: Files, new: Files, words: tuple[str, ...]) -> str:
    """See that each file is whole, and that one command finds out and mends."""
    now = Files.of(root)
    assert now.env in (old.env, new.env)
    assert now.config in (old.config, new.config)
    again = run(root, "models", "enable", "claude-haiku-5-5", "--no-restart")
    assert not list(root.glob("**/.*.hubctl.tmp"))
    if again.code == 0:
        assert now in (old, new), "half done, and nobody said so"
        return "nothing was changed" if now == old else "it was done"
    assert again.error["code"] == "half_done"
    assert "`hubctl undo`" in again.error["hint"]
    before_change = new if words[0] == "undo" else old
    assert ("litellm.env is old" in again.error["message"]) <= (now.env == before_change.env)
    assert ("litellm_config.yaml is old" in again.error["message"]) <= (now.config == before_change.config)
    undone = run(root, "undo", "--no-restart")
    assert undone.code == 0, undone.out
    assert Files.of(root) == before_change
    assert run(root, "models", "enable", "claude-haiku-5-5", "--no-restart").code == 0
    return "half done, taken back"
