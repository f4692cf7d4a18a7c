"""Drift: what runs was made from other files than those that are there now. Compared here, gathered by the runtimes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

DriftKind = Literal["env", "config", "image", "compose"]

# Docker's config file makes every client put these into new containers.
_PROXY_NAMES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"})


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that a restart would change. `name` is a variable, file, image or service; no value is ever shown."""

    kind: DriftKind
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """The environment that a new instance would get from the files.

    `unset` are names that stand alone in them and have no value here: whoever starts the service gives it.
    """

    values: Mapping[str, str] = field(repr=False)
    unset: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ConfigTimes:
    """What can be known of a config file and of the process that read it at its start. Digests are of its bytes.

    `at_start` was noted by hubctl at this very start, null where something else started it. `inside` is what the
    container sees, null where that is not ours to look at. `written_at` is the file's mtime, `changed_at` its ctime,
    which a move or another mode changes as well.
    """

    now: str
    at_start: str | None
    inside: str | None
    started_at: datetime
    written_at: datetime
    changed_at: datetime


def environment(
    running: Mapping[str, str], fresh: Fresh, image: Mapping[str, str] | None, command: str
) -> Iterator[Drift]:
    """Name the variables of a running instance that a new one would not have, or would have with another value.

    image is the environment of its image: null where that cannot be known, and then a variable that the files no
    longer set is not told from one of the image.
    """
    new = {**(image or {}), **fresh.values}
    for name in sorted({*new, *(running if image is not None else ())} - fresh.unset):
        old, wanted = running.get(name), new.get(name)
        if old == wanted or (wanted is None and name.upper() in _PROXY_NAMES):
            continue
        how = "set" if old is None else "changed" if name in fresh.values else "taken out"
        yield Drift("env", name, f"{name} was {how} after the container was created: `{command}`")


def config_changed(times: ConfigTimes) -> bool | None:
    """Whether the process read another content than the file has now; null where that cannot be known.

    A process reads its config at the start alone, so what it sees now (the file edited in place) proves nothing; but
    seeing something else (the file replaced, and the mount still on the old one) does.
    """
    if times.at_start is not None:
        return times.at_start != times.now
    if times.inside not in {None, times.now}:
        return True
    if times.changed_at <= times.started_at:
        return False
    if times.written_at > times.started_at:
        return True
    return None if times.inside is None else False
