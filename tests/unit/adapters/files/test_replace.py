"""Putting other bytes in the place of a file: whole or not at all, and everything about it kept."""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl.adapters.files import new_file, replacing
from hubctl.errors import BadFile, EditRefused
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
    replacing.replace(file, b"A=2\r\nB=3", expected=file.read_bytes())
    assert file.read_bytes() == b"A=2\r\nB=3"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in file.parent.iterdir()] == ["litellm.env"]


def test_a_mode_can_be_asked_for(file: Path) -> None:
    replacing.replace(file, b"A=2", mode=0o600, expected=file.read_bytes())
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_link_is_followed_and_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "folder" / "link.env"
    link.parent.mkdir()
    link.symlink_to(file)
    replacing.replace(link, b"new", expected=file.read_bytes())
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")
    assert [each.name for each in link.parent.iterdir()] == ["link.env"]


@needs_root
def test_the_owner_is_kept(file: Path) -> None:
    os.chown(file, NOBODY, NOBODY)
    replacing.replace(file, b"new", expected=file.read_bytes())
    assert (file.stat().st_uid, file.stat().st_gid) == (NOBODY, NOBODY)


def test_a_read_only_file_is_refused_for_everybody(file: Path) -> None:
    file.chmod(0o440)
    with pytest.raises(BadFile, match=r"litellm\.env is read-only \(mode 0440\)"):
        replacing.replace(file, b"new", expected=file.read_bytes())
    assert file.read_bytes() == b"A=1\r\n"


