"""Values that describe a running stack: services, their instances, and what was seen of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from hubctl.core.change.drift import Drift

Role = Literal["gateway", "ui", "ollama", "cache", "database"]
ROLES: tuple[Role, ...] = ("gateway", "ui", "ollama", "cache", "database")

State = Literal["healthy", "starting", "unhealthy", "unauthorized", "unreachable", "stopped", "missing", "unknown"]

# Whether a log goes on with new lines as they come: for ever, or for as long as a function says so.
Follow = bool | Callable[[], bool]

# SIGKILL, which is also what the kernel does with what runs out of memory.
KILLED = 137


@dataclass(frozen=True, slots=True)
class Instance:
    """One container (or process) of a service, as its engine (or the kernel) describes it.

    `status` is the engine's word: created, running, paused, restarting, exited, dead. `health` is Docker's own and
    lags by an interval: null where no health check is set. `started_at` is RFC 3339. `exit_code` is that of one that
    does not run; 137 also of one that ran out of memory and was started again.
    """

    id: str
    name: str
    node: str | None
    image: str
    status: str
    health: str | None
    restarts: int
    started_at: str | None
    pid: int | None
    exit_code: int | None = None


def _no_doubt() -> None:
    """Say nothing against an address that is not a service's own: one that the operator named, for example."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service can be reached from here.

    `doubt` asks anew whether the service still listens there, and says why that is not known; null where it is.
    Whoever connects asks it before anything is sent: the service may have ended, and a stranger have its port.
    """

    host: str
    port: int
    doubt: Callable[[], str | None] = field(default=_no_doubt, compare=False, repr=False)

    def __str__(self) -> str:
        """host:port, with brackets round an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ServiceRun:
    """What a runtime knows of one service: how many are wanted, what runs, and where it listens.

    `address` is null when nothing is published to this machine. `one_shot` is true for a service that is meant to end.
    `managed` is false for a neighbour that the runtime uses and neither starts nor stops. `drift` is what can be seen
    of it without starting a process, so never of the kind compose. `is_cut_off` is true where what runs holds none of
    the ports that the compose file publishes, as a container without its network. `is_guessed` is true for a neighbour
    that was found where such a service usually is, and may be anybody's.
    """

    service: str
    role: Role | None
    desired: int
    instances: tuple[Instance, ...]
    address: Address | None
    one_shot: bool = False
    managed: bool = True
    drift: tuple[Drift, ...] = ()
    is_guessed: bool = False
    is_cut_off: bool = False


@dataclass(frozen=True, slots=True)
class EngineState:
    """Whether the engine that runs the hub answers."""

    state: Literal["reachable", "unreachable"]
    detail: str


@dataclass(frozen=True, slots=True)
class WayUp:
    """How to start what does not run: by `command`.

    Where that would be refused, `refused` says why, and `first` what has to be done before.
    """

    command: str = "hubctl up"
    refused: str | None = None
    first: str | None = None

    @property
    def why_not(self) -> str:
        """The reason of a refusal, to end a sentence with; empty where there is none."""
        return f": {self.refused}" if self.refused else ""

    def then(self, does: str) -> str:
        """Name the next command that works, and what it does; of a refusal, the way out comes first."""
        way = f"`{self.command}` {does}".strip()
        return f"{self.first}; then {way}" if self.first else way


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All services of a hub at one moment, as its runtime sees them (no probes). `notes` are for the operator."""

    project: str | None
    engine: EngineState
    services: tuple[ServiceRun, ...]
    notes: tuple[str, ...] = ()
    way_up: WayUp = WayUp()


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a service's log."""

    service: str
    text: str
