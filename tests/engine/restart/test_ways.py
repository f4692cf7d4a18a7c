"""`hubctl restart` and changes of the gateway on the real engine: what takes effect how, and the way back."""

import hashlib
from pathlib import Path

import pytest

from tests.engine.restart.paid_hub import (
    answers,
    docker,
    drift,
    effect,
    enable,
    environment,
    gateway,
    proofs,
    restart,
    starts,
)
from tests.one_key_provider import BAD_KEY, GOOD_KEY
from tests.real_hub import CONFIG, ENV, Files, RealHub
from tests.sweeps import few

pytestmark = pytest.mark.engine

SECRET = "sk-restart-0123456789"
ENABLED = ["gpt-3.5-turbo", "gpt-4", "gpt-6-luna", "gpt-6.1-sol"]
# What stops the gateway, as (old, new, what the message has to name).
BAD_CONFIGS = {
    "an unknown routing strategy": ("simple-shuffle", "round-robin", "round-robin"),
    "a callback without its package": ("request_timeout: 300", "success_callback: [langfuse]", "langfuse"),
    "a YAML error": ("model_list:", "model_list: [", "line"),
}


def edit(hub: RealHub, old: str, new: str) -> str:
    """Edit the config as an operator would, and give its text."""
    text = (hub.root / CONFIG).read_text()
    assert old in text
    changed = text.replace(old, new, 1)
    (hub.root / CONFIG).write_text(changed)
    return changed


def digest_inside(hub: RealHub) -> str:
    return docker("exec", gateway(hub), "sha256sum", "/app/config/litellm_config.yaml").split()[0]


def digest(hub: RealHub) -> str:
    return hashlib.sha256((hub.root / CONFIG).read_bytes()).hexdigest()


def rejected(hub: RealHub) -> list[Path]:
    """The operator's own configs that a rollback kept; they are taken away."""
    found = sorted((hub.root / CONFIG).parent.glob("*.rejected-*"))
    return [path.rename(hub.root / path.name) for path in found]


# --- what takes effect how


def test_a_key_in_the_env_file_makes_a_new_container_and_leaves_the_others_alone(hub: RealHub, before: Files) -> None:
    others, first = starts(hub, but=["litellm"]), starts(hub)["litellm"]
    (hub.root / ENV).write_bytes(before.env + f"RESTART_API_KEY={SECRET}\n".encode())
    assert drift(hub) == [("litellm", "env", "RESTART_API_KEY")]
    done = restart(hub)
    assert (done.code, effect(done)[0]) == (0, "recreated"), done.out
    assert effect(done)[1] == "RESTART_API_KEY was set after the container was created"
    assert all(all(oks) for oks in proofs(done).values())
    assert environment(hub)["RESTART_API_KEY"] == SECRET
    assert SECRET not in done.out + done.err
    assert starts(hub)["litellm"][0] != first[0]
    assert starts(hub, but=["litellm"]) == others
    assert drift(hub) == []


def test_a_changed_config_restarts_the_same_container_which_reads_it(hub: RealHub) -> None:
    first = starts(hub)
    edit(hub, "model_name: llama3.2:3b", "model_name: renamed")
    done = restart(hub)
    assert (done.code, effect(done)) == (
        0,
        ("restarted", "litellm_config.yaml was changed after the gateway read it"),
    ), done.out
    now = starts(hub)
    assert now["litellm"][0] == first["litellm"][0]
    assert now["litellm"][1] > first["litellm"][1]
    assert {name: now[name] for name in now if name != "litellm"} == {
        name: first[name] for name in first if name != "litellm"
    }
    assert digest_inside(hub) == digest(hub)
    assert answers(hub, "renamed")


def test_where_nothing_changed_the_restart_that_was_asked_for_is_made(hub: RealHub) -> None:
    first = starts(hub)["litellm"]
    assert drift(hub) == []
    done = restart(hub)
    assert (done.code, effect(done)) == (0, ("restarted", "asked for"))
    now = starts(hub)["litellm"]
    assert (now[0], now[1] > first[1]) == (first[0], True)
    assert drift(hub) == []


