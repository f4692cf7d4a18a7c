"""How operations tell what they are doing, without knowing who listens."""

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(_message: str) -> None:
    """Say nothing: the default of every operation."""
