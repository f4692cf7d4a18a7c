"""The embedded gateway is killed while hubctl asks it, and a stranger has its port at once: he gets no key."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hubctl.adapters.net import ports
from tests.dashboards import dashboard
from tests.losing import stranger_at
from tests.processes import Finished
from tests.real_hub import RealHub
from tests.real_servers import free_port, litellm
from tests.servers import reply, requested, serving

pytestmark = pytest.mark.gateway

CALL = "POST /v1/chat/completions"
REPEAT = 100
LOST = "is not known to be this hub's gateway any more (the embedded gateway "


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHub]:
    litellm()
    root = tmp_path_factory.mktemp("lost") / "hub"
    root.mkdir()
    own = {name: str(free_port()) for name in ("LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT")}
    hub = RealHub(root, {"PATH": "/usr/bin:/bin", "HOME": str(root), "DOCKER_HOST": "unix:///nowhere.sock", **own})
    assert hub.hubctl("init").code == 0
    yield hub
    hub.hubctl("down")


@pytest.fixture
def hub(made: RealHub) -> RealHub:
    """The hub, up."""
    made.hubctl("down")
    done = made.hubctl("up", "--embedded", "--demo", "--json")
    assert done.code == 0, done.out
    return made


def port(hub: RealHub) -> int:
    return int(hub.env["LITELLM_PORT"])


def log(hub: RealHub) -> str:
    (found,) = hub.root.glob(".hubctl/*/gateway.log")
    return found.read_text()


def kill(hub: RealHub) -> None:
    """End whatever has the gateway's port, at once."""
    named = ports.owner(port(hub))
    os.kill(int(named.rpartition("(pid ")[2].rstrip(")")), signal.SIGKILL)


@contextmanager
def going(hub: RealHub, *words: str, stdin: str = "") -> Iterator[Callable[[], Finished]]:
    """Run hubctl meanwhile; what comes of it is waited for."""
    with hub.begin(*words, "--json") as process:
        assert process.stdin
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None

        def end() -> Finished:
            out, complaints = process.communicate(timeout=120)
            return Finished(process.returncode, out, complaints)

        yield end


def wait_for_calls(hub: RealHub, count: int) -> None:
    give_up_at = time.monotonic() + 60
    while log(hub).count(CALL) < count:
        assert time.monotonic() < give_up_at
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


@pytest.mark.parametrize("more", [(), ("--jobs", "2")], ids=" ".join)
def test_a_smoke_test_ends_and_tells_the_calls_that_were_made(hub: RealHub, more: tuple[str, ...]) -> None:
    with going(hub, "test-model", "llama3", "coder", "--repeat", str(REPEAT), *more) as end:
        wait_for_calls(hub, 5)
        kill(hub)
        with stranger_at(port(hub)) as seen:
            done = end()
    assert seen == []
    assert done.code == 4, done.out
    first, second = done.data["results"]
    assert LOST in first["reason"], done.out
    assert (first["outcome"], second["outcome"]) == ("error", "error")
    assert 5 < first["runs"] + second["runs"] < REPEAT
    assert first["latency_s"]
    assert more or second["reason"] == "not asked: the gateway was lost before"


def test_verify_ends_and_keeps_what_was_proved(hub: RealHub) -> None:
    with going(hub, "verify") as end:
        wait_for_calls(hub, 3)
        kill(hub)
        with stranger_at(port(hub)) as seen:
            done = end()
    assert seen == []
    assert (done.code, done.error["code"]) == (4, "gateway_lost"), done.out
    assert LOST in done.error["message"]
    claims = done.document["data"]["claims"]
    assert claims[0]["state"] == "proved"
    assert claims[-1]["evidence"] == "not tried: the gateway was lost before"


def test_the_proof_of_a_change_is_not_asked_of_a_stranger(hub: RealHub) -> None:
    """The gateway is killed while it asks the provider for the answer that is to prove the new key."""
    asked, over = threading.Event(), threading.Event()

    def provider(peer: socket.socket) -> None:
        if "/models" in requested(peer).split("\r\n")[0]:
            peer.sendall(reply(200, {"object": "list", "data": [{"id": "gpt-6-luna", "object": "model"}]}))
            return
        asked.set()
        over.wait(60)

    key = "sk-proj-goodgoodgood1234WXYZ"
    with serving(provider) as at:
        with (hub.root / "env/litellm.env").open("a") as env:
            env.write(f"OPENAI_BASE_URL=http://{at}/v1\nLITELLM_LOCAL_MODEL_COST_MAP=True\n")
        with going(hub, "provider", "enable", "openai", "--stdin", "--yes", stdin=key) as end:
            assert asked.wait(25), end()
            kill(hub)
            over.set()
            with stranger_at(port(hub)) as seen:
                done = end()
    assert [request for request in seen if "uthorization" in request or "api_key" in request] == []
    assert done.code == 4, done.out
    assert key not in (hub.root / "env/litellm.env").read_text()


def test_the_dashboard_asks_anew_for_each_look(hub: RealHub) -> None:
    with dashboard(hub.root, hub.env) as board:
        assert board.get("/api/litellm/models")
        kill(hub)
        with stranger_at(port(hub)) as seen:
            for path in ("/api/status", "/api/litellm/models", "/api/status"):
                board.get(path)
            time.sleep(2)  # the looks in the background
    assert seen == []
