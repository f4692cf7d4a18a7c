"""A disk that is full, or read-only, and a folder that belongs to root: said in one sentence, and nothing is lost."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hubctl.adapters.state.ledger import Ledger
from hubctl.core.compose.stack import Address
from hubctl.operations.stack.init import init
from tests.conftest import run_command
from tests.fakes import GATEWAY, FakeRuntime, instance, run_of
from tests.processes import environment
from tests.real_servers import missing
from tests.servers import reply, routes, serving
from tests.sweeps import few

SIZE = 128 * 1024
BLOCK = 4096
AFTER = "2026-01-01T00:00:01Z"
KEY = "sk-proj-fulldisk0123456789WXYZ"


def mounted(folder: Path, *options: str) -> None:
    if subprocess.run(["mount", *options, folder], capture_output=True, check=False).returncode:
        missing("a small file system", "run the tests as root, who may mount a tmpfs")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 KiB, which may become where the process is."""
    folder, here = tmp_path / "small", Path.cwd()
    folder.mkdir()
    mounted(folder, "-t", "tmpfs", "-o", f"size={SIZE}", "none")
    try:
        yield folder
    finally:
        os.chdir(here)
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def gateway() -> Iterator[Address]:
    listed = [{"id": name} for name in ("llama3.2:3b", "llama3", "qwen2.5-coder:1.5b", "coder", "gemini-pro")]
    with serving(routes({**GATEWAY, "/v1/models": reply(200, {"object": "list", "data": listed})})) as address:
        yield address


def hub_on(disk: Path) -> Path:
    """A new hub with a change that can be undone, on a disk with nothing else."""
    for each in disk.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    root = init(disk / "hub").root
    os.chdir(root)
    assert run_command("models", "enable", "gemini-pro", "--no-restart").exit_code == 0
    return root


def fill(disk: Path, free_blocks: int) -> None:
    left = os.statvfs(disk)
    (disk / "ballast").write_bytes(bytes(max(0, left.f_bavail - free_blocks) * BLOCK))


def files_of(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and ".hubctl" not in path.parts}


def runtime(gateway: Address) -> FakeRuntime:
    """A gateway that runs, and runs again once it is started anew."""
    views = [[run_of("litellm", "gateway", instance(started_at=at), address=gateway)] for at in (None, AFTER)]
    return FakeRuntime([views[0], views[1]])


CHANGES = [
    ("provider", "enable", "openai", "--stdin", "--force", "--no-restart"),
    ("models", "enable", "gpt-4", "--no-restart"),
    ("config", "check", "--fix", "--no-restart"),
    ("undo", "--no-restart"),
    ("restart", "--force"),
    ("down",),
    ("undo", "--forget"),
    ("init",),
    ("provider", "set-key", "anthropic", "--stdin", "--force", "--no-restart"),
]
LOOKS = [("test-model", "llama3"), ("status",), ("models",), ("provider", "list"), ("config", "check")]


@pytest.mark.parametrize("words", [*CHANGES, *LOOKS], ids=" ".join)
def test_a_disk_that_is_filled_to_each_block_is_never_a_bug_and_nothing_is_half_done(
    small_disk: Path, gateway: Address, words: tuple[str, ...]
) -> None:
    refused = []
    for free_blocks in few(6, range(14)):
        root = hub_on(small_disk)
        before = files_of(root)
        fill(small_disk, free_blocks)
        ended = run_command(*words, "--json", runtime=runtime(gateway), stdin=KEY)
        if ended.document["ok"]:
            continue
        refused.append(free_blocks)
        error = ended.document["error"]
        assert (ended.exit_code, error["code"], error["hint"]) == (
            4,
            "bad_file",
            "make room on that disk and run again",
        )
        assert "No space left on device" in error["message"]
        assert files_of(root) == before
        (small_disk / "ballast").unlink()
        assert run_command(*words, "--json", runtime=runtime(gateway), stdin=KEY).document["ok"]
    assert not (refused and words in LOOKS)
    assert refused == list(range(len(refused))), "with more room it would do less"


def test_restart_says_that_the_gateway_runs_when_only_the_note_of_it_cannot_be_written(
    small_disk: Path, gateway: Address
) -> None:
    hub_on(small_disk)
    fill(small_disk, 0)
    done = run_command("restart", "--force", "--json", runtime=runtime(gateway))
    assert done.exit_code == 0
    assert any("litellm runs and is proved; but its config could not be kept" in note for note in done.data["notes"])


def test_a_smoke_test_that_cannot_be_remembered_says_so_beside_its_answer(small_disk: Path, gateway: Address) -> None:
    hub_on(small_disk)
    fill(small_disk, 0)
    done = run_command("test-model", "llama3", "--json", runtime=runtime(gateway))
    assert (done.exit_code, done.data["passed"]) == (0, 1)
    assert "`hubctl models` will not know of this test: " in done.stderr
    assert "make room on that disk and run again" in done.stderr


