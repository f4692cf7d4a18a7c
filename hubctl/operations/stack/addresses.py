"""Where a service of the hub can be asked: where its own containers, or its own process, listen, and nowhere else."""

from hubctl.core.compose.stack import Address, Role, Snapshot
from hubctl.errors import EngineUnavailable, UnknownService


def of_role(seen: Snapshot, role: Role, named: str | None) -> Address | None:
    """Give the address of a role, for `named` only of that service; null where none runs or none publishes a port."""
    fitting = [run.address for run in seen.services if run.role == role and named in {None, run.service}]
    return fitting[0] if fitting else None


def of_ollama_to_change(seen: Snapshot) -> Address:
    """Give the address of the Ollama that models may be pulled into.

    Raises EngineUnavailable where nobody can tell, UnknownService where none is known.
    """
    found = [run for run in seen.services if run.role == "ollama" and run.address]
    for run in found:
        if run.address and not run.is_guessed:
            return run.address
    if found:
        raise UnknownService(
            f"an Ollama answers at {found[0].address}, and nothing says that it is this hub's: it was left alone",
            hint=f"where it is, write OLLAMA_API_BASE=http://{found[0].address} into the gateway's env file",
        )
    if seen.engine.state == "unreachable":
        raise _nobody_can_tell(seen)
    why = seen.way_up.why_not
    raise UnknownService(
        f"no Ollama of this hub can be asked from here: none runs{why}, or it publishes no port",
        hint=seen.way_up.then("starts it") if why else "`hubctl status` shows what runs",
    )


def of_gateway(seen: Snapshot, named: str, machine: str | None) -> Address:
    """Give the gateway's address; `machine` is the engine's, null for this one.

    Raises EngineUnavailable where nobody can tell, UnknownService where the gateway does not run or publishes no port.
    """
    if address := of_role(seen, "gateway", named):
        return address
    if seen.engine.state == "unreachable":
        raise _nobody_can_tell(seen)
    runs = (each.instances for each in seen.services if each.service == named)
    if not any(instance.status == "running" for instances in runs for instance in instances):
        why = seen.way_up.why_not
        raise UnknownService(f"the service {named} of this hub does not run{why}", hint=seen.way_up.then("starts it"))
    port = f"port beyond {machine}" if machine else "port"
    way = f"run hubctl on {machine}" if machine else "publish its port 4000 on 127.0.0.1 in the compose file"
    raise UnknownService(f"the service {named} publishes no {port}, so it cannot be asked from here", hint=way)


def _nobody_can_tell(seen: Snapshot) -> EngineUnavailable:
    return EngineUnavailable(f"without its engine no port is known to be this hub's: {seen.engine.detail}")
