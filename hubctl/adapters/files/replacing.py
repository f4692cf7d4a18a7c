"""Other bytes in the place of a file: whole or not at all, and nothing that somebody else wrote there is ever gone."""

import glob
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from hubctl.adapters.files import attributes, disk, exchange, faults, new_file
from hubctl.errors import BadFile, EditRefused


def replace(path: Path, content: bytes, *, expected: bytes, mode: int | None = None) -> Path | None:
    """Put other bytes in the place of a file, on the disk when this returns.

    Links are followed; owner, group, ACL and extended attributes are kept, and the mode where none is given. Raises
    EditRefused where the file does not hold the expected bytes at the very moment: it stays as somebody else wrote it.
    Raises BadFile, with nothing changed, for what is not writable, a full disk, an owner or an attribute that this user
    cannot give a file. What another program writes into the old file an instant later is kept, and its place returned.
    """
    refused, kept = _exchange(path, content, expected, mode=mode, insist=False)
    if refused:
        more = f"; what was written in that very moment is kept as {kept}" if kept else ""
        raise EditRefused(f"{path} was changed meanwhile; nothing was written{more}", hint="run the command again")
    return kept


def put_back(path: Path, content: bytes, *, expected: bytes, mode_if_gone: int) -> Path | None:
    """Put the bytes from before in the place of a file again, also of one that is gone.

    Whatever else than the expected bytes is there is kept as `NAME.rejected-TIME`, which is returned. Raises BadFile.
    """
    if not os.path.lexists(path) and disk.create(path, content.decode(), mode=mode_if_gone):
        return None
    _, kept = _exchange(path, content, expected, mode=None, insist=True)
    return kept


def return_kept(path: Path, kept: Path, *, expected: bytes) -> Path | None:
    """Give a file that `put_back` has kept its place again.

    Whatever else than the expected bytes is there is kept in turn, and its place returned. Raises BadFile.
    """
    target = Path(os.path.realpath(path))
    aside, held = _beside(target)
    try:
        kept.rename(aside)
        try:
            exchange.swap(aside, target, held)
            disk.sync_folder(target.parent)
        finally:
            found = [_clear(target, beside, lambda each: each == expected) for beside in (aside, held)]
    except OSError as error:
        raise faults.refused(error, path, "cannot be replaced") from error
    return next((each for each in found if each), None)


def tidy(path: Path, ours: Callable[[bytes], bool]) -> Path | None:
    """Clear away what a killed run left beside a file; bytes that are not `ours` are kept, and their place returned.

    Raises BadFile.
    """
    target = Path(os.path.realpath(path))
    try:
        new_file.temporary_beside(target).unlink(missing_ok=True)
        found = [_clear(target, beside, ours) for beside in _beside(target) if os.path.lexists(beside)]
    except OSError as error:
        raise faults.refused(error, path, "cannot be looked after") from error
    return next((each for each in found if each), None)


def hard_links(path: Path) -> int:
    """Count the names that a file has; 1 where it cannot be seen."""
    with suppress(OSError):
        return path.stat().st_nlink
    return 1


def _exchange(
    path: Path, content: bytes, expected: bytes, *, mode: int | None, insist: bool
) -> tuple[bool, Path | None]:
    """Let new bytes and a file change places, and back again where it held others than expected and nobody insists.

    Gives whether it was back, and where anything is kept that is neither old nor new.
    """
    target = Path(os.path.realpath(path))
    aside, held = _beside(target)

    def ours(found: bytes) -> bool:
        return found in (content, expected)

    tidy(target, ours)
    try:
        _check_writable(path, target)
        new_file.make(aside, content, lambda descriptor: attributes.take_over(descriptor, target, mode=mode))
        try:
            exchange.swap(aside, target, held)
            back = not insist and _held(aside) != expected
            if back:
                exchange.swap(aside, target, held)
            disk.sync_folder(target.parent)
        finally:
            kept = [_clear(target, beside, ours) for beside in (aside, held)]
    except OSError as error:
        raise faults.refused(error, path, "cannot be replaced") from error
    return back, next((each for each in kept if each), None)


def _beside(target: Path) -> tuple[Path, Path]:
    return new_file.temporary_beside(target, ".aside"), new_file.temporary_beside(target, ".held")


def _held(path: Path) -> bytes | None:
    """Give what a file holds; null for what is no file, or cannot be read."""
    try:
        return disk.read_bytes(path)
    except BadFile:
        return None


def _check_writable(path: Path, target: Path) -> None:
    found = target.stat().st_mode
    if not stat.S_ISREG(found):
        raise BadFile(f"{path} cannot be replaced: it is not a file", hint="move it away and put the file back")
    mode = stat.S_IMODE(found)
    if not mode & stat.S_IWUSR:
        raise BadFile(f"{path} is read-only (mode {mode:04o})", hint=f"`chmod u+w {path}` allows it")


def _clear(target: Path, beside: Path, ours: Callable[[bytes], bool]) -> Path | None:
    """Remove what lies beside a file, or give it a name of its own: a program may be writing into it still."""
    if not os.path.lexists(beside):
        return None
    found = _held(beside)
    if found is not None and ours(found):
        beside.unlink()
        return None
    kept = rejected(target)
    beside.rename(kept)
    return kept


def all_rejected(files: Iterable[Path]) -> tuple[Path, ...]:
    """Find what was kept of some files as `NAME.rejected-TIME`, each once."""
    beside = {kept: None for file in files for kept in sorted(file.parent.glob(f"{glob.escape(file.name)}.rejected-*"))}
    return tuple(beside)


def rejected(path: Path) -> Path:
    """Give a free name for what is to be kept of a file: `NAME.rejected-TIME`."""
    wanted = path.with_name(f"{path.name}.rejected-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    free, number = wanted, 2
    while os.path.lexists(free):
        free, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return free
