"""One start of one service, and the proof that it took: ready, started anew, on the files as they are, nothing lost."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.adapters.gateway import probe
from hubctl.core.compose.stack import KILLED, Instance
from hubctl.core.models import model_list
from hubctl.errors import ContainerGone, HubError, NotReady, UnknownService
from hubctl.operations.change.changed import READY, EffectKind, Proof
from hubctl.operations.change.transaction import Outcome
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack import lifecycle, status
from hubctl.operations.stack.status import ServiceStatus, StackStatus
from hubctl.progress import Progress
from hubctl.runtimes import Runtime

# On two quiet cores LiteLLM needs 10 s and Open WebUI 25 s; on busy ones both were seen to need more than a minute.
# What ends meanwhile is told at once, so that this bounds what hangs alone.
START_S = 180.0
# Each look costs processor time that the service needs to start: ten of them a second made it half a second later.
POLL_S = 0.3
LIST_S = 5.0
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Starter:
    """What it takes to start a service anew. `config` is the gateway's, null for every other service.

    `credentials` reads the hub's files, for a change may be about the very key that the probes use. timeout_s bounds
    the wait after the start.
    """

    root: Path
    runtime: Runtime
    credentials: Callable[[], Credentials]
    service: str
    config: Path | None
    timeout_s: float
    progress: Progress

    def start(self, *, recreate: bool = False, asked_for: str = "asked for") -> Outcome:
        """Restart the service, or recreate its container where only that makes it read what changed, and prove it.

        What goes wrong is told in the outcome: nothing is raised but UnknownService.
        """
        before = one(self._look(), self.service)
        try:
            effect, reason = self._way(before, recreate=recreate, asked_for=asked_for)
        except HubError as error:
            return Outcome("unchanged", "nothing was started", failed=error.sentence)
        began = time.monotonic()
        proof: list[Proof] = []
        try:
            effect = self._do(effect)
            after = self._wait()
            proof.append(
                Proof(READY, ok=True, detail=f"{after.detail}; {time.monotonic() - began:.1f} s without service")
            )
            proof += self._proofs(before, after)
        except HubError as error:
            return Outcome(effect, reason, tuple(proof), error.sentence)
        failed = next((f"{each.check}: {each.detail}" for each in proof if not each.ok), None)
        return Outcome(effect, reason, tuple(proof), failed)

    def idle(self) -> str | None:
        """Say why there is nothing that could read changed files; null when there is."""
        seen = self._look()
        if seen.engine.state == "unreachable":
            return f"{seen.engine.detail}: once it answers, `hubctl restart` makes {self.service} read these files"
        if any(instance.status != "exited" for instance in one(seen, self.service).instances):
            return None
        return f"{self.service} does not run{seen.way_up.why_not}; {seen.way_up.then('starts it with these files')}"

    def may_have_run(self) -> bool:
        """Whether a change that was cut off may have stopped it: it has a container, or the rest of the hub runs."""
        runs = [run for run in self.runtime.snapshot(timeout_s=LIST_S).services if run.managed]
        return any(
            run.service == self.service or instance.status == "running" for run in runs for instance in run.instances
        )

    def require_startable(self) -> None:
        """See that what a start needs is there: all that is not is told, and the first of it decides the error.

        Raises BadFile, PortTaken, EngineRefused, EmbeddedMissing, EngineRemote, EngineUnavailable.
        """
        if obstacles := self.runtime.obstacles(self.service):
            first = obstacles[0]
            told = "; ".join(each.message for each in obstacles)
            first.message = f"{self.service} was left as it is, for it would not start: {told}"
            raise first

    def require_ready_for_changes(self) -> None:
        """See the same where the service runs, so that a change of its files would start it anew. Raises likewise."""
        if self.idle() is None:
            self.require_startable()

    def runs_as_told(self) -> bool:
        """Whether what runs is what the files say, and took every active entry of the config. Raises HubError."""
        return not self.runtime.drift(self.service) and (self.config is None or self._listed(self.config).ok)

    def _look(self) -> StackStatus:
        return status.check(self.root, self.runtime, self.credentials(), timeout_s=5.0, only=self.service)

    def _way(self, before: ServiceStatus, *, recreate: bool, asked_for: str) -> tuple[EffectKind, str]:
        """Decide between a restart and a new container, and say why."""
        drift = self.runtime.drift(self.service)
        reasons = "; ".join(each.detail.partition(": `")[0] for each in drift)
        if not before.instances:
            return "recreated", "it had no container"
        if recreate:
            return "recreated", reasons or asked_for
        needs_new = any(each.kind not in self.runtime.ended_by_restart for each in drift)
        return ("recreated" if needs_new else "restarted"), reasons or asked_for

    def _do(self, effect: EffectKind) -> EffectKind:
        """Do it, and give what was done: of a container that somebody else has just removed a new one is made."""
        if effect == "restarted":
            with suppress(ContainerGone):
                self.runtime.restart(self.service, progress=self.progress)
                return effect
        self.runtime.recreate(self.service, timeout_s=self.timeout_s, progress=self.progress)
        return "recreated"

    def _wait(self) -> ServiceStatus:
        deadline = time.monotonic() + self.timeout_s
        while True:
            seen = one(self._look(), self.service)
            if seen.well:
                return seen
            self.progress(f"waiting for {self.service}: {seen.state}, {seen.detail}")
            # A restart sets the count to 0, so any other number says that the service ended since.
            ended = seen.state == "stopped" or any(instance.restarts for instance in seen.instances)
            if ended or time.monotonic() >= deadline:
                raise self._not_ready(seen, ended=ended)
            time.sleep(POLL_S)

    def _not_ready(self, seen: ServiceStatus, *, ended: bool) -> NotReady:
        when = "ends right after its start" if ended else f"is not ready {self.timeout_s:g} s after its start"
        causes = lifecycle.log_causes(self.runtime, self.service)
        if any(instance.exit_code == KILLED for instance in seen.instances):
            causes = (*causes, f"exit {KILLED}: it was killed, as what needs more memory than it may have is")
        lines = "".join(f"\n  {line}" for line in causes)
        return NotReady(f"{self.service} {when}: {seen.state}, {seen.detail}{lines}")

    def _proofs(self, before: ServiceStatus, after: ServiceStatus) -> Iterator[Proof]:
        yield _started_again(before, after)
        drift = self.runtime.drift(self.service)
        differs = ", ".join(each.name for each in drift)
        told = (
            f"differs from the files in: {differs}" if drift else "environment, config and image are those of the files"
        )
        yield Proof("reads the files", ok=not drift, detail=told)
        if self.config is not None:
            yield self._listed(self.config)

    def _listed(self, config: Path) -> Proof:
        """See that the gateway took every active entry: a bad one it drops without a word."""
        names = {entry.name for entry in model_list.read(disk.read_text(config), config).active}
        address = next(
            (run.address for run in self.runtime.snapshot(timeout_s=LIST_S).services if run.service == self.service),
            None,
        )
        if address is None:
            return Proof("models listed", ok=True, detail="not asked: it publishes no port")
        listed = set(probe.models(address, self.credentials().gateway_key, LIST_S))
        if missing := sorted(names - listed):
            return Proof(
                "models listed", ok=False, detail=f"the gateway dropped {', '.join(missing)}: the target is wrong"
            )
        return Proof("models listed", ok=True, detail=f"all {len(names)} active entries")


def one(seen: StackStatus, service: str) -> ServiceStatus:
    """Give the only service that was looked at. Raises UnknownService."""
    if not seen.services:
        raise UnknownService(f"no service is called {service}", hint="`hubctl status` lists them")
    return seen.services[0]


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
