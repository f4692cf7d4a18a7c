"""Killed or interrupted at any moment: every file is the old one or the new one, and it is said what was left.

strace sends the signal to the real process at the n-th system call that writes, syncs, renames or removes: no part of
hubctl knows. After SIGKILL the next command says what was left, after any other signal nothing is left.
"""

import random
import re
import shutil
import signal
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
CALLS = "write,pwrite64,fsync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,openat,fchmod,mkdir"
# How often each command is killed, and how often it is interrupted.
KILLS, INTERRUPTS = (100, 100) if WHOLE else (3, 2)
INTERRUPTING = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
COMMANDS = [
    ("provider", "enable", "openai", "--stdin", "--force", "--no-restart"),
    ("provider", "set-key", "anthropic", "--stdin", "--force", "--no-restart"),
    ("undo", "--no-restart"),
    ("provider", "disable", "google", "--no-restart"),
    ("provider", "remove-key", "mistral", "--no-restart"),
    ("models", "enable", "gpt-6-luna", "--no-restart"),
    ("models", "disable", "qwen2.5-coder:1.5b", "--no-restart"),
    ("models", "add", "tiny", "ollama_chat/tiny", "--no-restart"),
    ("config", "check", "--fix", "--no-restart"),
]
NAMES = [" ".join(words[:2]) for words in COMMANDS]


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
    """A hub in which changes were made, so that there is something to undo, and something for each command to do."""
    if shutil.which("strace") is None:
        missing("strace", "apt-get install strace")
    root = init(tmp_path_factory.mktemp("killed") / "hub").root
    config = root / "conf/litellm/litellm_config.yaml"
    text = config.read_text()
    config.write_text(text.replace("os.environ/OLLAMA_BASE_URL\n", "${OLLAMA_BASE_URL}\n", 1))
    assert run(root, "provider", "set-key", "mistral", "--stdin", "--force", "--no-restart").code == 0
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


@pytest.mark.parametrize("words", COMMANDS, ids=NAMES)
def test_stopped_at_any_moment_no_file_is_torn_and_it_is_said_what_was_left(
    hub: Path, tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    pristine, old = tmp_path / "pristine", Files.of(hub)
    shutil.copytree(hub, pristine)
    found = moments(hub, words, tmp_path / "log")
    new = Files.of(hub)
    assert new != old
    assert len(found) > 20
    chance = random.Random(" ".join(words))
    kills, interrupts = Counter[str](), Counter[str]()
    for call, count in chance.choices(found, k=KILLS):
        restore(hub, pristine)
        traced(hub, words, "-o", "/dev/null", "-e", f"inject={call}:signal=SIGKILL:when={count}")
        kills[judged(hub, old, new, words)] += 1
    for call, count in chance.choices(found, k=INTERRUPTS):
        restore(hub, pristine)
        number = chance.choice([*INTERRUPTING])
        ended = traced(hub, words, "-o", "/dev/null", "-e", f"inject={call}:signal={number.name}:when={count}")
        interrupts[told(hub, old, new, number, ended)] += 1
    restore(hub, pristine)
    with capsys.disabled():
        print(f"\n`hubctl {' '.join(words[:2])}`, {len(found)} moments: killed {dict(kills)}, else {dict(interrupts)}")
    assert len(kills) > 1 or not WHOLE


def told(root: Path, old: Files, new: Files, number: signal.Signals, ended: subprocess.CompletedProcess[str]) -> str:
    """See that one line says where the files stand, and that nothing else is left."""
    now = Files.of(root)
    assert not list(root.glob("**/.*.tmp"))
    assert run(root, "models", "enable", "claude-haiku-5-5", "--no-restart").code == 0
    if ended.returncode == 0:
        assert now == new
        return "it was done"
    assert ended.returncode in {INTERRUPTING[number], -number}, ended.stderr
    (line,) = ended.stderr.splitlines()
    assert now in (old, new)
    if " is complete" in line or " is undone" in line:
        assert now == new
    else:
        assert line in {"interrupted: nothing was changed", "interrupted: the files were put back"}
        assert now == old
    return line.removeprefix("interrupted: ")


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


@pytest.mark.parametrize("number", [*INTERRUPTING, signal.SIGKILL], ids=lambda number: number.name)
def test_an_init_that_is_stopped_makes_whole_files_and_the_next_one_the_rest(
    hub: Path, tmp_path: Path, number: signal.Signals
) -> None:
    def fresh() -> Path:
        shutil.rmtree(tmp_path / "new", ignore_errors=True)
        (tmp_path / "new").mkdir()
        return tmp_path / "new"

    found = moments(fresh(), ("init",), tmp_path / "log")
    whole = {path.relative_to(tmp_path / "new") for path in (tmp_path / "new").rglob("*")}
    for call, count in random.Random(number.name).choices(found, k=(KILLS + 2) // 3):
        root = fresh()
        ended = traced(root, ("init",), "-o", "/dev/null", "-e", f"inject={call}:signal={number.name}:when={count}")
        assert not list(root.glob("**/.*.tmp"))
        if number != signal.SIGKILL:
            assert ended.returncode in {0, INTERRUPTING[number]}, ended.stderr
            assert ended.stderr == "" or ended.stderr.startswith("interrupted: ")
        again = run(root, "init")
        assert again.code == 0
        assert [note for note in again.data["notes"] if "does not hold" in note] == []
        assert {path.relative_to(root) for path in root.rglob("*")} == whole


@pytest.mark.parametrize("number", [*INTERRUPTING, signal.SIGKILL], ids=lambda number: number.name)
def test_receipts_are_forgotten_whole_or_by_the_next(hub: Path, tmp_path: Path, number: signal.Signals) -> None:
    words, files = ("undo", "--forget"), Files.of(hub)
    shutil.copytree(hub, tmp_path / "pristine")
    found = moments(hub, words, tmp_path / "log")
    for call, count in random.Random(number.name).choices(found, k=(KILLS + 2) // 3):
        restore(hub, tmp_path / "pristine")
        traced(hub, words, "-o", "/dev/null", "-e", f"inject={call}:signal={number.name}:when={count}")
        assert Files.of(hub) == files
        assert run(hub, *words).code == 0
        assert not (hub / ".hubctl/receipts").exists()
    restore(hub, tmp_path / "pristine")
