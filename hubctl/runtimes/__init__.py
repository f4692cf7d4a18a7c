"""The seam between hubctl and whatever runs the hub. Commands know this protocol and none of its implementations."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from hubctl.core.change.drift import Drift, DriftKind
from hubctl.core.compose.stack import Address, Follow, LogLine, Snapshot
from hubctl.core.probe import Answer, Probe
from hubctl.errors import HubError
from hubctl.progress import Progress


@dataclass(frozen=True, slots=True)
class SecondGateway:
    """A throwaway gateway that was just started, which is not yet ready, and the key for it."""

    address: Address
    key: str = field(repr=False)
    has_ended: Callable[[], bool]
    log: Callable[[], list[str]]


class Inside(Protocol):
    """A running instance of a service, as a place to look from."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What it runs with, secrets too."""

    @property
    def networks(self) -> frozenset[str]:
        """The networks that it is in."""

    def probe(self, probe: Probe, *, timeout_s: float) -> Answer:
        """Ask something from there. Raises NoAnswer, and HubError where nothing can be asked from there."""


class Beside(Protocol):
    """What else of the hub may run than its runtime looks after."""

    def down(self, *, volumes: bool, progress: Progress) -> tuple[bool, tuple[str, ...]]:
        """Stop it. Gives whether anything ran, and what nobody could tell. Raises with nothing stopped."""


class Runtime(Protocol):
    """Start, stop and describe the services of one hub."""

    @property
    def name(self) -> str:
        """The word for it in documents: embedded, compose, swarm."""

    @property
    def ended_by_restart(self) -> frozenset[DriftKind]:
        """The kinds of drift that a restart ends; the others need what `recreate` does."""

    @property
    def beside(self) -> Beside | None:
        """What else may run of the hub; null where this runtime looks after all of it."""

    def prepare(self, *, progress: Progress) -> None:
        """Get what the start needs and this machine lacks, such as images, for as long as that takes.

        Raises NotOwned, EngineRefused, EngineUnavailable, ComposeFailed.
        """

    def up(self, *, timeout_s: float, progress: Progress) -> None:
        """Start every service; returns when they are started, which is not yet healthy.

        Raises NotReady when a service ends at once, PortTaken, BadFile, ComposeFailed, EngineUnavailable,
        EmbeddedMissing.
        """

    def down(self, *, volumes: bool, progress: Progress) -> bool:
        """Stop every service and remove what runs it; data only with `volumes`. False when nothing was running."""

    def snapshot(self, *, timeout_s: float) -> Snapshot:
        """Describe every service. An engine that does not answer is part of the answer, not an error."""

    def restart(self, service: str, *, progress: Progress) -> None:
        """Stop and start one service, so that it reads its files again. Raises UnknownService, EngineRefused."""

    def recreate(self, service: str, *, timeout_s: float, progress: Progress) -> None:
        """Make one service anew, so that it gets its environment and all else from the files; others are left alone.

        timeout_s bounds the making, not the wait until it is ready. Raises UnknownService, PortTaken, BadFile,
        EngineRefused, EngineRemote, ComposeFailed.
        """

    def drift(self, service: str) -> tuple[Drift, ...]:
        """Tell what runs otherwise than the files say; more than the snapshot's, since it may start a process.

        Raises EngineRemote for containers of another machine, which were made from its own files.
        """

    def obstacles(self, service: str) -> tuple[HubError, ...]:
        """Tell what would keep the service from starting again, one error each: its files, its image.

        Raises EngineRemote, EngineUnavailable.
        """

    def inside(self, service: str) -> Inside | None:
        """Give an instance of the service to look from; null where none runs. Raises EngineUnavailable."""

    def logs(self, service: str | None, *, follow: Follow, tail: int | None, since: str | None) -> Iterator[LogLine]:
        """The log of one service or of all, oldest line first.

        tail is the number of last lines (null: all); since is a duration such as 10m or an RFC 3339 time.
        """

    def demo_models(self) -> frozenset[str]:
        """Names of the models whose answers are canned (`up --embedded --demo`)."""

    def second_gateway(self, service: str, config: str, *, progress: Progress) -> AbstractContextManager[SecondGateway]:
        """Run a gateway like the running one of `service`, on another config, until the block ends.

        A scripted model runs beside it, at the address that the config finds as os.environ/UPSTREAM_URL; what it is
        asked for it does (adapters/gateway/scripted_model.py). Both are gone afterwards; what a hubctl that was killed
        left of them is removed first, and by `down`. Raises EngineRefused, EngineUnavailable, EngineRemote,
        UnknownService, EmbeddedMissing, NotReady.
        """
