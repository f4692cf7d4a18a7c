"""A hub on the real engine, made by hubctl itself and taken away afterwards with its data."""

from collections.abc import Iterator

import pytest

from tests.real_hub import RealHub, docker_problem, hub_at, own_name
from tests.real_servers import missing


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker engine with Compose and the images of the stack."""
    if problem := docker_problem():
        missing("a Docker engine with Compose and the images of the stack", problem)


@pytest.fixture(scope="session")
def new_hub(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHub]:
    """A hub just made by `hubctl init`, on ports of its own; not started."""
    with hub_at(tmp_path_factory.mktemp("engine") / own_name("test")) as hub:
        yield hub


@pytest.fixture(scope="module")
def hub(new_hub: RealHub) -> RealHub:
    """The same hub, up and healthy, and what runs is what its files say, whatever another module left."""
    if new_hub.hubctl("status").code != 0:
        for command in ("up", "restart"):
            done = new_hub.hubctl(command, "--json")
            assert done.code == 0, done.out + done.err
    return new_hub
