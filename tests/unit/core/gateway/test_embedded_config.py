import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hubctl.core.compose.stack import Address
from hubctl.core.gateway import embedded_config
from hubctl.core.gateway.derived import Derived, RedisLogin, ollama_addresses, redis_login
from hubctl.core.gateway.embedded_config import DEMO_ANSWER, derive

OLLAMA, REDIS = Address("127.0.0.1", 11435), Address("127.0.0.1", 6380)
PULLED = frozenset({"small:latest", "a:latest"})
PLACES = {"ollama": {11434: OLLAMA}, "redis": {6379: REDIS}, "my-redis": {6379: REDIS}, "tracing": {}}
ENVIRONMENT = {
    "LITELLM_MASTER_KEY": "sk-1",
    "OLLAMA_BASE_URL": "http://ollama:11434",
    "REDIS_HOST": "redis",
    "REDIS_PORT": "6379",
    "REDIS_PASSWORD": "secret",
}


def config(**changes: Any) -> dict[str, Any]:
    return {
        "model_list": [
            entry("small", "ollama_chat/small", api_base="os.environ/OLLAMA_BASE_URL"),
            entry("cloud", "openai/cloud", api_key="os.environ/OPENAI_API_KEY"),
        ],
        "litellm_settings": {
            "cache": True,
            "cache_params": {
                "type": "redis",
                "host": "os.environ/REDIS_HOST",
                "port": "os.environ/REDIS_PORT",
                "password": "os.environ/REDIS_PASSWORD",
                "ttl": 600,
            },
        },
        "router_settings": {"model_group_alias": {"s": "small", "hidden": {"model": "small", "hidden": True}}},
        **changes,
    }


def entry(name: str, model: str, **params: Any) -> dict[str, Any]:
    return {"model_name": name, "litellm_params": {"model": model, **params}}


def relocate(data: Mapping[str, object], environment: Mapping[str, str] = ENVIRONMENT) -> Derived:
    return embedded_config.relocate(data, environment, PLACES, folder=Path("/hub/conf"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("http://ollama:11434", "http://127.0.0.1:11435"),
        ("http://ollama:11434/", "http://127.0.0.1:11435/"),
        ("http://ollama:11434/v1?a=b", "http://127.0.0.1:11435/v1?a=b"),
        ("redis://user:p%40ss@redis:6379/0", "redis://user:p%40ss@127.0.0.1:6380/0"),
        ("redis://redis", "redis://127.0.0.1:6380"),
        ("redis://my-redis:6379", "redis://127.0.0.1:6380"),
        ("http://ollama:11434;http://ollama:11434", "http://127.0.0.1:11435;http://127.0.0.1:11435"),
        ("ollama:11434", "127.0.0.1:11435"),
        ("a:1,redis:6379", "a:1,127.0.0.1:6380"),
        ("http://host.docker.internal:8000/x", "http://127.0.0.1:8000/x"),
        # These name no service, or not as an address.
        ("http://ollama.example.com:11434", "http://ollama.example.com:11434"),
        ("http://my-ollama:11434", "http://my-ollama:11434"),
        ("http://ollama:8080", "http://ollama:8080"),
        ("http://example.com/ollama:11434", "http://example.com/ollama:11434"),
        ("redis", "redis"),
        ("ollama/llama3", "ollama/llama3"),
        ("ollama:latest", "ollama:latest"),
        ("redis:6379 is the cache", "redis:6379 is the cache"),
        ("", ""),
    ],
)
def test_names_of_services_become_addresses_wherever_they_stand(value: str, expected: str) -> None:
    derived = relocate({"deep": [{"er": value}]}, {"ANY": value})
    assert derived.config == {"deep": [{"er": expected}]}
    assert derived.environment == {"ANY": expected}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"REDIS_HOST": "redis", "REDIS_PORT": "6379"}, {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "6380"}),
        ({"CACHE_HOST": "redis"}, {"CACHE_HOST": "127.0.0.1", "CACHE_PORT": "6380"}),
        ({"A_HOST": "redis", "A_PORT": "1"}, {"A_HOST": "redis", "A_PORT": "1"}),
        ({"HOST": "0.0.0.0", "PORT": "4000"}, {"HOST": "0.0.0.0", "PORT": "4000"}),
        ({"A_HOST": "host.docker.internal", "A_PORT": "99"}, {"A_HOST": "127.0.0.1", "A_PORT": "99"}),
    ],
)
def test_a_host_and_the_port_beside_it_move_together(values: dict[str, str], expected: dict[str, str]) -> None:
    assert relocate({}, values).environment == expected


