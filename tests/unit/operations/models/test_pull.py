"""What a pull asks Ollama for, and what is left to do for the model to be askable."""

import json
import socket
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from hubctl.adapters.state.ledger import Ledger
from hubctl.core.compose.stack import Address
from hubctl.core.models import model_list
from hubctl.errors import AmbiguousModel, EditRefused, PullFailed, UnknownModel
from hubctl.operations.change.transaction import Terms, files_only
from hubctl.operations.models import pull
from hubctl.operations.models.pull import Pulled
from hubctl.operations.providers.keys import GatewayFiles
from tests.servers import Script, reply, requested, serving

CONFIG = """\
model_list:
  - model_name: llama3.2:3b
    litellm_params:
      model: ollama_chat/llama3.2:3b
      api_base: http://ollama:11434
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
  - model_name: twice
    litellm_params:
      model: ollama/phi4
  - model_name: twice
    litellm_params:
      model: ollama/gemma3
  # - model_name: coder
  #   litellm_params:
  #     model: ollama_chat/qwen2.5-coder:1.5b
router_settings:
  model_group_alias:
    llama3: llama3.2:3b
"""


def ollama(asked: list[str], *said: object) -> Script:
    """An Ollama that has what it was asked to pull."""

    def script(peer: socket.socket) -> None:
        request = requested(peer)
        path = request.split()[1]
        if path == "/api/pull":
            asked.append(json.loads(request.split("\r\n\r\n")[1])["model"])
            lines = said or ({"status": "success"},)
            peer.sendall(reply(200, "\n".join(map(json.dumps, lines)).encode()))
        elif path == "/api/version":
            peer.sendall(reply(200, {"version": "0.12.0"}))
        else:
            peer.sendall(reply(200, {"models": [{"name": name, "size": 2_000_000_000} for name in asked]}))

    return script


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG)
    return tmp_path / "config.yaml"


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def address(asked: list[str]) -> Iterator[Address]:
    with serving(ollama(asked)) as here:
        yield here


def get(address: Address, config: Path, name: str, *, add: bool = False) -> Pulled:
    terms = Terms(Ledger(config.parent / ".hubctl", [config]), files_only("left alone")) if add else None
    return pull.pull(
        address, GatewayFiles(config, None), name, add=terms, silence_s=5, following=nullcontext(lambda *_: None)
    )


@pytest.mark.parametrize(
    ("name", "model", "next_command"),
    [
        ("llama3.2:3b", "llama3.2:3b", None),
        ("llama3", "llama3.2:3b", None),
        ("ollama_chat/llama3.2:3b", "llama3.2:3b", None),
        ("llama3:latest", "llama3:latest", "hubctl models add llama3:latest ollama_chat/llama3:latest"),
        ("gemma3", "gemma3:latest", None),
        ("coder", "qwen2.5-coder:1.5b", "hubctl models enable coder"),
        ("qwen2.5-coder:1.5b", "qwen2.5-coder:1.5b", "hubctl models enable coder"),
        ("mistral", "mistral:latest", "hubctl models add mistral ollama_chat/mistral:latest"),
        ("ollama/mistral:7b", "mistral:7b", "hubctl models add mistral:7b ollama_chat/mistral:7b"),
    ],
)
def test_a_name_of_the_config_is_asked_for_as_ollama_knows_it(
    address: Address, config: Path, name: str, model: str, next_command: str | None
) -> None:
    assert get(address, config, name) == Pulled(
        model, 2_000_000_000, next_command
    )  # only what was asked for has a size
    assert config.read_text() == CONFIG


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "gpt-4o",
            "is answered by openai/gpt-4o, which is no model of an Ollama; a model that Ollama itself calls so is",
        ),
        ("twice", "twice is answered by several models: gemma3:latest, phi4:latest; name one of these"),
    ],
)
def test_a_name_that_means_no_one_model_of_ollama_is_refused_before_anything_is_asked(
    address: Address, asked: list[str], config: Path, name: str, words: str
) -> None:
    with pytest.raises((UnknownModel, AmbiguousModel)) as caught:
        get(address, config, name)
    assert words in caught.value.sentence
    assert asked == []


def active(config: Path) -> list[tuple[str, str | None]]:
    entries = model_list.read(config.read_text(), config).active
    return [(entry.name, entry.api_base) for entry in entries]


def test_add_appends_an_entry_beside_the_other_local_ones(address: Address, config: Path) -> None:
    before = active(config)
    done = get(address, config, "mistral", add=True)
    assert (done.model, done.next_command, done.exit_code) == ("mistral:latest", None, 0)
    assert done.added is not None
    assert active(config) == [*before, ("mistral", "http://ollama:11434")]


def test_add_enables_an_entry_that_is_commented_out(address: Address, config: Path) -> None:
    get(address, config, "qwen2.5-coder:1.5b", add=True)
    assert "coder" in [name for name, _ in active(config)]
    assert config.read_text().count("qwen2.5-coder:1.5b") == 1


def test_add_changes_nothing_where_the_model_has_an_entry(address: Address, config: Path) -> None:
    assert get(address, config, "llama3", add=True).added is None
    assert config.read_text() == CONFIG


def test_an_entry_that_cannot_be_added_is_refused_before_anything_is_pulled(
    address: Address, asked: list[str], config: Path
) -> None:
    config.write_text("model_list: &them [{model_name: a, litellm_params: {model: x/y}}]\nother: *them\n")
    with pytest.raises(EditRefused):
        get(address, config, "mistral", add=True)
    assert asked == []


def test_what_was_not_pulled_gets_no_entry(asked: list[str], config: Path) -> None:
    no_disk = {"error": "write /root/.ollama/models/blobs/sha256-1-partial: no space left on device"}
    with serving(ollama(asked, {"status": "pulling manifest"}, no_disk)) as here, pytest.raises(PullFailed):
        get(here, config, "mistral", add=True)
    assert config.read_text() == CONFIG


def test_a_size_that_ollama_does_not_tell_is_unknown(config: Path) -> None:
    def script(peer: socket.socket) -> None:
        is_pull = requested(peer).split()[1] == "/api/pull"
        peer.sendall(reply(200, {"status": "success"}) if is_pull else reply(500, {}))

    with serving(script) as here:
        assert get(here, config, "llama3") == Pulled("llama3.2:3b", None, None)
