"""Reading and making the hub's files."""

import os
from pathlib import Path

from hubctl.errors import BadFile

# Larger than any config seen (5,000 entries are 700 kB); a file past this is not one of ours.
LIMIT_BYTES = 8_000_000


def read_text(path: Path) -> str:
    """Read a whole text file, line endings untouched. Raises BadFile when it is missing, unreadable or not text."""
    try:
        if path.is_dir():
            raise BadFile(f"{path} is a directory, not a file", hint=_DIRECTORY_HINT)
        if path.stat().st_size > LIMIT_BYTES:
            raise BadFile(f"{path} is larger than {LIMIT_BYTES // 1_000_000} MB: not a file of a hub")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise BadFile(f"{path} is missing", hint="`hubctl init` makes what is missing") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFile(f"{path}, line {line}: not UTF-8 text", hint="save the file as UTF-8") from error
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}") from error


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
