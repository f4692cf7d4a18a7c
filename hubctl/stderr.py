"""The way to stderr, which may be a terminal that was closed, a full disk, or a pipe without a reader."""

import io
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _TakesAll(io.FileIO):
    """A file that takes what it cannot write for nobody."""

    def write(self, data: "ReadableBuffer", /) -> int:
        with suppress(OSError):
            return super().write(data)
        return len(memoryview(data))


def that_takes_all(stream: TextIO) -> TextIO:
    """Give the stream in a form whose writes never fail: words that nobody reads must not stop a rollback."""
    raw = _TakesAll(stream.fileno(), "wb", closefd=False)
    buffered = io.BufferedWriter(raw)
    return io.TextIOWrapper(buffered, stream.encoding, "backslashreplace", line_buffering=True)
