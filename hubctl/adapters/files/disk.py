"""Reading, making and replacing the hub's files."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from hubctl import interrupts
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
        raise BadFile(f"{path} cannot be read: {error.strerror}", hint="check the path and its permissions") from error


_DIRECTORY_HINT = "Docker makes an empty directory where a mounted file is missing: remove it and put the file back"


@interrupts.held()
def create(path: Path, text: str, *, mode: int) -> bool:
    """Make a file that is not there yet, whole or not at all, with its folders. False when it was there already."""
    _make_folder(path.parent)
    try:
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")  # no lock is held: two may make it at once
        _write_new(temporary, text.encode(), mode)
        try:
            os.link(temporary, path)
        finally:
            temporary.unlink()
    except FileExistsError:
        return False
    except OSError as error:
        raise BadFile(f"{path} cannot be made: {error.strerror}") from error
    return True


@interrupts.held()
def replace(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Put other bytes in the place of a file, whole or not at all, on the disk when this returns.

    Links are followed; owner and group are kept, and the mode where none is given. Raises BadFile, with nothing
    changed, for what is not writable, a full disk, or an owner that this user cannot give the file back to.
    """
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
        if not status.st_mode & stat.S_IWUSR:
            raise BadFile(
                f"{path} is read-only (mode {stat.S_IMODE(status.st_mode):04o})", hint=f"`chmod u+w {path}` allows it"
            )
        temporary = leftover(path)
        _write_new(temporary, content, stat.S_IMODE(status.st_mode) if mode is None else mode, status)
        try:
            temporary.replace(target)
            _sync_folder(target.parent)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except PermissionError as error:
        raise BadFile(
            f"{path} cannot be replaced: {error.strerror}; it belongs to {_owner(target)}",
            hint="run hubctl as that user, who may write to the folder too",
        ) from error
    except OSError as error:
        hint = "make room on that disk and run again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
        raise BadFile(f"{path} cannot be replaced: {error.strerror}", hint=hint) from error


@interrupts.held()
def write_private(path: Path, content: bytes) -> None:
    """Write a file of hubctl's own, for its user alone, whole or not at all, with its folder. Raises BadFile."""
    private_folder(path.parent)
    temporary = leftover(path)
    try:
        _write_new(temporary, content, 0o600)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise BadFile(f"{path} cannot be written: {error.strerror}") from error


def leftover(path: Path) -> Path:
    """Give the name of the temporary file that a run which was killed may have left beside a file."""
    target = Path(os.path.realpath(path))
    return target.with_name(f".{target.name}.hubctl.tmp")


def private_folder(folder: Path) -> None:
    """Make a folder that nobody else can look into, and what is missing above it. Raises BadFile."""
    try:
        for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BadFile(f"{folder} cannot be made: {error.strerror}") from error


def _write_new(temporary: Path, content: bytes, mode: int, like: os.stat_result | None = None) -> None:
    """Write and sync a temporary file, with the owner of `like`. What a killed run left under its name goes first."""
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if like is not None and (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(descriptor, like.st_uid, like.st_gid)
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        temporary.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _owner(path: Path) -> str:
    with suppress(OSError, KeyError):
        return path.owner()
    return "another user"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        blocking = next((path for path in (folder, *folder.parents) if os.path.lexists(path)), folder)
        raise BadFile(f"{blocking} is a file, not a folder", hint="move it away and run again") from error
    except OSError as error:
        raise BadFile(f"{folder} cannot be made: {error.strerror}") from error
