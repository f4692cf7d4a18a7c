"""What a probe found out about one service."""

from dataclasses import dataclass
from typing import Self

from hubctl.core.compose.stack import State
from hubctl.core.probe import NoAnswer, NoAnswerKind

_STATES: dict[NoAnswerKind, State] = {
    "refused": "unreachable",
    "unresolved": "unreachable",
    "timeout": "unreachable",
    "dropped": "unhealthy",
    "garbage": "unhealthy",
    "too_large": "unhealthy",
    "lost": "unreachable",
}


@dataclass(frozen=True, slots=True)
class Health:
    """How a service answered. `latency_ms` is that of the first exchange, connecting included; null without one."""

    state: State
    detail: str
    version: str | None = None
    latency_ms: float | None = None

    @classmethod
    def unanswered(cls, failure: NoAnswer) -> Self:
        """The health of a service that gave no usable answer."""
        return cls(_STATES[failure.kind], failure.detail)
