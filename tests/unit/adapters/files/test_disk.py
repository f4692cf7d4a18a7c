"""Reading and making files."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from hubctl.adapters.files import disk
from hubctl.errors import BadFile
from tests.real_servers import missing


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("content", [b"", b"a\r\nb\n", "é 模型\n".encode(), b"\xef\xbb\xbfA=1", b"a\x00b"])
def test_text_is_read_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f").write_bytes(content)
    assert disk.read_text(tmp_path / "f").encode() == content


def _missing(path: Path) -> None:
    path.with_name("other").touch()


def _latin(path: Path) -> None:
    path.write_bytes(b"a\nb\n\xe9\n")


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(disk.LIMIT_BYTES + 1)


def _loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("made", "message", "hint"),
    [
        (_missing, "{} is missing", "`hubctl init` makes what is missing"),
        (
            Path.mkdir,
            "{} is a directory, not a file",
            "Docker makes an empty directory where a mounted file is missing",
        ),
        (_latin, "{}, line 3: not UTF-8 text", "save the file as UTF-8"),
        (_large, "{} is larger than 8 MB: not a file of a hub", "name the right file"),
        (_loop, "{} cannot be read: Too many levels of symbolic links", ""),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(
    tmp_path: Path, made: Callable[[Path], None], message: str, hint: str
) -> None:
    path = tmp_path / "f"
    made(path)
    with pytest.raises(BadFile) as caught:
        disk.read_text(path)
    assert caught.value.message == message.format(path)
    assert (caught.value.hint or "").startswith(hint)


def test_a_file_in_the_place_of_a_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(BadFile, match=r"cannot be read: Not a directory"):
        disk.read_text(tmp_path / "f" / "g")


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_file_is_made_with_its_folders_text_and_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a" / "b" / "f"
    assert disk.create(path, "x\r\né\n", mode=mode) is True
    assert path.read_bytes() == "x\r\né\n".encode()
    assert path.stat().st_mode & 0o777 == mode
    assert names(path.parent) == ["f"]


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("mine")
    path.chmod(0o640)
    assert disk.create(path, "yours", mode=0o600) is False
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("mine", 0o640)
    assert names(tmp_path) == ["f"]


@pytest.mark.parametrize("target", ["nowhere", "other"])
def test_a_link_that_is_there_is_left_alone_and_not_followed(tmp_path: Path, target: str) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / "f").symlink_to(tmp_path / target)
    assert disk.create(tmp_path / "f", "yours", mode=0o600) is False
    assert sorted(names(tmp_path)) == ["f", "other"]
    assert (tmp_path / "other").read_text() == "mine"


def test_a_link_under_the_name_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / f".f.{os.getpid()}.tmp").symlink_to(tmp_path / "other")
    assert disk.create(tmp_path / "f", "yours", mode=0o600) is True
    assert (tmp_path / "other").read_text() == "mine"
    assert (tmp_path / "f").read_text() == "yours"
    assert not (tmp_path / "f").is_symlink()


def test_what_a_killed_run_left_is_no_obstacle_and_not_left(tmp_path: Path) -> None:
    (tmp_path / ".f.hubctl.tmp").write_text("half of a much longer text")
    assert disk.create(tmp_path / "f", "whole", mode=0o600) is True
    assert (tmp_path / "f").read_text() == "whole"
    assert names(tmp_path) == ["f"]


def test_nobody_ever_sees_a_half_made_file(tmp_path: Path) -> None:
    path, text, seen = tmp_path / "f", "x" * 2_000_000, set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            with suppress(FileNotFoundError):
                seen.add(path.stat().st_size)

    watcher = threading.Thread(target=look)
    watcher.start()
    for _ in range(10):
        disk.create(path, text, mode=0o600)
        path.unlink()
    disk.create(path, text, mode=0o600)
    while not seen:
        pass
    over.set()
    watcher.join()
    assert seen == {len(text)}


def test_a_folder_that_cannot_be_made_is_named() -> None:
    with pytest.raises(BadFile, match=r"^/proc/nowhere cannot be made: No such file or directory$"):
        disk.create(Path("/proc/nowhere/f"), "", mode=0o600)


def test_a_pipe_in_the_files_place_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "compose.yml")
    with pytest.raises(BadFile, match="is not a regular file"):
        disk.read_text(tmp_path / "compose.yml")


@pytest.mark.process
def test_a_private_file_whose_writer_is_killed_before_it_is_whole_leaves_nothing(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        missing("strace", "apt-get install strace")
    path = tmp_path / "private"
    path.write_bytes(b"old")
    imports = "from pathlib import Path; from hubctl.adapters.files import disk; "
    script = f"{imports}disk.write_private(Path({str(path)!r}), b'new')"
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fsync:signal=KILL", sys.executable, "-c", script]
    subprocess.run(command, capture_output=True, check=False)
    assert (path.read_bytes(), names(tmp_path)) == (b"old", ["private"])
