"""A new file that is whole before it has a name: whoever is killed while writing one leaves nothing."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# What file systems and kernels say that know no files without a name.
_NOT_HERE = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT)

Prepare = Callable[[int], None]


def make(path: Path, content: bytes, prepare: Prepare) -> None:
    """Make a file that is not there yet, synced. `prepare` gives its descriptor what it needs before its bytes.

    Raises FileExistsError, OSError, and what `prepare` raises. Where the file system knows no files without a name
    (NFS, FAT), the file has a temporary one, which a killed run leaves.
    """
    temporary = temporary_beside(path)
    temporary.unlink(missing_ok=True)
    if _without_a_name(path, content, prepare):
        return
    with os.fdopen(os.open(temporary, _NEW, 0o600), "wb") as file:
        _write(file, content, prepare)
    try:
        _name(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def temporary_beside(path: Path, mark: str = "") -> Path:
    """Give a temporary name of a file. `*.hubctl.tmp` is in the .gitignore of a hub."""
    return path.with_name(f".{path.name}{mark}.hubctl.tmp")


def _write(file: BinaryIO, content: bytes, prepare: Prepare) -> None:
    """Write and sync a file that was just made."""
    prepare(file.fileno())
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _without_a_name(path: Path, content: bytes, prepare: Prepare) -> bool:
    """Make it, and name it when it is whole. False where that cannot be done."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            descriptor = os.open(".", os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600, dir_fd=folder)
        except (AttributeError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in _NOT_HERE:
                raise
            return False
        with os.fdopen(descriptor, "wb") as file:
            by_number = f"/proc/self/fd/{descriptor}"
            if not os.path.lexists(by_number):
                return False
            _write(file, content, prepare)
            # With a folder's descriptor Python calls linkat, which follows the link in /proc to the file itself.
            os.link(by_number, path.name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=True)
        return True
    finally:
        os.close(folder)


def _name(temporary: Path, path: Path) -> None:
    """Give a whole file its name, and never take that of another one."""
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        if os.path.lexists(path):  # no hard links here: FAT
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        temporary.rename(path)
