"""What listens on this hub's ports without being this hub's: it is asked nothing, and is told nothing."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hubctl.adapters.state.last_run import FOLDER
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.embedded_run import Neighbour, Run, dump
from tests.fakes import container, docker_engine
from tests.processes import hubctl
from tests.servers import serving

pytestmark = pytest.mark.process

PORTS = ("OPENWEBUI_PORT", "LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT", "POSTGRES_PORT")
COMMANDS = [
    ("status",),
    ("models",),
    ("models", "pull", "llama3"),
    ("test-model",),
    ("doctor", "--timeout", "3"),
    ("verify",),
    ("provider", "list"),
]


@contextmanager
def strangers() -> Iterator[tuple[dict[str, str], list[str]]]:
    """Somebody else's servers: the variables that give this hub their ports, and which of them were reached."""
    reached: list[str] = []
    with ExitStack() as stack:
        variables = {}
        for name in PORTS:

            def note(peer: socket.socket, name: str = name) -> None:
                reached.append(f"{name}: {peer.recv(100)!r}")

            variables[name] = str(stack.enter_context(serving(note)).port)
        yield variables, reached


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("engine", ["without containers", "with another hub's", "away"])
def test_nothing_is_said_to_who_has_the_ports(
    hub_folder: Path, tmp_path: Path, words: tuple[str, ...], engine: str
) -> None:
    with strangers() as (variables, reached), ExitStack() as stack:
        away = "unix:///nowhere.sock"
        others = tmp_path / "other/hub/compose.local.yml"
        at = Address("127.0.0.1", int(variables["LITELLM_PORT"]))
        theirs = [container(others, "litellm", {4000: at})] if engine == "with another hub's" else []
        host = away if engine == "away" else f"tcp://{stack.enter_context(serving(docker_engine(theirs)))}"
        done = hubctl(*words, "--json", cwd=hub_folder, DOCKER_HOST=host, **variables)
    assert reached == []
    assert done.code in {0, 1, 4}, done
    if words[0] == "status":
        assert {service["url"] for service in done.data["services"]} == {None}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_nor_when_the_embedded_gateway_has_ended(hub_folder: Path, words: tuple[str, ...]) -> None:
    with strangers() as (variables, reached):
        ports = {name: int(port) for name, port in variables.items()}
        redis = Neighbour("redis", "cache", Address("127.0.0.1", ports["REDIS_PORT"]), "container")
        run = Run(ports["LITELLM_PORT"], "2026-01-01T00:00:00+00:00", False, (), (), (redis,))  # noqa: FBT003
        (hub_folder / ".hubctl" / FOLDER).mkdir(parents=True)
        (hub_folder / ".hubctl" / FOLDER / "gateway.json").write_text(dump(run))
        hubctl(*words, "--json", cwd=hub_folder, DOCKER_HOST="unix:///nowhere.sock", **variables)
    assert reached == []
