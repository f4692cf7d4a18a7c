"""What `docker compose down` leaves of a hub without a word: what `docker compose run` started, and data in use."""

from hubctl.adapters.docker import projects
from hubctl.adapters.docker.engine import Engine
from hubctl.errors import EngineRefused
from hubctl.runtimes.compose.ownership import Ownership


def require_none(ownership: Ownership, engine: Engine, *, data: bool) -> None:
    """See that nothing of the hub runs any more, and with `data` that its volumes are gone.

    `ownership` is what was looked at before. Raises EngineRefused, EngineUnavailable.
    """
    members, volumes = projects.look(engine)
    if running := [each.name for each in members if ownership.belongs(each.labels) and each.is_running]:
        names = " ".join(running)
        raise EngineRefused(
            f"the services are stopped, but containers that `docker compose down` leaves alone still run: {names}",
            hint=f"wait for them to end, or remove them with `docker rm --force {names}`, and run again",
        )
    if not data:
        return
    if left := [each.name for each in volumes if each.project == ownership.project]:
        users = " ".join(each.name for each in members if each.volumes.intersection(left))
        raise EngineRefused(
            f"the services are stopped, but volumes are still in use and were not deleted: {', '.join(left)}",
            hint=f"remove the containers that use them (`docker rm {users}`) and run again"
            if users
            else f"`docker ps --all --filter volume={left[0]}` shows what uses it",
        )
