"""What a run of tests says to CI: one case for each thing that was tested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

SUITE = "hubctl test-model"

Kind = Literal["passed", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was tested. failure: it is bad. error: nothing was learned. Figures go by their names."""

    name: str
    kind: Kind
    seconds: float = 0.0
    message: str | None = None
    figures: Mapping[str, object] = field(default_factory=dict)
    output: str | None = None


def count(cases: Sequence[Case], kind: Kind) -> int:
    """Count the cases of a kind."""
    return sum(case.kind == kind for case in cases)
