"""A stream of bytes cut into lines that are not endless. No I/O."""

from collections.abc import Iterator

# What is kept of one line: as much as Docker's own logs hold in one piece.
LONGEST_BYTES = 16_384


class LineCutter:
    """Cuts what is read into lines. Of a line that is too long, the rest is counted and left out."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._left_out = 0

    def feed(self, piece: bytes) -> Iterator[str]:
        """Yield the lines that the piece ends."""
        *whole, rest = piece.split(b"\n")
        for part in whole:
            self._hold(part)
            yield self._shown()
        self._hold(rest)

    def rest(self) -> Iterator[str]:
        """Yield the last line, where it has no end."""
        if self._held:
            yield self._shown()

    def _hold(self, part: bytes) -> None:
        room = LONGEST_BYTES - len(self._held)
        self._held += part[:room]
        self._left_out += max(0, len(part) - room)

    def _shown(self) -> str:
        text = self._held.decode(errors="replace").removesuffix("\r")
        more = f"… ({self._left_out} bytes more)" if self._left_out else ""
        self._held.clear()
        self._left_out = 0
        return text + more
