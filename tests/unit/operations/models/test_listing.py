"""What the config says, beside what the gateway lists and what Ollama has pulled."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hubctl.core.compose.stack import Address
from hubctl.errors import BadFile
from hubctl.operations.models import listing
from hubctl.operations.models.listing import Key, Model, Models, Surroundings
from hubctl.operations.providers.credentials import Credentials
from tests.fakes import GATEWAY
from tests.real_servers import free_port
from tests.servers import Script, drops_at_once, reply, routes, serving

CONFIG = """\
model_list:
  - model_name: llama3.2:3b
    litellm_params: {model: ollama_chat/llama3.2:3b}
  - model_name: latest
    litellm_params: {model: ollama/llama}
  - model_name: remote
    litellm_params: {model: openai/gpt-x, api_key: os.environ/OPENAI_API_KEY}
  - model_name: other
    litellm_params: {model: x/y, api_key: os.environ/OTHER_KEY}
  # - model_name: spare
  #   litellm_params: {model: ollama/llama3.2:3b}
  - model_name: wrong
router_settings:
  model_group_alias: {llama3: llama3.2:3b, hidden: {model: remote, hidden: true}}
"""
PULLED = {
    "/api/version": reply(200, {"version": "0.30.0"}),
    "/api/tags": reply(
        200, {"models": [{"name": "llama3.2:3b", "size": 2_000_000_000}, {"name": "llama:latest", "size": 5}]}
    ),
}
KNOWS_THE_FIRST: Script = routes(GATEWAY)
HAS_TWO: Script = routes(PULLED)
ENVIRONMENT = {"OPENAI_API_KEY": "sk-1", "OTHER_KEY": ""}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    return path


def around(gateway: Address | None, ollama: Address | None, demo: frozenset[str] = frozenset()) -> Surroundings:
    return Surroundings(gateway, ollama, Credentials("sk-right", None), ENVIRONMENT, demo)


def asked(config: Path, gateway: Script = KNOWS_THE_FIRST, ollama: Script = HAS_TWO) -> Models:
    with serving(gateway) as gateway_address, serving(ollama) as ollama_address:
        return listing.listing(config, around(gateway_address, ollama_address))


def by_name(listed: Models) -> Mapping[str, Model]:
    return {model.name: model for model in listed.models}


def test_a_config_alone_is_listed_and_nothing_is_asked(config: Path) -> None:
    listed = listing.listing(config, None)
    assert [(m.name, m.state, m.line, m.alias_of) for m in listed.models] == [
        ("llama3.2:3b", "active", 2, None),
        ("latest", "active", 4, None),
        ("remote", "active", 6, None),
        ("other", "active", 8, None),
        ("spare", "disabled", 10, None),
        ("wrong", "broken", 12, None),
        ("llama3", "active", None, "llama3.2:3b"),
        ("hidden", "active", None, "remote"),
    ]
    assert {(m.listed, m.pulled, m.size_bytes, m.key, m.demo) for m in listed.models} == {
        (None, None, None, None, False)
    }
    assert (listed.notes, listed.config, listed.exit_code) == ((), config, 0)


def test_listed_is_what_the_gateway_says_of_active_names_alone(config: Path) -> None:
    assert {name: model.listed for name, model in by_name(asked(config)).items()} == {
        "llama3.2:3b": True,
        "latest": False,
        "remote": False,
        "other": False,
        "spare": None,
        "wrong": None,
        "llama3": True,
        "hidden": None,  # it can be asked for and is meant not to be listed
    }


def test_pulled_and_size_are_told_of_local_models_alone_and_no_tag_means_latest(config: Path) -> None:
    found = {name: (model.pulled, model.size_bytes) for name, model in by_name(asked(config)).items()}
    assert found["llama3.2:3b"] == (True, 2_000_000_000)
    assert found["latest"] == (True, 5)
    assert found["spare"] == (True, 2_000_000_000)
    assert found["remote"] == found["llama3"] == found["wrong"] == (None, None)


def test_a_local_model_that_is_not_pulled_is_told(config: Path) -> None:
    nothing = routes({**PULLED, "/api/tags": reply(200, {"models": []})})
    assert by_name(asked(config, ollama=nothing))["latest"].pulled is False


def test_a_key_is_present_when_the_gateways_environment_sets_it(config: Path) -> None:
    found = by_name(asked(config))
    assert found["remote"].key == Key("OPENAI_API_KEY", present=True)
    assert found["other"].key == Key("OTHER_KEY", present=False)
    assert found["latest"].key is None


def test_names_that_only_the_gateway_knows_are_noted(config: Path) -> None:
    names = {"data": [{"id": name} for name in ("llama3.2:3b", "stranger-b", "stranger-a")]}
    listed = asked(config, gateway=routes({**GATEWAY, "/v1/models": reply(200, names)}))
    assert listed.notes == ("the gateway also lists stranger-a, stranger-b: not in this config",)


def test_a_gateway_that_is_away_leaves_listed_unknown_and_says_so(config: Path) -> None:
    with serving(routes(PULLED)) as ollama:
        listed = listing.listing(config, around(Address("127.0.0.1", free_port()), ollama))
    assert {model.listed for model in listed.models} == {None}
    (note,) = listed.notes
    assert note.startswith("no answer from the gateway at 127.0.0.1:")
    assert by_name(listed)["llama3.2:3b"].pulled is True


def test_a_gateway_that_refuses_the_key_leaves_listed_unknown_and_says_so(config: Path) -> None:
    listed = asked(config, gateway=routes({**GATEWAY, "/v1/models": reply(401, {"error": {}})}))
    assert {model.listed for model in listed.models} == {None}
    assert "refuses the key" in listed.notes[0]
    assert "sk-right" not in listed.notes[0]


def test_an_ollama_that_is_away_leaves_pulled_unknown_and_says_so(config: Path) -> None:
    with serving(routes(GATEWAY)) as gateway:
        listed = listing.listing(config, around(gateway, Address("127.0.0.1", free_port())))
    assert {model.pulled for model in listed.models} == {None}
    (note,) = listed.notes
    assert note.startswith("Ollama at 127.0.0.1:")
    assert "nothing listens" in note


def test_services_without_a_port_are_noted(config: Path) -> None:
    away = replace(around(None, None), unasked="the service litellm of this hub does not run")
    assert listing.listing(config, away).notes == (
        "what the gateway lists is unknown: the service litellm of this hub does not run",
        "what Ollama has pulled is unknown: none that is known to be this hub's can be asked",
    )


def test_demo_is_told_of_active_names_alone(config: Path) -> None:
    listed = listing.listing(config, around(None, None, frozenset({"llama3.2:3b", "llama3", "spare"})))
    assert [model.name for model in listed.models if model.demo] == ["llama3.2:3b", "llama3"]


@pytest.mark.parametrize("ollama", [drops_at_once, routes({**PULLED, "/api/tags": reply(200, b"{")})])
def test_an_ollama_that_says_nothing_usable_is_noted(config: Path, ollama: Script) -> None:
    listed = asked(config, ollama=ollama)
    assert {model.pulled for model in listed.models} == {None}
    assert listed.notes[0].startswith("Ollama at 127.0.0.1:")


def test_a_config_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"gone.yaml is missing"):
        listing.listing(tmp_path / "gone.yaml", None)


def test_names_that_stand_for_several_entries_are_told(tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    entry = "- model_name: a\n  litellm_params: {model: ollama/x}\n"
    config.write_text(f"model_list:\n{entry}#- model_name: a\n#  litellm_params: {{model: ollama/x}}\n")
    assert listing.listing(config, None).notes == ("a stands in lines 2, 4: say NAME@LINE",)
    config.write_text(f"model_list:\n{entry}{entry}")
    (note,) = listing.listing(config, None).notes
    assert note == "a stands in lines 2, 4: say NAME@LINE; requests are spread over its 2 active ones"


def test_the_day_on_which_a_provider_ends_a_model_is_told(tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("model_list:\n- model_name: a\n  litellm_params: {model: openai/gpt-4}\n")
    (model,) = listing.listing(config, None).models
    assert model.retired == "2026-10-23"
