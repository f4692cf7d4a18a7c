"""What a real engine refuses, provoked on containers of this test's own, in hubctl's words."""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker
import pytest

from hubctl.adapters.docker.engine_address import DEFAULT_SOCKET, EngineAddress
from hubctl.adapters.docker.engine_complaints import explain
from hubctl.errors import ContainerGone, EngineRefused, HubError, PortTaken
from tests.real_hub import IMAGES

pytestmark = pytest.mark.engine

LABEL = "hubctl.test"
ENGINE = EngineAddress(DEFAULT_SOCKET, is_named_by_variable=True)
Make = Callable[..., str]


@pytest.fixture
def api(engine: None) -> Iterator[Any]:
    client = docker.from_env()
    yield client.api
    client.close()


@pytest.fixture
def make(api: Any) -> Iterator[Make]:
    """Give a way to create a container, not started; all are removed at the end."""
    mark = uuid4().hex

    def create(*command: str, name: str | None = None, **host: Any) -> str:
        config = api.create_host_config(**host)
        words = [*(command or ("sleep", "60"))]
        made = api.create_container(
            IMAGES["REDIS_IMAGE"][0],
            words,
            entrypoint=[],
            name=name,
            labels={LABEL: mark},
            ports=[80],
            host_config=config,
        )
        return str(made["Id"])

    yield create
    for entry in api.containers(all=True, filters={"label": f"{LABEL}={mark}"}):
        api.remove_container(entry["Id"], force=True, v=True)


def refused(call: Callable[[], object]) -> HubError:
    """What hubctl says of an error that must come."""
    with pytest.raises(docker.errors.APIError) as caught:
        call()
    return explain(caught.value, ENGINE, 5)


def said(call: Callable[[], object], kind: type[HubError] = EngineRefused) -> str:
    """The part of the message that is about the cause."""
    error = refused(call)
    assert type(error) is kind
    return error.message.removeprefix(f"the Docker engine at {DEFAULT_SOCKET} refused: ")


def test_a_container_or_an_image_that_is_not_there(api: Any) -> None:
    assert said(lambda: api.restart("no-such-one"), ContainerGone) == "the container no-such-one is gone"
    assert said(lambda: api.inspect_image("no/such:one")) == "the image no/such:one is not on its machine"
    assert said(lambda: api.create_container("no/such:one")) == "the image no/such:one is not on its machine"


def test_a_name_that_is_taken(make: Make) -> None:
    name = f"hubctl-test-{uuid4().hex}"
    first = make(name=name)
    assert said(lambda: make(name=name)) == f"the name {name} is taken by the container {first[:12]}"


def test_a_port_held_by_a_process_or_by_a_container(api: Any, make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        one = make(port_bindings={80: ("127.0.0.1", port)})
        taken = [refused(lambda: api.restart(one))]
    other = make(port_bindings={80: ("127.0.0.1", port)})
    api.start(one)
    taken.append(refused(lambda: api.restart(other)))
    assert [(type(error), error.message) for error in taken] == [
        (PortTaken, f"port {port} of this machine is taken")
    ] * 2


def test_a_command_that_the_image_lacks(api: Any, make: Make) -> None:
    container = make("no-such-command")
    assert said(lambda: api.restart(container)) == "its image has no command no-such-command"


def test_a_container_that_does_not_run(api: Any, make: Make) -> None:
    container = make()
    message = f"the container {container[:12]} is not running"
    assert [said(lambda: api.pause(container)), said(lambda: api.kill(container))] == [message] * 2
    api.start(container)
    assert said(lambda: api.unpause(container)) == f"the container {container[:12]} is not paused"


def test_a_mounted_file_that_has_gone(api: Any, make: Make, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("x")
    container = make(binds=[f"{file}:/config.yaml:ro"])
    api.start(container)
    file.unlink()
    try:
        message = said(lambda: api.restart(container, timeout=0))
        assert message == f"{file} is missing, and Docker has made a directory in its place"
        assert file.is_dir()
    finally:
        shutil.rmtree(file, ignore_errors=True)


def test_what_has_no_words_of_ours_is_the_engines_own(api: Any, make: Make) -> None:
    container = make()
    api.start(container)
    assert said(lambda: make(mem_limit="1m")) == "Minimum memory limit allowed is 6MB"
    assert "container is running" in said(lambda: api.remove_container(container))
