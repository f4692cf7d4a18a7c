"""What stops a start, told better than by Compose: who has the port or the name, and which env file is bad."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from hubctl.adapters.docker import projects
from hubctl.adapters.docker.containers import LABEL, Container
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.net import ports
from hubctl.core.compose.layout import Layout, Service
from hubctl.errors import BadFile, ComposeOvertaken, NotOwned, PortTaken
from hubctl.runtimes.compose.ownership import Ownership
from hubctl.runtimes.obstacles import bad_env_files

_ANY = "0.0.0.0"  # noqa: S104 - where it is asked whether somebody listens


@contextmanager
def explained(layout: Layout, engine: Engine, services: Sequence[Service]) -> Iterator[None]:
    """Say more of what stops the start that is done meanwhile. Raises PortTaken, NotOwned, BadFile."""
    try:
        yield
    except PortTaken as taken:
        raise PortTaken(taken.port, _owner(engine, taken.port)) from taken
    except ComposeOvertaken as error:
        raise _name_taken(engine, services, Ownership(layout, engine)) or error from error
    except BadFile as error:
        raise next(bad_env_files(services, layout.variables), error) from error


def taken_ports(engine: Engine, service: Service, own: Iterable[Container]) -> Iterator[PortTaken]:
    """Name who holds a port that a new container of a service needs, where that is none of its `own` ones."""
    held = {outside for each in own for _, outside in each.published.values()}
    for port in service.ports:
        if (
            port.host
            and port.protocol == "tcp"
            and port.host not in held
            and not ports.is_free(port.host_ip or _ANY, port.host)
        ):
            yield PortTaken(port.host, _owner(engine, port.host))


def _owner(engine: Engine, port: int) -> str:
    container = engine.publisher(port)
    return f"the container {container}" if container else ports.owner(port)


def _name_taken(engine: Engine, services: Sequence[Service], ownership: Ownership) -> NotOwned | None:
    """Name the container of somebody else that has a name which the compose file gives."""
    wanted = {each.container_name for each in services if each.container_name}
    for name, labels in sorted(projects.named(engine, wanted).items()):
        if not ownership.belongs(labels):
            folder = labels.get(f"{LABEL}project.working_dir")
            whose = f"made from {folder}" if folder else "that no Compose project made"
            return NotOwned(
                f"the container name {name} is taken by a container {whose}",
                hint="choose another `container_name` in the compose file, or none",
            )
    return None
