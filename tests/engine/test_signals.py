"""Signals at random moments of what changes a hub of containers: nothing torn, nothing left unknown."""

import pytest

from tests.engine.test_verify import docker, seconds
from tests.gateway.embedded_hub import eventually
from tests.real_hub import RealHub
from tests.stopping import Deed, Sweep, working
from tests.sweeps import WHOLE, few

pytestmark = pytest.mark.engine

MODEL = "qwen2.5-coder:1.5b"


def runs(hub: RealHub) -> None:
    """Start what does not run. That the gateway may have read other files changes nothing for these commands."""
    done = hub.hubctl("up", "--json")
    assert done.code == 0, done.out


def stopped(hub: RealHub) -> None:
    """Stop two services, so that `up` has something to do and takes seconds."""
    runs(hub)
    hub.compose("rm", "--stop", "--force", "litellm", "redis")


def changed(hub: RealHub) -> None:
    runs(hub)
    assert hub.hubctl("models", "disable", MODEL).code == 0


def mended(hub: RealHub) -> None:
    """Bring it up: which finishes what a `docker compose` that ended with its hubctl has left.

    A stop that was asked of the engine goes on there, and nothing tells that it does: then the next `up` is the one.
    """
    eventually(lambda: working(hub) == [])
    eventually(lambda: hub.hubctl("up").code == 0)


def names_of_seconds(hub: RealHub) -> list[str]:
    found = seconds(hub)
    return [name.strip("/") for name in docker("inspect", "--format", "{{.Name}}", *found)] if found else []


DEEDS = [
    Deed(("models", "disable", MODEL), runs),
    Deed(("provider", "enable", "anthropic", "--stdin", "--force", "--no-proof-call"), runs),
    Deed(("up",), stopped),
    Deed(("restart",), runs),
    Deed(("restart", "--recreate"), runs),
    Deed(("down",), runs),
    Deed(("undo",), changed),
    Deed(("verify",), runs),
]


@pytest.mark.parametrize("deed", few(1, DEEDS), ids=str)
def test_whatever_stops_it_nothing_is_torn_and_what_is_left_is_told(
    hub: RealHub, deed: Deed, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = Sweep(hub, deed, names_of_seconds, mended).from_clean_to_clean(10 if WHOLE else 2)
    with capsys.disabled():
        print(f"\n{deed}: {dict(ends)}")
    runs(hub)
    done = hub.hubctl("restart", "--json")  # the files are as they were, and other suites share what runs
    assert done.code == 0, done.out
