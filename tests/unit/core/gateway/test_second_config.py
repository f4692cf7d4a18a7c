"""The config of a second gateway: the hub's rules of routing, and nothing else of the hub."""

import json
from pathlib import Path
from typing import Any

import pytest

from hubctl.core.gateway import second_config
from hubctl.core.gateway.second_config import LIMITED, RETRIED, SPREAD, Routing
from hubctl.core.models import model_list

HUB = """\
model_list:
  - {model_name: a, litellm_params: {model: ollama_chat/a, api_base: "http://ollama:11434", rpm: 120}}
  - {model_name: a, litellm_params: {model: openai/a, api_key: sk-providers-own}}
  - {model_name: b, litellm_params: {model: anthropic/b, api_key: os.environ/ANTHROPIC_API_KEY}}
  - {model_name: broken}
litellm_settings:
  cache: true
  cache_params: {type: redis, password: sk-redis}
  success_callback: [langfuse]
  num_retries: 7
  request_timeout: 30
router_settings:
  redis_password: sk-router
  routing_strategy: least-busy
  num_retries: os.environ/RETRIES
  optional_pre_call_checks: [enforce_model_rate_limits]
  model_group_alias: {alias: a}
  fallbacks: [{a: [b]}, {gone: [a]}]
general_settings: {master_key: sk-master, database_url: "postgres://sk-database"}
environment_variables: {X: sk-variable}
"""


def read(config: str = HUB, **environment: str) -> Routing:
    return second_config.read(model_list.load(config, Path("config.yaml")), environment)


def sections(routing: Routing) -> Any:
    return routing.config


def test_rules_are_taken_over_and_read() -> None:
    routing = read(RETRIES="3")
    assert sections(routing)["router_settings"] == {
        "routing_strategy": "least-busy",
        "num_retries": "3",
        "optional_pre_call_checks": ["enforce_model_rate_limits"],
        "model_group_alias": {"alias": "a"},
        "fallbacks": [{"a": ["b"]}, {"gone": ["a"]}],
        "disable_cooldowns": True,
    }
    assert sections(routing)["litellm_settings"] == {"num_retries": 7, "request_timeout": 30}
    assert (routing.strategy, routing.retries, routing.shared) == ("least-busy", 3, ("a",))
    assert routing.fallbacks == {"a": ("b",)}
    assert routing.limits == {"a": ("rpm", 120)}


def test_no_key_cache_callback_or_database_of_the_hub_is_in_it() -> None:
    text = json.dumps(read(RETRIES="3").config)
    for word in ("sk-", "redis", "cache", "langfuse", "postgres", "ANTHROPIC", "ollama"):
        assert word not in text


def test_every_entry_keeps_its_name_and_becomes_a_scripted_model() -> None:
    routing = read()
    entries = [(each["model_name"], each["litellm_params"]["model"]) for each in sections(routing)["model_list"]]
    assert entries == [
        ("a", "openai/entry-0"),
        ("a", "openai/entry-1"),
        ("b", "openai/entry-2"),
        (RETRIED, "openai/retried"),
        (SPREAD, "openai/spread-1"),
        (SPREAD, "openai/spread-2"),
        (LIMITED, "openai/limited"),
    ]
    assert routing.targets == {"a": ("entry-0", "entry-1"), "b": ("entry-2",)}
    params = [each["litellm_params"] for each in sections(routing)["model_list"]]
    assert {each["api_base"] for each in params} == {"os.environ/UPSTREAM_URL"}
    assert [each.get("rpm") for each in params] == [None] * 6 + [2]


def test_a_limit_on_tokens_is_tried_with_one_on_tokens() -> None:
    routing = read("model_list: [{model_name: a, litellm_params: {model: x/y, tpm: os.environ/TPM}}]", TPM="1000")
    assert routing.limits == {"a": ("tpm", 1000)}
    assert sections(routing)["model_list"][-1]["litellm_params"]["tpm"] == 30


@pytest.mark.parametrize(
    ("settings", "retries"),
    [
        ("router_settings: {num_retries: 2}", 2),
        ("litellm_settings: {num_retries: 2}", 2),
        ("router_settings: {num_retries: 0}", 0),
        ("router_settings: {num_retries: os.environ/UNSET}", None),
        ("router_settings: {num_retries: [2]}", None),
        ("router_settings: {num_retries: true}", None),
        ("router_settings: nonsense", None),
        ("", None),
    ],
)
def test_the_number_of_retries_is_read_where_it_is_a_number(settings: str, retries: int | None) -> None:
    assert read(f"model_list: []\n{settings}\n").retries == retries


@pytest.mark.parametrize("fallbacks", ["{a: [b]}", "nonsense", "[a]", "[{a: b}]", "[[a, b]]", "null"])
def test_fallbacks_of_another_shape_are_nobodys(fallbacks: str) -> None:
    config = (
        f"model_list: [{{model_name: a, litellm_params: {{model: x/y}}}}]\nrouter_settings: {{fallbacks: {fallbacks}}}"
    )
    assert read(config).fallbacks == {}


@pytest.mark.parametrize(
    "models", ["nonsense", "[nonsense, 3, null]", "{a: b}", "[{model_name: a, litellm_params: []}]"]
)
def test_a_model_list_of_another_shape_has_no_entries(models: str) -> None:
    assert read(f"model_list: {models}").targets == {}


def test_the_variables_lead_to_the_model_beside_it() -> None:
    assert second_config.variables("sk-x", 4001) == {
        "LITELLM_MASTER_KEY": "sk-x",
        "UPSTREAM_URL": "http://127.0.0.1:4001/v1",
    }


@pytest.mark.parametrize(
    "setting", ['fallbacks: [{"*": [c]}, {a: [b]}]', "fallbacks: [{a: [b]}]\n  default_fallbacks: [c]"]
)
def test_what_stands_in_for_every_name_is_tried_with_one_that_has_nothing_of_its_own(setting: str) -> None:
    entries = ", ".join(f"{{model_name: {name}, litellm_params: {{model: x/{name}}}}}" for name in "cabd")
    config = f"model_list: [{entries}]\nrouter_settings:\n  {setting}\n"
    assert read(config).fallbacks == {"a": ("b",), "b": ("c",)}
