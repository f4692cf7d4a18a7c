"""What a file has beside its bytes, so that another file can have it too: owner, mode, ACL, extended attributes."""

import errno
import os
import stat
from pathlib import Path

from hubctl.errors import BadFile

_ACL = "system.posix_acl_access"
# The kernel computes these from the bytes.
_OF_THE_BYTES = frozenset({"security.ima", "security.evm"})


def take_over(descriptor: int, source: Path, *, mode: int | None) -> None:
    """Give a new file the owner, the mode, the ACL and the extended attributes of another one.

    A `mode` that is asked for takes the place of the old one. Where an ACL says who may read the file, that goes on to
    hold, and only "everybody else" loses their access. Raises OSError, and BadFile for an attribute that this user
    cannot give to a file.
    """
    status = source.stat()
    if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        os.fchown(descriptor, status.st_uid, status.st_gid)
    old = _read(source)
    _give(descriptor, old, source)
    kept = stat.S_IMODE(status.st_mode)
    if mode is None:
        os.fchmod(descriptor, kept)
    else:
        os.fchmod(descriptor, kept & 0o770 if _ACL in old else mode)


def _give(descriptor: int, wanted: dict[str, bytes], source: Path) -> None:
    new = _read(descriptor)
    if _ACL in new and _ACL not in wanted:  # from the default ACL of its folder, which the old file was not given
        os.removexattr(descriptor, _ACL)
    for name, value in wanted.items():
        if new.get(name) == value:
            continue
        try:
            os.setxattr(descriptor, name, value)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                raise
            raise BadFile(
                f"{source} cannot be replaced: its attribute {name} cannot be kept: {error.strerror}",
                hint=f"run hubctl as a user who may set it, or remove it: `setfattr -x {name} {source}`",
            ) from error


def _read(file: Path | int) -> dict[str, bytes]:
    if not hasattr(os, "listxattr"):  # Python knows them on Linux alone
        return {}
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file) if name not in _OF_THE_BYTES}
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return {}
        raise