NOBODY = 65534
# All that hubctl loads is loaded first: the interpreter may lie where that user cannot look.
AS_NOBODY = f"""
import contextlib, importlib, os, pkgutil, sys
import ctypes, hubctl, docker, httpx, yaml, rich, typer
for library in (hubctl, docker, httpx, yaml, rich, typer):
    for module in pkgutil.walk_packages(library.__path__, library.__name__ + "."):
        if not {{"__main__", "dashboard"}} & set(module.name.split(".")):
            with contextlib.suppress(ImportError, AssertionError):  # of another system
                importlib.import_module(module.name)
from typer.testing import CliRunner
from hubctl.cli import app
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
for words in sys.argv[1].split("|"):
    done = CliRunner().invoke(app, words.split())
    said = (done.stdout + done.stderr).replace("\\n", " ")
    print(words, done.exit_code, repr(done.exception), said, sep="\\t")
"""


@pytest.fixture
def roots_hub() -> Iterator[Path]:
    """A hub of an ordinary user, in which one command was run as root."""
    if os.geteuid() != 0:
        missing("another user", "run the tests as root")
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="hubctl-roots-") as name:
        Path(name).chmod(0o755)
        root = init(Path(name) / "hub").root
        for path in (root, *root.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        yield root


def as_nobody(root: Path, commands: list[str]) -> dict[str, tuple[int, str, str]]:
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, "|".join(commands)],
        cwd=root,
        env=environment(HOME="/nonexistent"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    return {words: (int(code), exception, said) for words, code, exception, said in lines}


LOOKING = ["status", "models", "provider list", "config check", "doctor --timeout 2"]
CHANGING = ["models enable gpt-4 --no-restart", "undo", "restart", "up", "down", "init", "undo --forget"]


def all_of_it(root: Path) -> Path:
    os.chown(root / ".hubctl", 0, 0)
    (root / ".hubctl").chmod(0o700)
    return root / ".hubctl"


def one_receipt(root: Path) -> Path:
    folder = root / ".hubctl/receipts/20260131T120000.000000-abcd"
    folder.mkdir(parents=True, mode=0o700)
    os.chown(folder.parent, NOBODY, NOBODY)
    return folder


@pytest.mark.process
@pytest.mark.parametrize("harm", few(1, [all_of_it, one_receipt]))
def test_where_one_command_was_run_as_root_looking_goes_on_and_the_way_back_is_named(
    roots_hub: Path, harm: Callable[[Path], Path]
) -> None:
    place = harm(roots_hub)
    sentence = f"{place} cannot be used: Permission denied; it belongs to root"
    command = f"`sudo chown -R nobody: {place}` gives it back to you"
    ended = as_nobody(roots_hub, [*LOOKING, *CHANGING])
    for words in LOOKING:
        code, exception, said = ended[words]
        assert code in (0, 1), (words, said)
        assert f"note: {sentence}; {command}" in said, (words, exception, said)
    for words in CHANGING:
        code, exception, said = ended[words]
        assert code == 4, (words, exception, said)
        assert f"error: {sentence}" in said
        assert command in said
    os.chown(place, NOBODY, NOBODY)
    (again,) = as_nobody(roots_hub, CHANGING[:1]).values()
    assert (again[0], "belongs to root" in again[2]) == (0, False), again


@pytest.fixture
def read_only_hub(hub_folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A hub on a file system that was mounted for reading alone."""
    place = tmp_path / "read-only"
    place.mkdir()
    mounted(place, "--bind", str(hub_folder))
    try:
        mounted(place, "-o", "remount,bind,ro")
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("words", ["models enable gpt-4 --no-restart", "undo", "restart", "undo --forget"])
def test_a_read_only_file_system_is_one_sentence(read_only_hub: Path, words: str) -> None:
    ended = run_command(*words.split(), "--hub", str(read_only_hub), "--json")
    error = ended.document["error"]
    assert (ended.exit_code, error["code"]) == (4, "bad_file")
    assert "Read-only file system" in error["message"]
    assert error["hint"].startswith("mount that file system for writing")


def test_on_a_read_only_file_system_a_hub_can_be_stopped_one_at_a_time(
    read_only_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(read_only_hub)
    runtime = FakeRuntime([[run_of("litellm", "gateway", instance())]])
    with Ledger(read_only_hub / ".hubctl").turn("down"):
        assert run_command("down", "--json", runtime=runtime).document["error"]["code"] == "busy"
    assert runtime.done == []
    assert run_command("down", "--json", runtime=runtime).exit_code == 0
    monkeypatch.chdir("/")
