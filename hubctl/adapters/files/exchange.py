"""Two files of one folder change places in one step, so that whatever was at either place is never gone."""

import errno
import os
import shutil
from pathlib import Path

_RENAME_EXCHANGE = 2  # linux/fs.h
_AT_FDCWD = -100
_NOT_HERE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


def swap(new: Path, target: Path, held: Path) -> None:
    """Let two files change places. Raises OSError.

    Where the file system cannot do it in one step (NFS, FAT; not ext4, XFS, Btrfs, tmpfs), the file at `target` is
    first named `held`, too. A file that another program puts there in the instant between is lost to it.
    Source: renameat2(2).
    """
    if not _at_once(new, target):
        try:
            os.link(target, held)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOSPC, errno.EDQUOT, errno.EACCES):
                raise
            shutil.copy2(target, held)  # no hard links here either
        new.replace(target)
        held.replace(new)


def _at_once(new: Path, target: Path) -> bool:
    import ctypes  # 5 ms that looking commands do not need

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_HERE:
        return False
    raise OSError(number, os.strerror(number), str(target))