# --- the way back


def test_a_config_that_cannot_be_read_is_refused_and_nothing_touched(hub: RealHub, before: Files) -> None:
    first = starts(hub)["litellm"]
    bad = edit(hub, "model_list:", "model_list: [")
    done = restart(hub)
    assert (done.code, done.error["code"]) == (4, "bad_file")
    assert "line" in done.error["message"]
    assert starts(hub)["litellm"] == first
    assert (hub.root / CONFIG).read_text() == bad
    before.put_back(hub)
    assert drift(hub) == []


@pytest.mark.parametrize("case", few(1, BAD_CONFIGS))
def test_a_config_that_stops_the_gateway_is_refused_or_taken_back(hub: RealHub, before: Files, case: str) -> None:
    old, new, cause = BAD_CONFIGS[case]
    first = starts(hub)["litellm"]
    bad = edit(hub, old, new)
    done = restart(hub)
    if "data" not in done.document:  # refused before: nothing was touched, and the operator's file is as it was
        assert (done.code, done.error["code"]) == (4, "bad_file")
        assert cause in done.error["message"]
        assert starts(hub)["litellm"] == first
        assert (hub.root / CONFIG).read_text() == bad
        done = restart(hub, "--force")
    assert (done.code, done.error["code"], done.document["data"]["rolled_back"]) == (4, "rolled_back", True), done.out
    assert cause in done.error["message"]
    assert Files.of(hub) == before
    (kept,) = rejected(hub)
    assert kept.read_text() == bad
    assert proofs(done)["reads the files"] == [True]  # of the way back: the way there never got so far
    assert answers(hub)


def test_an_entry_that_the_gateway_drops_is_named_and_taken_back(hub: RealHub, before: Files) -> None:
    edit(hub, "ollama_chat/qwen2.5-coder:1.5b", "nosuchprovider/qwen")
    done = restart(hub)
    assert (done.code, done.error["code"]) == (4, "rolled_back"), done.out
    assert "the gateway dropped qwen2.5-coder:1.5b" in done.error["message"]
    assert proofs(done)["models listed"] == [False, True]
    assert Files.of(hub) == before
    assert len(rejected(hub)) == 1
    assert answers(hub, "qwen2.5-coder:1.5b")


# --- a provider, as one change


def test_a_key_that_the_provider_refuses_changes_nothing(hub: RealHub, before: Files) -> None:
    done = enable(hub, BAD_KEY)
    assert (done.code, done.error["code"]) == (4, "rolled_back"), done.out
    assert "a real answer" in done.error["message"]
    assert proofs(done)["a real answer"] == [False]
    assert proofs(done)["ready"] == [True, True]
    assert Files.of(hub) == before
    assert "OPENAI_API_KEY" not in environment(hub)
    assert drift(hub) == []
    assert BAD_KEY not in done.out + done.err
    assert answers(hub)


def test_a_good_key_ends_with_a_proven_answer_and_undo_takes_all_of_it_back(hub: RealHub, before: Files) -> None:
    done = enable(hub)
    assert done.code == 0, done.out
    assert effect(done)[0] == "recreated"
    (proof,) = [each for each in done.data["proof"] if each["check"] == "a real answer"]
    assert proof["ok"]
    assert "gpt-6-luna answered" in proof["detail"]
    assert environment(hub)["OPENAI_API_KEY"] == GOOD_KEY
    assert GOOD_KEY not in done.out + done.err
    assert answers(hub, "gpt-3.5-turbo")

    undone = hub.hubctl("undo", "--json")
    assert (undone.code, effect(undone)[0]) == (0, "recreated"), undone.out
    assert Files.of(hub) == before
    assert "OPENAI_API_KEY" not in environment(hub)
    assert drift(hub) == []
    assert not answers(hub, "gpt-3.5-turbo")
