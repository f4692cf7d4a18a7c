"""The state of one service: what its runtime saw and what a probe heard, put together."""

from datetime import UTC, datetime

from hubctl.adapters.services.health import Health
from hubctl.core.compose.stack import EngineState, Instance, ServiceRun, State, WayUp

# LiteLLM needs 6 to 9 s on a quiet machine, 10 to 16 s on a busy one, 24 s with two workers.
_START_S = 60.0
FINISHED = "finished, as it is meant to"


def state_of(run: ServiceRun, engine: EngineState, health: Health | None, way_up: WayUp) -> tuple[State, str]:
    """Put together what the runtime saw and what the probe heard: a service is well only if both say so."""
    if not run.managed or engine.state == "unreachable":
        return (health.state, health.detail) if health else ("unknown", "cannot be seen without the engine")
    if not run.instances:
        way = "" if way_up.refused else f"; {way_up.then('makes it')}"  # a refusal has a note of its own
        return "missing", f"is not there{way}"
    return _trouble(run) or _cut_off(run) or _answered(run.instances, health)


def _answered(instances: tuple[Instance, ...], health: Health | None) -> tuple[State, str]:
    """Judge instances that all run, by how they answer: one that is started again and again only looks running."""
    if health and health.state not in {"unreachable", "unhealthy"}:
        return health.state, health.detail
    looping = [i for i in instances if i.restarts and i.health != "healthy"]
    if looping:
        return "unhealthy", f"ends and is started again ({looping[0].restarts} restarts)"
    if health is None:
        return _by_docker(instances)
    if any(_young(instance) for instance in instances):
        return "starting", f"not there yet: {health.detail}"
    return health.state, health.detail


def _trouble(run: ServiceRun) -> tuple[State, str] | None:
    """Name what the runtime alone shows to be wrong, whatever answers on the port."""
    by_status = {instance.status: instance for instance in run.instances}
    if "restarting" in by_status:
        broken = by_status["restarting"]
        return "unhealthy", f"ends and is started again (exit {broken.exit_code}, {broken.restarts} restarts)"
    if "paused" in by_status:
        return "unhealthy", f"is paused (`docker unpause {by_status['paused'].name}`)"
    running = sum(instance.status == "running" for instance in run.instances)
    if running == 0:
        last = run.instances[-1]
        ended_well = run.one_shot and last.exit_code == 0
        how = last.status if last.exit_code is None else f"{last.status} (exit {last.exit_code})"
        return "stopped", FINISHED if ended_well else how
    return ("unhealthy", f"{running} of {run.desired} running") if running < run.desired else None


def _cut_off(run: ServiceRun) -> tuple[State, str] | None:
    where = "holds none of the ports that the compose file gives it: `docker inspect` shows its networks"
    return ("unreachable", where) if run.is_cut_off else None


def _young(instance: Instance) -> bool:
    """Whether it may still be starting: Docker says so, or it has no health check and is less than a minute old."""
    if instance.health is not None or instance.started_at is None:
        return instance.health == "starting"
    age = datetime.now(UTC) - datetime.fromisoformat(instance.started_at)
    return age.total_seconds() < _START_S


def _by_docker(instances: tuple[Instance, ...]) -> tuple[State, str]:
    """Fall back on Docker's own health check for what cannot be probed from here."""
    seen = {instance.health for instance in instances}
    if seen == {"healthy"}:
        return "healthy", "by its health check"
    if "unhealthy" in seen:
        return "unhealthy", "its health check fails"
    if "starting" in seen:
        return "starting", "its health check has not passed yet"
    return "unknown", "runs; has no health check and publishes no port"
