"""What comes of trying to prove a claim."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

State = Literal["proved", "failed", "not_configured"]
Subject = TypeVar("Subject")
NOT_CONFIGURED = "not configured: "


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict and the evidence for it: what was seen, not what was assumed."""

    state: State
    evidence: str


def proved(evidence: str) -> Finding:
    """It is so."""
    return Finding("proved", evidence)


def failed(evidence: str) -> Finding:
    """It is not so, or it could not be seen."""
    return Finding("failed", evidence)


def not_configured(evidence: str) -> Finding:
    """The hub does not use it."""
    return Finding("not_configured", f"{NOT_CONFIGURED}{evidence}")


class Unproved(Exception):
    """A claim's proof ends before its own question, with this finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.evidence)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Claim(Generic[Subject]):
    """Something that a hub is said to do, and the way to prove it. `id` is stable."""

    id: str
    title: str
    prove: Callable[[Subject], Finding]
