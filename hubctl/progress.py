"""How operations tell what they are doing, without knowing who listens."""

from collections.abc import Callable

Progress = Callable[[str], None]
# What is being done, bytes that are there, bytes of all: 0 where nobody knows.
ByteProgress = Callable[[str, int, int], None]


def silent(_message: str) -> None:
    """Say nothing: the default of every operation."""
