"""What an error of the system about a file means for the operator: one sentence and the next step."""

import errno
import os
import pwd
import shlex
from contextlib import suppress
from pathlib import Path

from hubctl.errors import BadFile

_HINTS = {
    errno.ENOSPC: "make room on that disk and run again",
    errno.EDQUOT: "make room on that disk and run again",
    errno.EROFS: "mount that file system for writing, or use a copy of the hub on another one",
    errno.EIO: "the disk reports an error: `dmesg` shows more, and a copy of what is on it is urgent",
    errno.ENAMETOOLONG: "use shorter names, or a folder higher up",
    errno.ESTALE: "the network file system has lost the file: mount it again and run again",
}
_FORBIDDEN = (errno.EACCES, errno.EPERM)


def refused(error: OSError, path: Path, what: str, *, hint: str | None = None) -> BadFile:
    """Say that a file `cannot be made` or the like, why, and what to do. `hint` is for what has no step of its own."""
    reason = error.strerror or "unknown error"
    if error.errno not in _FORBIDDEN:
        return BadFile(f"{path} {what}: {reason}", hint=_HINTS.get(error.errno or 0, hint or "check the path"))
    foreign = _foreign(path)
    if foreign is None:
        return BadFile(f"{path} {what}: {reason}", hint=hint or "check the path and its permissions")
    place, owner = foreign
    belongs = "it belongs" if place == path else f"{place} belongs"
    return BadFile(f"{path} {what}: {reason}; {belongs} to {owner}", hint=_way_back(place))


def of_the_machine(error: OSError) -> BadFile | None:
    """Say the same of an error that nobody on the way has told about; null where it may be a mistake of hubctl."""
    if isinstance(error.filename, str) and error.errno in (*_HINTS, *_FORBIDDEN):
        return refused(error, Path(error.filename).absolute(), "cannot be read or written")
    if error.errno in _HINTS:
        return BadFile(f"a file cannot be read or written: {error.strerror}", hint=_HINTS[error.errno])
    return None


def hindrance(folder: Path) -> BadFile | None:
    """Say that a folder of hubctl's own cannot be used by this user; null where it can, or is not there yet.

    One command that is run as root leaves such a folder.
    """
    if os.access(folder, os.R_OK | os.W_OK | os.X_OK) or not os.path.lexists(folder):
        return None
    error = errno.EACCES if os.geteuid() != os.lstat(folder).st_uid else errno.EROFS
    return refused(OSError(error, os.strerror(error)), folder, "cannot be used")


def _foreign(path: Path) -> tuple[Path, str] | None:
    """Find what of a path belongs to somebody else, the highest folder first, below what belongs to this user.

    Where all of it is another user's, that is the path itself, or the folder that it is to be in.
    """
    me = os.geteuid()
    mine, last = False, None
    for each in (*reversed(path.parents), path):
        with suppress(OSError):
            owner = os.lstat(each).st_uid
            if owner != me and mine:
                return each, _name(owner)
            mine, last = owner == me, (each, owner)
    return (last[0], _name(last[1])) if last and last[1] != me else None


def _way_back(place: Path) -> str:
    if os.path.lexists(place.parent) and os.lstat(place.parent).st_uid == os.geteuid():
        return f"`sudo chown -R {_name(os.geteuid())}: {shlex.quote(str(place))}` gives it back to you"
    return "run hubctl as that user, who may write to the folder too"


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
