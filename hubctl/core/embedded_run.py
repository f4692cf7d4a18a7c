"""What is remembered of an embedded gateway's start, as a value and as JSON text."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from hubctl.core.stack import Address, Role


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A service that the gateway uses and hubctl does not run here."""

    service: str
    role: Role
    address: Address


@dataclass(frozen=True, slots=True)
class Run:
    """The last start of the gateway. `started_at` is RFC 3339; `demo` is what was asked for, not what came of it."""

    port: int
    started_at: str
    demo: bool
    demo_models: tuple[str, ...]
    notes: tuple[str, ...]
    neighbours: tuple[Neighbour, ...]
    stopped: bool = False


def dump(run: Run) -> str:
    """Write it down."""
    return json.dumps(asdict(run), indent=2)


def parse(text: str) -> Run:
    """Read what `dump` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    data: dict[str, Any] = json.loads(text)
    neighbours = (Neighbour(each["service"], each["role"], Address(**each["address"])) for each in data["neighbours"])
    lists = {"demo_models": tuple(data["demo_models"]), "notes": tuple(data["notes"])}
    return Run(**{**data, **lists, "neighbours": tuple(neighbours)})
