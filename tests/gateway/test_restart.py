"""Restarts and providers without Docker: the same commands on the real proxy as a process, with the same proofs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import one_key_provider
from tests.one_key_provider import BAD_KEY, GOOD_KEY
from tests.processes import Finished
from tests.real_hub import RealHub
from tests.real_servers import accepts, free_port, litellm, running

pytestmark = pytest.mark.gateway

ENV, CONFIG = "env/litellm.env", "conf/litellm/litellm_config.yaml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHub]:
    """A demo hub that runs, on a machine without Docker, and whose OpenAI is a program beside it."""
    litellm()
    root = tmp_path_factory.mktemp("embedded") / "hub"
    root.mkdir()
    ports = {name: str(free_port()) for name in ("LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT")}
    hub = RealHub(root, {"PATH": "/usr/bin:/bin", "HOME": str(root), "DOCKER_HOST": "unix:///nowhere.sock", **ports})
    port = free_port()
    command = [sys.executable, one_key_provider.__file__, "127.0.0.1", str(port)]
    with running(command, port, root / "provider.log", accepts):
        assert hub.hubctl("init").code == 0
        with (root / ENV).open("a") as env:
            env.write(f"OPENAI_BASE_URL=http://127.0.0.1:{port}/v1\nLITELLM_LOCAL_MODEL_COST_MAP=True\n")
        assert hub.hubctl("up", "--embedded", "--demo").code == 0
        yield hub
        hub.hubctl("down")


@pytest.fixture
def hub(made: RealHub) -> Iterator[RealHub]:
    """The hub, well, and after the test the same again."""
    before = files(made)
    assert made.hubctl("status").code == 0
    yield made
    if files(made) != before:
        (made.root / ENV).write_bytes(before[0])
        (made.root / CONFIG).write_bytes(before[1])
        made.hubctl("restart")


def files(hub: RealHub) -> tuple[bytes, bytes]:
    return (hub.root / ENV).read_bytes(), (hub.root / CONFIG).read_bytes()


def pid(hub: RealHub) -> int:
    found: int = hub.service("litellm")["instances"][0]["pid"]
    return found


def proofs(done: Finished) -> list[tuple[str, bool]]:
    return [(each["check"], each["ok"]) for each in done.document["data"]["proof"]]


STARTED = [("ready", True), ("started again", True), ("reads the files", True), ("models listed", True)]


def enable(hub: RealHub, key: str, *more: str) -> Finished:
    return hub.hubctl("provider", "enable", "openai", "--stdin", "--yes", *more, "--json", stdin=key)


def test_a_key_in_the_env_file_gets_into_a_new_process(hub: RealHub) -> None:
    first = pid(hub)
    with (hub.root / ENV).open("a") as env:
        env.write("RESTART_API_KEY=sk-restart-0123456789\n")
    done = hub.hubctl("restart", "--json")
    assert done.code == 0, done.out
    assert (done.data["change"]["effect"], proofs(done)) == ("restarted", STARTED)
    assert pid(hub) != first
    assert b"RESTART_API_KEY=sk-restart-0123456789" in Path(f"/proc/{pid(hub)}/environ").read_bytes().split(b"\0")
    assert "sk-restart-0123456789" not in done.out


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("simple-shuffle", "round-robin", "round-robin"),
        ("ollama_chat/qwen2.5-coder:1.5b", "nosuchprovider/qwen", "dropped qwen2.5-coder:1.5b"),
    ],
    ids=["it stops the proxy", "the proxy drops an entry"],
)
def test_a_config_that_is_not_proved_is_taken_back(hub: RealHub, old: str, new: str, cause: str) -> None:
    before = files(hub)
    config = hub.root / CONFIG
    config.write_text(config.read_text().replace(old, new, 1))
    bad = config.read_bytes()
    done = hub.hubctl("restart", "--force", "--json")
    assert (done.code, done.error["code"], done.document["data"]["rolled_back"]) == (4, "rolled_back", True), done.out
    assert cause in done.error["message"]
    assert files(hub) == before
    (kept,) = config.parent.glob("*.rejected-*")
    assert kept.read_bytes() == bad
    kept.unlink()
    assert proofs(done)[-4:] == STARTED
    assert hub.hubctl("status").code == 0
    assert hub.hubctl("test-model", "llama3").code == 0


def test_a_config_stays_where_it_is_when_the_proven_one_does_not_run_either(hub: RealHub) -> None:
    before = files(hub)
    env, config = hub.root / ENV, hub.root / CONFIG
    config.write_bytes(before[1] + b"# mine\n")
    env.write_bytes(before[0] + b"\nSSL_KEYFILE_PATH=/nowhere/key\nSSL_CERTFILE_PATH=/nowhere/crt\n")
    edited = files(hub)
    done = hub.hubctl("restart", "--force", "--json")
    assert (done.code, done.error["code"], done.document["data"]["rolled_back"]) == (4, "not_ready", False), done.out
    assert done.error["message"].startswith("not proved, and neither is the way back: ")
    assert f"{config} is as you left it: " in done.document["data"]["notes"][-1]
    assert files(hub) == edited
    assert list(config.parent.glob("*.rejected-*")) == []
    env.write_bytes(before[0])
    assert hub.hubctl("restart").code == 0
    assert files(hub) == (before[0], edited[1])


def test_a_config_with_a_yaml_error_is_refused_before_anything_is_stopped(hub: RealHub) -> None:
    first = pid(hub)
    config = hub.root / CONFIG
    bad = config.read_text().replace("model_list:", "model_list: [", 1)
    config.write_text(bad)
    done = hub.hubctl("restart", "--json")
    assert (done.code, done.error["code"]) == (4, "bad_file")
    assert f"{config}, line" in done.error["message"]
    assert (pid(hub), config.read_text()) == (first, bad)


def test_a_bad_key_changes_nothing_whether_the_provider_says_so_before_or_after(hub: RealHub) -> None:
    before, first = files(hub), pid(hub)
    refused = enable(hub, BAD_KEY)
    assert (refused.code, refused.error["code"]) == (4, "bad_key"), refused.out
    assert (files(hub), pid(hub)) == (before, first)

    done = enable(hub, BAD_KEY, "--force")
    assert (done.code, done.error["code"]) == (4, "rolled_back"), done.out
    assert proofs(done) == [*STARTED, ("a real answer", False), *STARTED]
    assert files(hub) == before
    assert b"OPENAI_API_KEY" not in Path(f"/proc/{pid(hub)}/environ").read_bytes()
    assert BAD_KEY not in refused.out + done.out
    assert hub.hubctl("test-model", "llama3").code == 0


def test_a_good_key_ends_with_a_proven_answer_and_undo_takes_it_back(hub: RealHub) -> None:
    before = files(hub)
    done = enable(hub, GOOD_KEY)
    assert done.code == 0, done.out
    assert proofs(done) == [*STARTED, ("a real answer", True)]
    answer: dict[str, Any] = done.data["proof"][-1]
    assert "gpt-6-luna answered" in answer["detail"]
    assert any("takes the key" in note for note in done.data["notes"])
    undone = hub.hubctl("undo", "--json")
    assert (undone.code, proofs(undone)) == (0, STARTED), undone.out
    assert files(hub) == before
    assert b"OPENAI_API_KEY" not in Path(f"/proc/{pid(hub)}/environ").read_bytes()
