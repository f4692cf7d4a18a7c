"""Restart one service and see it ready again."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from hubctl.core.result import Result
from hubctl.core.stack import Instance
from hubctl.errors import NotReady, UnknownService
from hubctl.operations import stack, status
from hubctl.operations.change import Change, Proof
from hubctl.operations.credentials import Credentials
from hubctl.operations.status import ServiceStatus, StackStatus
from hubctl.progress import Progress
from hubctl.runtimes import Runtime

POLL_S = 0.2
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Restarted(Result):
    """The document of `hubctl restart`."""

    service: str
    change: Change
    proof: tuple[Proof, ...]
    rolled_back: bool

    @property
    def exit_code(self) -> int:
        """4 when a proof failed."""
        return 0 if all(proof.ok for proof in self.proof) else 4


def restart(
    root: Path, runtime: Runtime, credentials: Credentials, service: str, *, timeout_s: float, progress: Progress
) -> Restarted:
    """Restart a service and wait until it answers its probe; Docker's own health would lag by an interval.

    timeout_s bounds the wait after the restart. Raises UnknownService, NotReady with the log lines that name the cause.
    """
    look = partial(status.check, root, runtime, credentials, timeout_s=5.0, only=service)
    before = _one(look(), service)
    runtime.restart(service, progress=progress)
    began = time.monotonic()
    after = _wait(look, service, runtime, timeout_s=timeout_s, progress=progress)
    waited = time.monotonic() - began
    return Restarted(
        service=service,
        change=Change(None, (), "restarted", "asked for"),
        proof=(
            Proof("ready", ok=True, detail=f"{after.detail}, {waited:.1f} s after the start"),
            _started_again(before, after),
        ),
        rolled_back=False,
    )


def _one(seen: StackStatus, service: str) -> ServiceStatus:
    if not seen.services:
        raise UnknownService(f"no service is called {service}", hint="`hubctl status` lists them")
    return seen.services[0]


def _wait(
    look: Callable[[], StackStatus], service: str, runtime: Runtime, *, timeout_s: float, progress: Progress
) -> ServiceStatus:
    deadline = time.monotonic() + timeout_s
    while True:
        seen = _one(look(), service)
        if seen.well:
            return seen
        progress(f"waiting for {service}: {seen.state}, {seen.detail}")
        # A restart sets the count to 0, so any other number says that the service ended since.
        ended = seen.state == "stopped" or any(instance.restarts for instance in seen.instances)
        if ended or time.monotonic() >= deadline:
            when = "ends right after its start" if ended else f"is not ready {timeout_s:g} s after its restart"
            lines = "".join(f"\n  {line}" for line in stack.log_causes(runtime, service))
            raise NotReady(
                f"{service} {when}: {seen.state}, {seen.detail}{lines}", hint=f"`hubctl logs {service}` shows more"
            )
        time.sleep(POLL_S)


def _started_again(before: ServiceStatus, after: ServiceStatus) -> Proof:
    """Whether everything that runs now was started after everything that ran before."""
    latest = max((_start(instance) for instance in before.instances), default=_NEVER)
    kept = {instance.id for instance in before.instances}
    detail = ", ".join(
        f"{instance.name}: {'the same one' if instance.id in kept else 'a new one'} ({instance.id}), "
        f"{'new start' if _start(instance) > latest else 'not started again'}"
        for instance in after.instances
    )
    return Proof("started again", ok=all(_start(instance) > latest for instance in after.instances), detail=detail)


def _start(instance: Instance) -> datetime:
    """Give the moment of its last start; the texts themselves do not sort: engines leave out zeros at the end."""
    return datetime.fromisoformat(instance.started_at) if instance.started_at else _NEVER
