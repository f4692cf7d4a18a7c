"""What can be asked from inside a running service: each question costs nothing and changes nothing."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by its place, so that its value stays there: a variable, and which of several between semicolons."""

    variable: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. `url` says where; `machine` asks for the disk, memory and clock below the service and has none.

    http: a GET, with the secret as bearer token. redis: AUTH with the secret, and PING. postgres: whether one answers.
    """

    kind: Literal["http", "redis", "postgres", "machine"]
    url: str = ""
    secret: Secret | None = None
