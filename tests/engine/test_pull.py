"""A model pulled into the Ollama of a running hub, until a client gets an answer from it."""

import pytest

from tests.real_hub import RealHub

pytestmark = pytest.mark.engine

NAME = "tinyllama:1.1b"


def test_a_pulled_model_gets_an_entry_answers_and_is_taken_back(hub: RealHub) -> None:
    config = hub.root / "conf/litellm/litellm_config.yaml"
    before = config.read_bytes()
    pulled = hub.hubctl("models", "pull", NAME, "--json")
    assert pulled.code == 0, pulled
    assert pulled.data["model"] == NAME
    assert pulled.data["size_bytes"] > 0
    assert pulled.data["next_command"] == f"hubctl models add {NAME} ollama_chat/{NAME}"
    assert config.read_bytes() == before
    try:
        added = hub.hubctl("models", "pull", NAME, "--add", "--json")
        assert added.code == 0, added
        assert added.data["next_command"] is None
        assert added.data["added"]["change"]["effect"] == "restarted"
        answered = hub.hubctl("test-model", NAME, "--json")
        assert answered.data["results"][0]["outcome"] == "passed", answered
    finally:
        assert hub.hubctl("undo").code == 0
    assert config.read_bytes() == before


def test_a_name_of_the_config_is_pulled_as_its_target(hub: RealHub) -> None:
    pulled = hub.hubctl("models", "pull", "coder")
    assert pulled.code == 0, pulled
    assert pulled.out.startswith("pulled qwen2.5-coder:1.5b (")
