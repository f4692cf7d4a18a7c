"""Before a gateway is stopped: would it start again?"""

from pathlib import Path

import pytest

from hubctl.errors import BadFile
from hubctl.operations.stack import preflight

GOOD = {"LITELLM_MASTER_KEY": "sk-0123456789abcdef0123456789abcdef"}
ENTRY = "model_list:\n- model_name: a\n  litellm_params: {model: ollama_chat/a, api_base: http://ollama:11434}\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(ENTRY)
    return path


def test_a_config_that_starts_is_let_through(config: Path) -> None:
    assert preflight.check(config, GOOD) == ()
    assert preflight.check(None, {}) == ()
    assert preflight.check(config, None) == ()


@pytest.mark.parametrize(
    ("text", "environment", "words"),
    [
        ("model_list: [\n", GOOD, "line 2"),
        (ENTRY + "- model_name: b\n", GOOD, "line 4"),
        (ENTRY + "router_settings: {routing_strategy: round-robin}\n", GOOD, "line 4"),
        (ENTRY, {"LITELLM_MASTER_KEY": "sk-1234"}, "sk-1234"),
        (ENTRY, {}, "master key"),
    ],
)
def test_what_would_stop_it_is_refused_with_its_place(
    config: Path, text: str, environment: dict[str, str], words: str
) -> None:
    config.write_text(text)
    with pytest.raises(BadFile) as caught:
        preflight.check(config, environment)
    assert words in caught.value.message
    assert "--force" in (caught.value.hint or "")
