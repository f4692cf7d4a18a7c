"""Whole processes, timed in turns, so that a machine whose speed drifts is unfair to none of them."""

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Bar:
    """One number of `make bench`: what was measured, against what, and what is asked of it."""

    name: str
    value: float
    limit: float
    unit: str
    detail: str

    def __str__(self) -> str:
        """One line of the report."""
        verdict = "ok  " if self.value <= self.limit else "OVER"
        return f"{verdict} {self.name}: {self.value:.2f} {self.unit} (at most {self.limit:g}); {self.detail}"


def seconds(command: Command, *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> float:
    """Run a command once and time it. Its output is thrown away; its exit code is its own affair."""
    began = time.perf_counter()
    subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def medians(
    commands: Sequence[Command], *, rounds: int, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> list[float]:
    """Time several commands in turns and return the median of each, in seconds. The first round warms up."""
    times = [[seconds(command, cwd=cwd, env=env) for command in commands] for _ in range(rounds + 1)][1:]
    return [statistics.median(column) for column in zip(*times, strict=True)]
