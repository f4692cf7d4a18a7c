"""A provider's key through the real proxy: not in its log, nor in what hubctl prints and remembers."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Finished, hubctl
from tests.real_servers import free_port, litellm
from tests.servers import reply, requested, serving

pytestmark = pytest.mark.gateway

CANARY = "sk-proj-c4n4ry0123456789abcdefghWXYZ"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A hub whose OpenAI is a server that repeats the key it refuses."""
    litellm()

    def refuse(peer: socket.socket) -> None:
        requested(peer)
        told = {"error": {"message": f"Incorrect API key provided: {CANARY}", "code": "invalid_api_key"}}
        peer.sendall(reply(401, told))

    shell = {name: str(free_port()) for name in ("LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT")}
    shell |= {"HOME": str(tmp_path), "DOCKER_HOST": "unix:///nowhere/docker.sock"}
    root = tmp_path / "hub"
    with serving(refuse) as address:
        assert hubctl("init", str(root), cwd=tmp_path).code == 0
        env = root / "env/litellm.env"
        env.write_text(f"{env.read_text()}OPENAI_BASE_URL=http://{address}/v1\n")
        yield root, shell
        hubctl("down", cwd=root, **shell)


def test_a_key_that_the_provider_refuses_is_taken_back_and_leaves_no_trace(hub: tuple[Path, dict[str, str]]) -> None:
    root, shell = hub
    done: list[Finished] = []

    def run(*words: str) -> Finished:
        done.append(hubctl(*words, cwd=root, stdin=CANARY, **shell))
        return done[-1]

    assert run("up", "--embedded", "--demo").code == 0
    refused = run("provider", "enable", "openai", "--stdin", "--force", "--yes", "--json")
    assert refused.code == 4
    assert refused.document["data"]["rolled_back"] is True
    assert "refuses the key" in refused.error["message"]
    assert CANARY not in (root / "env/litellm.env").read_text()
    assert run("provider", "enable", "openai", "--stdin", "--force", "--yes", "--no-proof-call").code == 0
    for words in (("test-model", "gpt-4"), ("status",), ("models",), ("logs",), ("provider", "check"), ("restart",)):
        run(*words)
        run(*words, "--json")
    assert [each for each in done if CANARY in each.out + each.err or CANARY[-12:] in each.out + each.err] == []
    holders = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and CANARY in read(path)}
    assert {name for name in holders if "/before/" not in name} == {"env/litellm.env"}


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
