"""A log file, read from its end and followed as it grows: in pieces, so that its size and its lines cost no memory."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from hubctl.core.text.line_cutter import LineCutter

_PIECE_BYTES = 65_536
_FOLLOW_S = 0.2


def lines(path: Path, tail: int | None, *, going: Callable[[], bool]) -> Iterator[str]:
    """Yield the last `tail` lines (null: all), and new ones for as long as `going` says so; none without a file.

    A log that is truncated or replaced meanwhile is read on from its beginning. Bytes that are not UTF-8 are replaced.
    """
    try:
        file: IO[bytes] = path.open("rb")
    except FileNotFoundError:
        return
    try:
        file.seek(_start(file, tail))
        cut = LineCutter()
        while True:
            goes_on = going()  # asked first, so that the last words are not missed
            end = os.fstat(file.fileno()).st_size
            if end < file.tell():
                yield from cut.rest()
                file.seek(0)
            while piece := file.read(min(end - file.tell(), _PIECE_BYTES)):
                yield from cut.feed(piece)
            if not goes_on:
                break
            if newer := _newer(path, file):
                file.close()
                file = newer
                yield from cut.rest()
            else:
                time.sleep(_FOLLOW_S)
        yield from cut.rest()
    finally:
        file.close()


def _start(file: IO[bytes], tail: int | None) -> int:
    """Find the offset at which the last lines begin, from the end backwards."""
    end = file.seek(0, os.SEEK_END)
    if not tail:
        return 0 if tail is None else end
    position, left = max(end - 1, 0), tail  # a line break at the very end begins no line
    while position:
        start = max(position - _PIECE_BYTES, 0)
        file.seek(start)
        piece = file.read(position - start)
        at = len(piece)
        while (at := piece.rfind(b"\n", 0, at)) >= 0:
            left -= 1
            if not left:
                return start + at + 1
        position = start
    return 0


def _newer(path: Path, file: IO[bytes]) -> IO[bytes] | None:
    """Open the file that stands in the log's place now; null where that is still the same, or none."""
    try:
        newer = path.open("rb")
    except FileNotFoundError:
        return None
    if os.path.sameopenfile(newer.fileno(), file.fileno()):
        newer.close()
        return None
    return newer
