"""Reading, making and replacing the hub's files."""

import os
import secrets
import stat
from pathlib import Path

from hubctl import interrupts
from hubctl.adapters.files import faults, new_file
from hubctl.core.text.span import Lines
from hubctl.errors import BadFile

# Larger than any config seen (5,000 entries are 700 kB); a file past this is not one of ours.
LIMIT_BYTES = 8_000_000


def read_text(path: Path, *, limit_bytes: int = LIMIT_BYTES) -> str:
    """Read a whole text file, line endings and byte order mark untouched.

    Raises BadFile when it is missing, unreadable, too large or not text.
    """
    try:
        return read_bytes(path, limit_bytes=limit_bytes).decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")  # what comes before the first bad byte is good
        place = Lines(before).place(len(before))
        raise BadFile(f"{path}, line {place[0]}: not UTF-8 text", hint="save the file as UTF-8", place=place) from error


def read_bytes(path: Path, *, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """Read a whole file. Raises BadFile when it is missing, unreadable or too large."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise BadFile(f"{path} is a directory, not a file", hint=_DIRECTORY_HINT)
        if not stat.S_ISREG(status.st_mode):  # a pipe would keep us waiting
            raise BadFile(f"{path} is not a regular file", hint="put a text file in its place")
        if status.st_size > limit_bytes:
            raise BadFile(
                f"{path} is larger than {limit_bytes / 1_000_000:g} MB: not a file of a hub", hint="name the right file"
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadFile(f"{path} is missing", hint="`hubctl init` makes what is missing") from error
    except OSError as error:
        raise faults.refused(error, path, "cannot be read", hint="check the path and its permissions") from error


_DIRECTORY_HINT = "Docker makes an empty directory where a mounted file is missing: remove it and put the file back"


@interrupts.held()
def create(path: Path, text: str, *, mode: int) -> bool:
    """Make a file that is not there yet, whole or not at all, with its folders. False when it was there already."""
    if os.path.lexists(path):  # no room is needed for what is there
        return False
    make_folder(path.parent)
    try:
        new_file.make(path, text.encode(), lambda descriptor: os.fchmod(descriptor, mode))
        sync_folder(path.parent)
    except FileExistsError:
        return False
    except OSError as error:
        raise faults.refused(error, path, "cannot be made") from error
    return True


@interrupts.held()
def write_private(path: Path, content: bytes) -> None:
    """Write a file of hubctl's own, for its user alone, whole or not at all, with its folder. Raises BadFile."""
    private_folder(path.parent)
    temporary = new_file.temporary_beside(path, f".{secrets.token_hex(4)}")  # several may write the same one at once
    try:
        try:
            new_file.make(temporary, content, lambda _descriptor: None)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise faults.refused(error, path, "cannot be written") from error


def private_folder(folder: Path) -> None:
    """Make a folder that nobody else can look into, and what is missing above it. Raises BadFile."""
    _make_folder(folder, 0o700)


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it. Raises BadFile."""
    _make_folder(folder, 0o777)


def _make_folder(folder: Path, mode: int) -> None:
    try:
        for missing in reversed([each for each in (folder, *folder.parents) if not os.path.lexists(each)]):
            missing.mkdir(mode=mode, exist_ok=True)
        folder.mkdir(mode=mode, exist_ok=True)  # raises where it is no folder
    except (FileExistsError, NotADirectoryError) as error:
        blocking = next((path for path in (folder, *folder.parents) if os.path.lexists(path)), folder)
        raise BadFile(
            f"{blocking} is a file, not a folder", hint="move it away, or name another folder, and run again"
        ) from error
    except OSError as error:
        raise faults.refused(error, folder, "cannot be made") from error


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
