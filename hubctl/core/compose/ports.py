"""Published ports in Compose's short and long syntax."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SHORT = re.compile(
    r"(?:(?:(?P<ip>\[[0-9A-Fa-f:.%]+\]|[^:\[\]]*):)?(?P<host>\d*(?:-\d+)?):)?(?P<container>\d+(?:-\d+)?)(?:/(?P<protocol>\w+))?",
    re.ASCII,
)
_RANGE = re.compile(r"(?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?", re.ASCII)
_HIGHEST = 65535


@dataclass(frozen=True, slots=True)
class Port:
    """A published port. `host` is null when the engine chooses it, `host_ip` when it listens on every address."""

    container: int
    host: int | None
    host_ip: str | None
    protocol: str


def read_short(text: str) -> tuple[Port, ...]:
    """Read `[[IP:]HOST:]CONTAINER[/PROTOCOL]`, each port a number or a range; empty when it cannot be read."""
    match = _SHORT.fullmatch(text.strip())
    return _ports(match["container"], match["host"], match["ip"], match["protocol"]) if match else ()


def read_long(data: Mapping[str, str]) -> tuple[Port, ...]:
    """Read the long syntax: `target`, `published`, `host_ip`, `protocol`; empty when it cannot be read."""
    return _ports(data.get("target", ""), data.get("published"), data.get("host_ip"), data.get("protocol"))


def _ports(container: str, host: str | None, host_ip: str | None, protocol: str | None) -> tuple[Port, ...]:
    inside, outside = _range(container), _range(host or "")
    if not inside or (host and not outside):
        return ()
    ip = (host_ip or "").strip("[]") or None
    # Of a host range for one port, the engine takes the first that is free. Host port 0 leaves the choice to it.
    known = outside if len(outside) == len(inside) else [0] * len(inside)
    return tuple(Port(to, at or None, ip, protocol or "tcp") for to, at in zip(inside, known, strict=True))


def _range(text: str) -> list[int]:
    """`80` or `80-82` as numbers; empty when it is neither, or beyond what ports can be."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return []
    start, end = int(match["first"]), int(match["last"] or match["first"])
    return list(range(start, end + 1)) if end <= _HIGHEST else []