def test_a_host_of_the_config_moves_with_its_port_although_a_variable_gives_it() -> None:
    moved = relocate({"x": {"host": "os.environ/REDIS_HOST", "port": 6379}}).config
    assert moved == {"x": {"host": "127.0.0.1", "port": "6380"}}


def test_a_service_that_is_not_published_is_told() -> None:
    derived = relocate({}, {"TRACES": "http://tracing:4318/v1"})
    assert derived.environment == {"TRACES": "http://tracing:4318/v1"}
    assert derived.notes == (
        "no container of this hub is known to have tracing:4318 on this host: the gateway cannot reach it",
    )


def test_the_operators_values_are_not_changed() -> None:
    data, environment = config(), dict(ENVIRONMENT)
    before = copy.deepcopy((data, environment))
    derive(relocate(data, environment), {OLLAMA: "refused", REDIS: "refused"}, {}, demo=True)
    assert (data, environment) == before


@pytest.mark.parametrize("variable", ["DATABASE_URL", "DIRECT_URL", "DATABASE_HOST"])
def test_the_database_is_dropped_with_a_note(variable: str) -> None:
    derived = relocate({}, {variable: "postgresql://u:p@db/x", "OTHER": "1"})
    assert derived.environment == {"OTHER": "1"}
    assert "without its database" in derived.notes[0]


def test_the_database_of_the_config_is_dropped_with_a_note() -> None:
    derived = relocate({"general_settings": {"database_url": "postgresql://u:p@db/x", "master_key": "k"}}, {})
    assert derived.config == {"general_settings": {"master_key": "k"}}
    assert "without its database" in derived.notes[0]


def test_the_containers_config_path_is_dropped() -> None:
    assert relocate({}, {"CONFIG_FILE_PATH": "/app/config.yaml"}) == Derived({}, {})


def test_included_files_are_found_from_the_operators_folder() -> None:
    derived = relocate({"include": ["more.yaml", "/abs.yaml"]}, {})
    assert derived.config == {"include": ["/hub/conf/more.yaml", "/abs.yaml"]}
    assert "included files" in derived.notes[0]


def test_a_local_entry_without_an_address_gets_one_so_that_litellm_starts_no_ollama() -> None:
    data = {"model_list": [entry("a", "ollama/a"), entry("b", "ollama_chat/b", api_base="os.environ/UNSET")]}
    assert relocate(data, {}).config == {
        "model_list": [
            entry("a", "ollama/a", api_base="http://127.0.0.1:11434"),
            entry("b", "ollama_chat/b", api_base="http://127.0.0.1:11434"),
        ]
    }


def test_ollamas_are_found_once_each_where_they_can_be_probed() -> None:
    bases = ["http://ollama:11434", "http://ollama:11434/", "http://box", "https://a:1", "http://b/c", "http://[x"]
    entries = [entry(str(number), "ollama_chat/m", api_base=base) for number, base in enumerate(bases)]
    entries += [entry("c", "openai/m", api_base="http://cloud:1")]
    entries += [entry("m", "ollama/m", api_base="http://other:1", mock_response="hi")]
    assert ollama_addresses(relocate({"model_list": entries})) == (OLLAMA, Address("box", 80))


@pytest.mark.parametrize(
    ("params", "environment", "expected"),
    [
        (config()["litellm_settings"]["cache_params"], ENVIRONMENT, RedisLogin(REDIS, None, "secret")),
        ({}, ENVIRONMENT, RedisLogin(REDIS, None, "secret")),
        ({}, {"REDIS_URL": "redis://me:p%40ss@redis:6379/1"}, RedisLogin(REDIS, "me", "p@ss", 1)),
        ({"host": "box", "db": 3}, {"REDIS_DB": "4"}, RedisLogin(Address("box", 6379), None, None, 3)),
        ({"url": "os.environ/URL"}, {"URL": "redis://redis"}, RedisLogin(REDIS, None, None)),
        ({"host": "box"}, {"REDIS_URL": "redis://redis"}, RedisLogin(Address("box", 6379), None, None)),
        ({"host": "box", "port": 7000, "username": "me"}, {}, RedisLogin(Address("box", 7000), "me", None)),
        # Not a Redis, or none that can be probed.
        ({}, {}, None),
        ({"type": "local"}, ENVIRONMENT, None),
        ({"type": "s3"}, ENVIRONMENT, None),
        ({"host": "box", "ssl": True}, {}, None),
        ({"url": "rediss://box"}, {}, None),
        ({"url": "redis://box:port"}, {}, None),
    ],
)
def test_the_cache_is_found_as_litellm_finds_it(
    params: dict[str, Any], environment: dict[str, str], expected: RedisLogin | None
) -> None:
    data = {"litellm_settings": {"cache": True, "cache_params": params}}
    assert redis_login(relocate(data, environment)) == expected


