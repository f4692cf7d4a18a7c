"""Reading and making the hub's files."""

import os
import stat
from pathlib import Path

from hubctl.errors import BadFile

# Larger than any config seen (5,000 entries are 700 kB); a file past this is not one of ours.
LIMIT_BYTES = 8_000_000


def read_text(path: Path, *, limit_bytes: int = LIMIT_BYTES) -> str:
    """Read a whole text file, line endings and byte order mark untouched.

    Raises BadFile when it is missing, unreadable, too large or not text.
    """
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
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise BadFile(f"{path} is missing", hint="`hubctl init` makes what is missing") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFile(f"{path}, line {line}: not UTF-8 text", hint="save the file as UTF-8") from error
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}", hint="check the path and its permissions") from error


_DIRECTORY_HINT = "Docker makes an empty directory where a mounted file is missing: remove it and put the file back"


def create(path: Path, text: str, *, mode: int) -> bool:
    """Make a file that is not there yet, whole or not at all, with its folders. False when it was there already."""
    _make_folder(path.parent)
    try:
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                os.fchmod(file.fileno(), mode)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)
        finally:
            temporary.unlink()
    except FileExistsError:
        return False
    except OSError as error:
        raise BadFile(f"{path} cannot be made: {error.strerror}") from error
    return True


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        blocking = next((path for path in (folder, *folder.parents) if os.path.lexists(path)), folder)
        raise BadFile(f"{blocking} is a file, not a folder", hint="move it away and run again") from error
    except OSError as error:
        raise BadFile(f"{folder} cannot be made: {error.strerror}") from error
