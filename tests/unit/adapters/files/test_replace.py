"""Putting other bytes in the place of a file: whole or not at all, and everything about it kept."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl.adapters.files import disk
from hubctl.errors import BadFile
from tests.real_servers import missing

NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to play another user")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "litellm.env"
    path.write_bytes(b"A=1\r\n")
    path.chmod(0o640)
    return path


def test_the_bytes_are_replaced_and_the_mode_is_kept(file: Path) -> None:
    disk.replace(file, b"A=2\r\nB=3")
    assert file.read_bytes() == b"A=2\r\nB=3"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in file.parent.iterdir()] == ["litellm.env"]


def test_a_mode_can_be_asked_for(file: Path) -> None:
    disk.replace(file, b"A=2", mode=0o600)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_link_is_followed_and_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "folder" / "link.env"
    link.parent.mkdir()
    link.symlink_to(file)
    disk.replace(link, b"new")
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")
    assert [each.name for each in link.parent.iterdir()] == ["link.env"]


@needs_root
def test_the_owner_is_kept(file: Path) -> None:
    os.chown(file, NOBODY, NOBODY)
    disk.replace(file, b"new")
    assert (file.stat().st_uid, file.stat().st_gid) == (NOBODY, NOBODY)


def test_a_read_only_file_is_refused_for_everybody(file: Path) -> None:
    file.chmod(0o440)
    with pytest.raises(BadFile, match=r"litellm\.env is read-only \(mode 0440\)"):
        disk.replace(file, b"new")
    assert file.read_bytes() == b"A=1\r\n"


@pytest.mark.parametrize("made", [Path.mkdir, lambda path: None], ids=["a folder", "nothing"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, made: object) -> None:
    path = tmp_path / "x"
    assert callable(made)
    made(path)
    with pytest.raises(BadFile, match="x cannot be replaced"):
        disk.replace(path, b"new")
    assert not list(tmp_path.glob(".x*"))


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to("x")
    with pytest.raises(BadFile, match="x cannot be replaced"):
        disk.replace(tmp_path / "x", b"new")


def test_what_a_killed_run_left_is_no_obstacle(file: Path) -> None:
    disk.leftover(file).write_text("half of it")
    disk.replace(file, b"new")
    assert file.read_bytes() == b"new"
    assert not disk.leftover(file).exists()


def as_nobody(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python as a user who owns nothing here."""
    # The interpreter itself may lie where that user cannot look, so all is imported before.
    program = f"{IMPORTS}os.setgid({NOBODY}); os.setuid({NOBODY})\n{code}"
    return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)


IMPORTS = """
import os, sys, pwd
from pathlib import Path
from hubctl.adapters.files import disk
from hubctl.errors import BadFile
"""
REPLACE = """
try:
    disk.replace(Path(sys.argv[1]), b"new")
except BadFile as error:
    print(error.sentence)
"""


@pytest.mark.process
@needs_root
@pytest.mark.parametrize("folder_mode", [0o755, 0o777])
def test_a_file_of_another_user_is_refused_with_the_owners_name(folder_mode: int) -> None:
    folder = Path("/var/tmp") / f"hubctl-owner-{os.getpid()}"
    folder.mkdir()
    try:
        folder.chmod(folder_mode)
        (folder / "litellm.env").write_text("A=1\n")
        (folder / "litellm.env").chmod(0o666)
        done = as_nobody(REPLACE, str(folder / "litellm.env"))
        assert "it belongs to root; run hubctl as that user" in done.stdout, done.stderr
        assert (folder / "litellm.env").read_text() == "A=1\n"
        assert [each.name for each in folder.iterdir()] == ["litellm.env"]
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=False).returncode:
        missing("a small file system", "run the tests as root, who may mount a tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_on_a_full_disk_nothing_is_lost(small_disk: Path) -> None:
    file = small_disk / "litellm.env"
    file.write_text("A=1\n")
    (small_disk / "ballast").write_bytes(b"x" * 50_000)
    with pytest.raises(BadFile, match="No space left on device") as caught:
        disk.replace(file, b"y" * 30_000)
    assert caught.value.hint == "make room on that disk and run again"
    assert file.read_text() == "A=1\n"
    assert sorted(each.name for each in small_disk.iterdir()) == ["ballast", "litellm.env"]
