"""The real LiteLLM proxy run by EmbeddedRuntime, on the hub files of this repository."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hubctl.adapters.gateway.process import GatewayProcess
from hubctl.adapters.services import ollama_probe
from hubctl.adapters.state.last_run import is_embedded
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.embedded_config import DEMO_ANSWER
from hubctl.core.gateway.log_causes import causes
from hubctl.errors import BadFile, EngineRefused, HubError, NotReady, PortTaken, UnknownService
from hubctl.progress import silent
from hubctl.runtimes.embedded.runtime import forget
from tests.gateway.embedded_hub import KEY, PASSWORD, HubFolder, content, eventually, instance
from tests.real_servers import litellm, missing, redis_server
from tests.servers import reply, routes, serving

pytestmark = pytest.mark.gateway


@pytest.fixture(autouse=True)
def _needs_the_proxy() -> None:
    litellm()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubFolder]:
    made = HubFolder.copied_to(tmp_path)
    yield made
    process = GatewayProcess(made.state / "embedded")
    if (pid := process.pid()) is not None:
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: process.pid() is None)


@pytest.fixture
def _no_ollama() -> None:
    if ollama_probe.check(Address("127.0.0.1", 11434), 1).state != "unreachable":
        missing("port 11434 of this machine without an Ollama", "stop it for this test")


@pytest.mark.usefixtures("_no_ollama")
def test_a_demo_lives_through_up_restart_kill_and_down(hub: HubFolder) -> None:
    before = {path: path.read_bytes() for path in hub.root.rglob("*") if path.is_file()}
    assert not is_embedded(hub.state)
    runtime = hub.up(demo=True)

    snapshot = runtime.snapshot(timeout_s=5)
    assert (snapshot.engine.state, snapshot.engine.detail, snapshot.project) == ("reachable", "local process", None)
    assert [(run.service, run.role, str(run.address)) for run in snapshot.services] == [
        ("litellm", "gateway", f"127.0.0.1:{hub.port}")
    ]
    first = instance(runtime)
    assert (first.status, first.id, first.restarts) == ("running", str(first.pid), 0)
    assert first.image.startswith("litellm 1.")

    assert hub.models() == {"llama3.2:3b", "qwen2.5-coder:1.5b", "llama3", "coder"}
    assert runtime.demo_models() == hub.models()
    assert {content(hub.chat(model)) for model in hub.models()} == {DEMO_ANSWER}
    notes = snapshot.notes
    assert any(note.startswith("demo: ") for note in notes)
    assert any(note.startswith(f"Redis at 127.0.0.1:{hub.redis_port}: ") for note in notes)
    again = hub.chat("llama3.2:3b")
    assert "x-litellm-cache-key" in again.headers  # cached in the process

    with pytest.raises(EngineRefused, match="already running"):
        hub.runtime().up(timeout_s=60, progress=silent)
    with pytest.raises(EngineRefused, match="runs"):
        forget(hub.state)

    hub.change("model_name: llama3.2:3b", "model_name: renamed")
    later = hub.runtime()  # another command: it does not know of --demo
    later.restart("litellm", progress=silent)
    hub.wait(later)
    second = instance(later)
    assert second.pid != first.pid
    assert str(second.started_at) > str(first.started_at)
    assert "renamed" in hub.models()
    assert content(hub.chat("renamed")) == DEMO_ANSWER

    os.kill(int(second.id), signal.SIGKILL)
    eventually(lambda: instance(later).status == "exited")
    assert instance(later).pid is None
    later.restart("litellm", progress=silent)
    hub.wait(later)
    assert hub.is_alive()

    assert later.down(volumes=False, progress=silent)
    assert not hub.is_alive()
    stopped = later.snapshot(timeout_s=5)
    assert (len(stopped.services), stopped.services[0].instances, stopped.notes) == (1, (), ())
    assert stopped.way_up.command == "hubctl up --embedded --demo"
    assert later.demo_models() == frozenset()
    assert not later.down(volumes=False, progress=silent)
    assert is_embedded(hub.state)
    forget(hub.state)
    assert not is_embedded(hub.state)

    hub.change("model_name: renamed", "model_name: llama3.2:3b")
    assert {path: path.read_bytes() for path in before} == before
    strays = [path for path in hub.root.rglob("*") if path.is_file() and hub.state not in path.parents]
    assert sorted(strays) == sorted(before)


@pytest.mark.redis
def test_redis_and_ollama_are_used_where_they_answer(hub: HubFolder, tmp_path_factory: pytest.TempPathFactory) -> None:
    said = {"model": "llama3.2:3b", "created_at": "2026-11-23T19:00:00Z", "done": True, "done_reason": "stop"}
    said |= {"message": {"role": "assistant", "content": "from Ollama"}, "prompt_eval_count": 3, "eval_count": 2}
    replies = {
        "/api/version": reply(200, {"version": "0.5.0"}),
        "/api/tags": reply(
            200, {"models": [{"name": name, "size": 1} for name in ("llama3.2:3b", "qwen2.5-coder:1.5b")]}
        ),
        "/api/chat": reply(200, said),
    }
    seen: list[str] = []
    folder = tmp_path_factory.mktemp("redis")
    with serving(routes(replies, seen)) as ollama, redis_server(folder, "--requirepass", PASSWORD) as redis:
        hub.beside(ollama=ollama.port, redis=redis.port)
        runtime = hub.up(demo=True)
        assert runtime.snapshot(timeout_s=5).notes == ()
        assert runtime.demo_models() == frozenset()
        assert [
            (run.role, run.address, run.managed, run.desired) for run in runtime.snapshot(timeout_s=5).services[1:]
        ] == [
            ("ollama", ollama, False, 0),
            ("cache", redis, False, 0),
        ]
        assert content(hub.chat("llama3")) == "from Ollama"
        asked = sum("/api/chat" in request for request in seen)
        eventually(lambda: b"keys=" in info(redis, PASSWORD))
        assert content(hub.chat("llama3")) == "from Ollama"
        assert sum("/api/chat" in request for request in seen) == asked
        runtime.down(volumes=False, progress=silent)


def info(redis: Address, password: str) -> bytes:
    with socket.create_connection((redis.host, redis.port), timeout=5) as connection:
        connection.sendall(f"AUTH {password}\r\nINFO keyspace\r\nQUIT\r\n".encode())
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    return answer


@pytest.mark.redis
@pytest.mark.usefixtures("_no_ollama")
def test_without_ollama_a_model_fails_and_a_redis_with_another_password_is_not_used(
    hub: HubFolder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with redis_server(tmp_path_factory.mktemp("redis"), "--requirepass", "another") as redis:
        hub.beside(redis=redis.port)
        runtime = hub.up()
        no_redis, no_ollama = runtime.snapshot(timeout_s=5).notes
        assert f"no Ollama at 127.0.0.1:{hub.ollama_port}" in no_ollama
        assert "refuses the password" in no_redis
        assert runtime.demo_models() == frozenset()
        assert [run.role for run in runtime.snapshot(timeout_s=5).services] == ["gateway", "ollama"]
        answer = hub.chat("llama3.2:3b")
        assert answer.status_code == 500
        assert "Cannot connect to host" in answer.text
        runtime.down(volumes=False, progress=silent)


def test_a_crash_while_starting_is_seen_with_its_cause(hub: HubFolder) -> None:
    hub.change("simple-shuffle", "round-robin")
    runtime = hub.runtime()
    with suppress(NotReady):  # on a fast machine it ends within its first moments
        runtime.up(timeout_s=60, progress=silent)
    eventually(lambda: instance(runtime).status != "running", within_s=90)
    assert instance(runtime).status == "exited"
    lines = [line.text for line in runtime.logs(None, follow=False, tail=60, since=None)]
    assert "Invalid routing_strategy: 'round-robin'" in causes(lines)[-1]
    assert [line.text for line in runtime.logs("litellm", follow=True, tail=60, since=None)] == lines


def test_the_operators_keys_do_not_get_in(hub: HubFolder) -> None:
    runtime = hub.runtime()
    runtime.up(timeout_s=60, progress=silent)
    environ = Path(f"/proc/{instance(runtime).pid}/environ").read_bytes()
    assert f"LITELLM_MASTER_KEY={KEY}".encode() in environ
    assert b"sk-operators" not in environ
    assert KEY not in "".join(path.read_text() for path in (hub.state / "embedded").iterdir())
    runtime.down(volumes=False, progress=silent)


def test_a_taken_port_names_its_owner(hub: HubFolder) -> None:
    with serving(lambda peer: None) as taken:
        hub.port = taken.port
        with pytest.raises(PortTaken, match=rf"port {taken.port} .*\(pid {os.getpid()}\)"):
            hub.runtime().up(timeout_s=60, progress=silent)
    assert not is_embedded(hub.state)


def test_a_broken_config_is_found_before_anything_is_stopped(hub: HubFolder) -> None:
    runtime = hub.runtime()
    runtime.up(timeout_s=60, progress=silent)
    pid = instance(runtime).pid
    hub.config.write_text("model_list: [")
    with pytest.raises(BadFile, match=r"litellm_config\.yaml, line \d"):
        runtime.restart("litellm", progress=silent)
    assert instance(runtime).pid == pid
    runtime.down(volumes=False, progress=silent)


def test_what_embedded_cannot_do_is_said(hub: HubFolder) -> None:
    runtime = hub.runtime()
    with pytest.raises(UnknownService, match="redis"):
        runtime.restart("redis", progress=silent)
    with pytest.raises(UnknownService, match="db"):
        runtime.logs("db", follow=False, tail=None, since=None)
    with pytest.raises(HubError, match="--since"):
        runtime.logs(None, follow=False, tail=None, since="10m")
    assert runtime.snapshot(timeout_s=5).services[0].instances == ()
    assert not runtime.down(volumes=False, progress=silent)
