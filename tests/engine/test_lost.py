"""The gateway's container is removed while hubctl asks it, and a stranger has its port at once: he gets no key.

The gateway is busybox, which answers every call with an error: that is enough to be asked again.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.losing import stranger_at
from tests.processes import Finished
from tests.real_hub import RealHub, own_name, shell
from tests.real_servers import free_port

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

COMPOSE = """\
services:
  litellm:
    image: busybox
    command: ["sh", "-c", "exec httpd -f -vv -p 4000 -h /tmp # --config /app/config.yaml"]
    stop_grace_period: 0s
    environment: {LITELLM_MASTER_KEY: sk-of-this-hub-0123456789}
    ports: ["127.0.0.1:PORT:4000"]
    volumes: ["./config.yaml:/app/config.yaml:ro"]
"""
CONFIG = "model_list: [{model_name: m, litellm_params: {model: ollama_chat/m}}]\n"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def hub(tmp_path: Path, port: int) -> Iterator[RealHub]:
    root = tmp_path / own_name("lost")
    root.mkdir()
    (root / "compose.yml").write_text(COMPOSE.replace("PORT", str(port)))
    (root / "config.yaml").write_text(CONFIG)
    made = RealHub(root, shell())
    made.compose_at("up", "--detach")
    yield made
    made.compose_at("down", "--volumes")


def test_a_stranger_on_the_port_of_a_removed_container_gets_nothing(hub: RealHub, port: int) -> None:
    with hub.begin("test-model", "m", "--repeat", "1000", "--json") as process:
        while hub.compose_at("logs", "litellm").count("url:/v1/chat/completions") < 3:
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
        hub.compose_at("rm", "--stop", "--force", "litellm")
        with stranger_at(port) as seen:
            done = Finished(0, *process.communicate(timeout=60))
    assert seen == []
    assert process.returncode == 1, done.out  # it had answered with errors
    (check,) = done.data["results"]
    assert 3 <= check["runs"] < 1000
    assert f"127.0.0.1:{port} is not known to be this hub's gateway any more" in check["reason"]
    assert "container" in check["reason"]