def test_no_cache_means_no_redis() -> None:
    assert redis_login(relocate({"litellm_settings": {"cache": False}})) is None


def test_with_all_neighbours_nothing_else_changes() -> None:
    relocated = relocate(config())
    assert derive(relocated, {}, {OLLAMA: PULLED}, demo=True) == relocated
    assert relocated.notes == ()


def test_without_redis_the_gateway_caches_in_its_process() -> None:
    data = config(router_settings={"redis_host": "os.environ/REDIS_HOST", "num_retries": 2})
    derived = derive(relocate(data), {REDIS: "connection refused"}, {}, demo=False)
    assert derived.config["litellm_settings"] == {"cache": True, "cache_params": {"type": "local", "ttl": 600}}
    assert derived.config["router_settings"] == {"num_retries": 2}
    assert not [name for name in derived.environment if name.startswith("REDIS_")]
    assert derived.notes == (
        "Redis at 127.0.0.1:6380: connection refused; the gateway caches in its own process instead, until it ends",
    )


def test_without_ollama_a_note_says_that_local_models_fail() -> None:
    derived = derive(relocate(config()), {OLLAMA: "connection refused"}, {}, demo=False)
    assert derived.config == relocate(config()).config
    assert derived.demo_models == frozenset()
    assert derived.notes == (
        "no Ollama at 127.0.0.1:11435: connection refused; local models fail until one answers there",
    )


def test_demo_cans_the_answers_of_local_models_and_names_their_aliases() -> None:
    derived = derive(relocate(config()), {OLLAMA: "connection refused"}, {}, demo=True)
    small = entry("small", "ollama_chat/small", api_base="os.environ/OLLAMA_BASE_URL", mock_response=DEMO_ANSWER)
    assert derived.config["model_list"] == [small, config()["model_list"][1]]
    assert "demo" in DEMO_ANSWER
    assert derived.demo_models == {"small", "s", "hidden"}
    assert derived.notes == ("demo: no Ollama has them, so the answers of hidden, s, small are canned",)


def test_demo_leaves_models_alone_that_an_ollama_has() -> None:
    data = {
        "model_list": [
            entry("here", "ollama/a", api_base="http://ollama:11434"),
            entry("lacking", "ollama/never-pulled", api_base="http://ollama:11434"),
            entry("far", "ollama/b"),
        ]
    }
    troubles = {Address("127.0.0.1", 11434): "connection refused"}
    assert derive(relocate(data), troubles, {OLLAMA: PULLED}, demo=True).demo_models == {"lacking", "far"}


@pytest.mark.parametrize("broken", [None, "text", [None], ["text"], [{}], [{"litellm_params": None}]])
def test_a_broken_model_list_is_left_to_litellm(broken: object) -> None:
    data = {"model_list": broken, "router_settings": None, "litellm_settings": []}
    assert derive(relocate(data), {}, {}, demo=True).config == data


def test_of_the_shell_only_what_any_program_needs_gets_in() -> None:
    shell = {"PATH": "/bin", "OPENAI_API_KEY": "sk-mine", "NO_PROXY": "corp", "https_proxy": "http://proxy:1"}
    made = embedded_config.process_environment({"A": "1", "LITELLM_MODE": "DEV"}, shell)
    assert made == {
        "PATH": "/bin",
        "https_proxy": "http://proxy:1",
        "NO_PROXY": "corp,127.0.0.1,localhost",
        "no_proxy": "corp,127.0.0.1,localhost",
        "LITELLM_MODE": "DEV",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "PYTHONUNBUFFERED": "1",
        "A": "1",
    }


def test_secrets_stay_out_of_repr() -> None:
    relocated = relocate(config())
    assert "secret" not in repr(relocated)
    assert "secret" not in repr(redis_login(relocated))
