"""Signals at random moments of what changes a hub whose gateway is a process: nothing torn, nothing left unknown."""

from collections.abc import Iterator

import pytest

from tests.gateway.embedded_hub import eventually
from tests.processes import in_terminal
from tests.real_hub import Files, RealHub
from tests.real_servers import free_port, litellm
from tests.stopping import Deed, Sweep, processes_of_second
from tests.sweeps import WHOLE, few

pytestmark = pytest.mark.gateway

UP = ("up", "--embedded", "--demo")
MODEL = "qwen2.5-coder:1.5b"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHub]:
    litellm()
    folder = tmp_path_factory.mktemp("signals")
    ports = {name: str(free_port()) for name in ("LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT")}
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "DOCKER_HOST": "unix:///nowhere/docker.sock", **ports}
    found = RealHub(folder / "hub", env)
    found.root.mkdir()
    assert found.hubctl("init").code == 0
    yield found
    found.hubctl("down")


def runs(hub: RealHub) -> None:
    done = (
        hub.hubctl("restart", "--json") if hub.service("litellm")["state"] == "healthy" else hub.hubctl(*UP, "--json")
    )
    assert done.code == 0, done.out


def stands(hub: RealHub) -> None:
    assert hub.hubctl("down").code == 0


def changed(hub: RealHub) -> None:
    runs(hub)
    assert hub.hubctl("models", "disable", MODEL).code == 0


DEEDS = [
    Deed(("verify",), runs),
    Deed(("provider", "enable", "anthropic", "--stdin", "--force", "--no-proof-call"), runs),
    Deed(UP, stands),
    Deed(("models", "disable", MODEL), runs),
    Deed(("restart",), runs),
    Deed(("down",), runs),
    Deed(("undo",), changed),
]


@pytest.mark.parametrize("deed", few(2, DEEDS), ids=str)
def test_whatever_stops_it_nothing_is_torn_and_what_is_left_is_told(
    hub: RealHub, deed: Deed, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = Sweep(hub, deed, processes_of_second, stands).from_clean_to_clean(12 if WHOLE else 2)
    with capsys.disabled():
        print(f"\n{deed}: {dict(ends)}")


def test_a_terminal_that_is_closed_has_the_change_rolled_back(hub: RealHub) -> None:
    runs(hub)
    old = Files.of(hub)
    with in_terminal("models", "disable", MODEL, cwd=hub.root, variables=hub.env) as terminal:
        eventually(lambda: Files.of(hub) != old)
        terminal.close()
        assert terminal.end(200) == 129
    assert Files.of(hub) == old
    gateway = hub.service("litellm")
    assert (gateway["state"], gateway["drift"]) == ("healthy", [])
