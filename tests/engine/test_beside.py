"""An embedded gateway beside containers of the same hub: what runs is told, and `down` ends all of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Finished
from tests.real_hub import RealHub, hub_environment, own_name, shell

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RealHub]:
    """A hub of which the gateway, the cache and the database run in containers."""
    root = tmp_path / own_name("beside")
    root.mkdir()
    hub = RealHub(root, {**shell(), **hub_environment()})
    assert hub.hubctl("init").code == 0
    hub.compose("up", "--detach", "litellm", "redis", "db")
    yield hub
    hub.hubctl("down")
    hub.compose("down", "--volumes")


def notes(done: Finished) -> list[str]:
    found: list[str] = done.data["notes"]
    return found


def test_containers_beside_an_embedded_gateway_are_told_and_ended_with_it(hub: RealHub) -> None:
    gateway, database = (f"{hub.project}-{service}-1" for service in ("litellm", "db"))
    assert hub.hubctl("adopt", "--yes").code == 0  # of services that do not run, the volumes are nobody's yet
    refused = hub.hubctl("up", "--embedded", "--demo", "--json")
    assert (refused.code, refused.error["message"]) == (4, f"litellm of this hub runs in a container: {gateway}")
    hub.compose("stop", "litellm")

    assert hub.hubctl("up", "--embedded", "--demo").code == 0
    told = f"containers of this hub run, too: {database}; `hubctl down` stops them"
    assert told in notes(hub.hubctl("status", "--json"))

    away = hub.hubctl("down", "--json", DOCKER_HOST="unix:///nowhere.sock")
    assert (away.code, away.data["was_running"]) == (0, True)
    assert notes(away)[0].startswith("whether containers of this hub run, its engine alone can tell: ")
    (told,) = notes(hub.hubctl("status", "--json"))
    assert database in told
    assert f"{hub.project}-redis-1; `hubctl down` stops them" in told
    refused = hub.hubctl("down", "--volumes", "--yes", "--json", DOCKER_HOST="unix:///nowhere.sock")
    assert (refused.code, refused.error["code"]) == (4, "engine_unavailable")

    done = hub.hubctl("down", "--volumes", "--yes", "--json")
    assert done.data == {"was_running": True, "volumes_deleted": True, "notes": []}
    assert hub.compose("ps", "--all", "--quiet") == ""
