"""Reports that hubctl writes where it is told to: each whole, or not at all."""

import errno
import os
from pathlib import Path

from hubctl import interrupts
from hubctl.errors import BadFile


def prepare(path: Path) -> None:
    """Make sure, before anything is spent, that a report can be written there; its folder is made. Raises BadFile."""
    try:
        is_folder = path.is_dir()
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    if is_folder:
        raise BadFile(f"{path} is a folder, not a file", hint="name a file for the report")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise BadFile(f"{path} cannot be written: no permission", hint="name a file in a folder of your own")


def write(path: Path, text: str) -> None:
    """Write a report in place of an older one. A pipe or a device is written to as it is. Raises BadFile."""
    content = text.encode("utf-8", "replace")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with interrupts.held():
            try:
                temporary.write_bytes(content)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def append(path: Path, text: str) -> None:
    """Add text to a file that others write to, too. Raises BadFile."""
    try:
        with path.open("ab") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> BadFile:
    hint = "name a file in a folder of your own"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        hint = f"make room on the disk of {path.parent}, or name a file on another one"
    return BadFile(f"{path} cannot be written: {error.strerror}", hint=hint)
