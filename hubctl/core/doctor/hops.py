"""The live path of a hub, hop by hop: which rests on which, and so which broken one explains the others. No I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from hubctl.core.compose.stack import Role

HopState = Literal["well", "broken", "unknown"]
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of hop: its stable id, what is looked at, and the hops without which it cannot be well."""

    rule: str
    title: str
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """How one hop is. `detail` says what was seen; `fix` is set where it is broken, `severity` how bad that is.

    `follows_from` is the broken hop that explains this one: null for one that is well, or broken by itself.
    """

    hop: str
    state: HopState
    detail: str
    fix: str | None = None
    severity: Severity = "error"
    follows_from: str | None = None

    @property
    def kind(self) -> Kind:
        """What it looks at."""
        return KINDS[self.hop]


def container(role: Role | None) -> str:
    """Name the hop about the containers of a role; null stands for services beyond the five."""
    return f"{role or 'other'} container"


def network(role: Role) -> str:
    """Name the hop about the network of a role's containers."""
    return f"{role} network"


def _containers() -> dict[str, Kind]:
    owners: dict[Role, str] = {
        "gateway": "the gateway's",
        "ollama": "Ollama's",
        "cache": "Redis'",
        "ui": "Open WebUI's",
        "database": "PostgreSQL's",
    }
    return {
        **{container(role): Kind("DOC102", f"{owner} container", ("engine",)) for role, owner in owners.items()},
        container(None): Kind("DOC102", "other containers", ("engine",)),
        **{network(role): Kind("DOC117", f"{owner} network", (container(role),)) for role, owner in owners.items()},
    }


# In the order in which a request goes through them: the first broken one is what to look at.
KINDS: Mapping[str, Kind] = {
    "engine": Kind("DOC101", "the engine"),
    **_containers(),
    "gateway": Kind("DOC103", "the gateway", ("gateway container", "gateway network")),
    "key": Kind("DOC104", "hubctl's key", ("gateway",)),
    "models": Kind("DOC105", "the models it lists", ("key",)),
    "ollama": Kind(
        "DOC106", "gateway to Ollama", ("gateway container", "ollama container", "gateway network", "ollama network")
    ),
    "pulled": Kind("DOC107", "the models in Ollama", ("ollama",)),
    "cache": Kind(
        "DOC108", "gateway to Redis", ("gateway container", "cache container", "gateway network", "cache network")
    ),
    "ui": Kind("DOC109", "Open WebUI", ("ui container", "ui network", "database container")),
    "ui to gateway": Kind("DOC110", "Open WebUI to gateway", ("ui container", "ui network", "gateway")),
    "ui to database": Kind("DOC111", "Open WebUI to PostgreSQL", ("ui network", "database network")),
    "disk": Kind("DOC112", "disk", ("engine",)),
    "memory": Kind("DOC113", "memory", ("engine",)),
    "clock": Kind("DOC114", "clock", ("engine",)),
    "files": Kind("DOC115", "files and what runs", ("engine",)),
    "change": Kind("DOC116", "changes"),
}


def connected(hops: Iterable[Hop]) -> tuple[Hop, ...]:
    """Put hops in the order of the path, and say of each that is not well which broken one it follows from."""
    order = {name: index for index, name in enumerate(KINDS)}
    found: list[Hop] = []
    causes: dict[str, str | None] = {}  # the hop that explains it, for each that was seen: null where it is well
    for hop in sorted(hops, key=lambda each: order[each.hop]):
        cause = None if hop.state == "well" else _below(hop.hop, causes)
        found.append(replace(hop, follows_from=cause))
        is_root = hop.state == "broken" and hop.severity == "error"
        if hop.state == "well" or is_root or cause:
            causes[hop.hop] = cause or (hop.hop if is_root else None)
    return tuple(found)


def _below(name: str, causes: Mapping[str, str | None]) -> str | None:
    """Find what explains a hop below it, through hops that were not looked at, too."""
    below = (causes[each] if each in causes else _below(each, causes) for each in KINDS[name].rests_on)
    return next((cause for cause in below if cause), None)


def headline(hops: Iterable[Hop]) -> Hop | None:
    """Give the first hop that is broken and follows from no other; null when the path is whole."""
    return next(
        (hop for hop in hops if hop.state == "broken" and hop.severity == "error" and not hop.follows_from), None
    )