@pytest.mark.parametrize("made", [Path.mkdir, lambda path: None], ids=["a folder", "nothing"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, made: object) -> None:
    path = tmp_path / "x"
    assert callable(made)
    made(path)
    with pytest.raises(BadFile, match="x cannot be replaced"):
        replacing.replace(path, b"new", expected=b"")
    assert not list(tmp_path.glob(".x*"))


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to("x")
    with pytest.raises(BadFile, match="x cannot be replaced"):
        replacing.replace(tmp_path / "x", b"new", expected=b"")


def test_what_a_killed_run_left_is_no_obstacle(file: Path) -> None:
    new_file.temporary_beside(file).write_text("half of it")
    replacing.replace(file, b"new", expected=file.read_bytes())
    assert file.read_bytes() == b"new"
    assert not new_file.temporary_beside(file).exists()


def as_nobody(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python as a user who owns nothing here."""
    # The interpreter itself may lie where that user cannot look, so all is imported before.
    program = f"{IMPORTS}os.setgid({NOBODY}); os.setuid({NOBODY})\n{code}"
    return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)


IMPORTS = """
import os, sys, pwd
from pathlib import Path
from hubctl.adapters.files import replacing
from hubctl.errors import BadFile
"""
REPLACE = """
try:
    replacing.replace(Path(sys.argv[1]), b"new", expected=b"A=1\\n")
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
        replacing.replace(file, b"y" * 30_000, expected=file.read_bytes())
    assert caught.value.hint == "make room on that disk and run again"
    assert file.read_text() == "A=1\n"
    assert sorted(each.name for each in small_disk.iterdir()) == ["ballast", "litellm.env"]


def acl(*entries: tuple[int, int, int]) -> bytes:
    """A POSIX ACL as the kernel keeps it. Source: linux/posix_acl_xattr.h."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


ANY = 0xFFFFFFFF
READ_FOR_NOBODY = acl((1, 6, ANY), (2, 4, NOBODY), (4, 0, ANY), (16, 4, ANY), (32, 4, ANY))


@needs_root
@pytest.mark.parametrize(("asked", "mode"), [(None, 0o644), (0o600, 0o640)])
def test_an_acl_goes_on_to_hold(file: Path, asked: int | None, mode: int) -> None:
    os.setxattr(file, "system.posix_acl_access", READ_FOR_NOBODY)
    replacing.replace(file, b"new", expected=file.read_bytes(), mode=asked)
    assert file.stat().st_mode & 0o777 == mode
    found = os.getxattr(file, "system.posix_acl_access")
    assert found == READ_FOR_NOBODY[:-8] + struct.pack("<HHI", 32, mode & 0o7, ANY)


def test_the_default_acl_of_a_folder_lets_nobody_into_a_file_that_had_none(file: Path) -> None:
    os.setxattr(file.parent, "system.posix_acl_default", READ_FOR_NOBODY)
    replacing.replace(file, b"new", expected=file.read_bytes())
    assert os.listxattr(file) == []


def test_extended_attributes_are_kept(file: Path) -> None:
    os.setxattr(file, "user.note", b"mine")
    replacing.replace(file, b"new", expected=file.read_bytes())
    assert os.getxattr(file, "user.note") == b"mine"


@pytest.mark.process
@needs_root
def test_an_attribute_that_cannot_be_kept_is_named_and_nothing_is_changed() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        file = Path(name) / "litellm.env"
        file.write_text("A=1\n")
        os.setxattr(file, "security.mine", b"x")
        for path in (file.parent, file):
            os.chown(path, NOBODY, NOBODY)
        done = as_nobody(REPLACE, str(file))
        assert (
            "its attribute security.mine cannot be kept: Operation not permitted; run hubctl as a user" in done.stdout
        )
        assert (file.read_text(), names(file.parent)) == ("A=1\n", ["litellm.env"])


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_file_that_holds_something_else_stays_as_it_is(file: Path) -> None:
    before = file.stat().st_ino
    with pytest.raises(EditRefused, match=r"litellm\.env was changed meanwhile; nothing was written"):
        replacing.replace(file, b"new", expected=b"A=0\r\n")
    assert (file.read_bytes(), file.stat().st_ino, names(file.parent)) == (b"A=1\r\n", before, ["litellm.env"])


def test_what_somebody_else_wrote_is_kept_when_a_file_is_put_back(file: Path) -> None:
    kept = replacing.put_back(file, b"old", expected=b"new", mode_if_gone=0o600)
    assert kept is not None
    assert kept.name.startswith("litellm.env.rejected-20")
    assert (file.read_bytes(), kept.read_bytes(), kept.stat().st_mode & 0o777) == (b"old", b"A=1\r\n", 0o640)


def test_what_was_kept_gets_its_place_again_as_the_file_that_it_was(file: Path) -> None:
    number = file.stat().st_ino
    kept = replacing.put_back(file, b"old", expected=b"old", mode_if_gone=0o600)
    assert kept is not None
    assert replacing.return_kept(file, kept, expected=b"old") is None
    assert (file.read_bytes(), file.stat().st_ino) == (b"A=1\r\n", number)
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_what_somebody_else_wrote_is_kept_when_a_kept_file_returns(file: Path) -> None:
    kept = replacing.put_back(file, b"old", expected=b"old", mode_if_gone=0o600)
    assert kept is not None
    file.write_bytes(b"theirs")
    theirs = replacing.return_kept(file, kept, expected=b"old")
    assert theirs is not None
    assert (file.read_bytes(), theirs.read_bytes()) == (b"A=1\r\n", b"theirs")


def test_a_kept_file_that_is_gone_changes_nothing(file: Path) -> None:
    with pytest.raises(BadFile, match=r"litellm\.env cannot be replaced"):
        replacing.return_kept(file, file.with_name("gone"), expected=b"old")
    assert file.read_bytes() == b"A=1\r\n"


def test_two_files_that_are_kept_in_one_second_are_both_there(file: Path) -> None:
    kept = []
    for text in (b"one", b"two"):
        file.write_bytes(text)
        kept.append(replacing.put_back(file, b"old", expected=b"new", mode_if_gone=0o600))
    assert [each.read_bytes() for each in kept if each] == [b"one", b"two"]


def test_a_file_that_is_gone_is_made_again(file: Path) -> None:
    file.unlink()
    assert replacing.put_back(file, b"old", expected=b"new", mode_if_gone=0o640) is None
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"old", 0o640)


def test_what_a_killed_run_left_is_kept_unless_it_is_hubctls_own(file: Path) -> None:
    aside = new_file.temporary_beside(file, ".aside")
    for text, is_ours in ((b"mine", False), (b"hubctl's", True)):
        aside.write_bytes(text)
        kept = replacing.tidy(file, b"hubctl's".__eq__)
        assert not aside.exists()
        assert (kept is None) == is_ours
        assert kept is None or kept.read_bytes() == b"mine"


@pytest.mark.process
@pytest.mark.parametrize("expected", ["A=1", "A=0"])
def test_where_files_cannot_change_places_in_one_step_it_takes_two(file: Path, expected: str) -> None:
    if shutil.which("strace") is None:
        missing("strace", "apt-get install strace")
    script = f"{IMPORTS}{REPLACE.replace('A=1', expected)}"
    file.write_text("A=1\n")
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=renameat2:error=EINVAL"]
    done = subprocess.run([*command, sys.executable, "-c", script, file], capture_output=True, text=True, check=False)
    assert ("changed meanwhile" in done.stderr) == (expected == "A=0"), done.stderr
    assert file.read_text() == ("new" if expected == "A=1" else "A=1\n")
    assert names(file.parent) == ["litellm.env"]


@pytest.mark.process
@needs_root
def test_without_proc_a_new_file_has_a_temporary_name_until_it_is_whole(file: Path) -> None:
    words = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    file.write_text("A=1\n")
    script = f"{IMPORTS}{REPLACE}"
    done = subprocess.run([*words, sys.executable, "-c", script, file], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")
    assert (file.read_text(), names(file.parent)) == ("new", ["litellm.env"])
