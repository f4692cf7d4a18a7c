"""What is remembered of an embedded gateway's start, as a value and as JSON text."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from hubctl.core.compose.stack import Address, Role

# By what an address on this machine is known: the hub's files name it, a container of this hub listens there, or it is
# only where such a service usually is.
KnownBy = Literal["files", "container", "place"]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A service that the gateway uses and hubctl does not run here."""

    service: str
    role: Role
    address: Address
    known_by: KnownBy = "place"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a start was made from. `config` is the digest of the config file; `environment` has one of each value.

    Those are salted, so that no value can be looked up in a table. `version` is that of the LiteLLM package.
    """

    config: str
    version: str
    salt: str = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Run:
    """The last start of the gateway. `started_at` is RFC 3339; `demo` is what was asked for, not what came of it.

    `origin` is null where an earlier hubctl started it.
    """

    port: int
    started_at: str
    demo: bool
    demo_models: tuple[str, ...]
    notes: tuple[str, ...]
    neighbours: tuple[Neighbour, ...]
    stopped: bool = False
    origin: Origin | None = None


def digests(environment: Mapping[str, str], salt: str) -> dict[str, str]:
    """Digest each value with a salt that is new at every start."""
    return {
        name: hmac.new(salt.encode(), value.encode("utf-8", "surrogateescape"), "sha256").hexdigest()
        for name, value in environment.items()
    }


def dump(run: Run) -> str:
    """Write it down. What is asked about an address is no part of it."""
    shown = asdict(run, dict_factory=lambda pairs: {name: value for name, value in pairs if not callable(value)})
    return json.dumps(shown, indent=2)


def parse(text: str) -> Run:
    """Read what `dump` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    data: dict[str, Any] = json.loads(text)
    neighbours = (Neighbour(**{**each, "address": Address(**each["address"])}) for each in data["neighbours"])
    lists = {"demo_models": tuple(data["demo_models"]), "notes": tuple(data["notes"])}
    origin = Origin(**data["origin"]) if data.get("origin") else None
    return Run(**{**data, **lists, "neighbours": tuple(neighbours), "origin": origin})
