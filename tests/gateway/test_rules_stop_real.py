"""What the rules say to stop LiteLLM, tried on its own loader and, for keys and databases, on the real proxy."""

import os
import subprocess
from pathlib import Path

import pytest

from hubctl.adapters.gateway import litellm_facts
from hubctl.core.judging import judge
from hubctl.core.rules import RULES
from tests.gateway.loading import loaded
from tests.real_servers import free_port, litellm

pytestmark = pytest.mark.gateway

KEY = "sk-for-tests-0123456789abcdef"
ENTRY = "model_list:\n  - model_name: a\n    litellm_params: {model: openai/a, mock_response: x}\n"
STOPS = {
    "HUB101": "model_list:\n\t- a\n",
    "HUB102": "",
    "HUB103": ENTRY + "---\nlitellm_settings: {}\n",
    "HUB121": "model_list: {a: b}\n",
    "HUB123": "model_list: [a]\n",
    "HUB124": ENTRY.replace("model_name: a", "name: a"),
    "HUB125": ENTRY.replace("litellm_params", "params"),
    "HUB126": ENTRY.replace("model: openai/a", "api_key: x"),
    "HUB205": ENTRY + "router_settings: {health_check_interval: 5}\n",
    "HUB224": ENTRY + "litellm_settings: {cache: true, cache_params: {type: rediss}}\n",
    "HUB225": ENTRY + "litellm_settings: {cache: true, cache_params: {type: redis, host: 127.0.0.1, bogus: 1}}\n",
    "HUB226": ENTRY + "litellm_settings: {cache: true}\n",
    "HUB241": ENTRY + "router_settings: {routing_strategy: round-robin}\n",
    "HUB242": ENTRY + "router_settings: {model_group_alias: [a]}\n",
    "HUB245": ENTRY + "router_settings: {fallbacks: {a: [b]}}\n",
    "HUB327": ENTRY + "general_settings: {master_key: 12345678}\n",
}
FINE = [
    ENTRY,
    ENTRY + "litellm_settings: {cache: true, cache_params: {host: 127.0.0.1, bogus: 1}}\n",
    ENTRY + "litellm_settings: {cache: true, cache_params: {type: redis, url: 'redis://127.0.0.1:1', bogus: 1}}\n",
    ENTRY + "litellm_settings: {cache: false, cache_params: {type: rediss}}\n",
    ENTRY + "router_settings: {model_group_alias: {b: [a]}, fallbacks: [{a: [ghost]}], nonsense: 1}\n",
    ENTRY + "litellm_settings: {context_window_fallbacks: {a: [b]}, nonsense: 1}\n",
    "litellm_settings: {num_retries: 1}\n",
]


def _environment(home: Path) -> dict[str, str]:
    quiet = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
    return {"PATH": os.environ["PATH"], "HOME": str(home), **quiet}


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """The error with which LiteLLM's own loader ends, for every config."""
    made = loaded([*STOPS.values(), *FINE], tmp_path_factory.mktemp("stops"), {})
    return {text: answer["error"] for text, answer in made.items()}


def _said(text: str) -> list[str]:
    return [
        each.rule
        for each in judge.stoppers(
            RULES, text, Path("c.yaml"), litellm_facts.load(), environment={"LITELLM_MASTER_KEY": KEY}
        )
    ]


@pytest.mark.parametrize("rule", STOPS)
def test_what_is_said_to_stop_litellm_stops_it(errors: dict[str, str | None], rule: str) -> None:
    assert errors[STOPS[rule]]
    assert _said(STOPS[rule]) == [rule]


@pytest.mark.parametrize("text", FINE)
def test_what_is_not_said_to_stop_litellm_does_not(errors: dict[str, str | None], text: str) -> None:
    assert errors[text] is None
    assert _said(text) == []


@pytest.mark.parametrize(
    ("general", "environment", "rule"),
    [
        ("{}", {}, "HUB321"),
        ("{master_key: os.environ/OTHER}", {"LITELLM_MASTER_KEY": KEY}, "HUB321"),
        ("{master_key: ''}", {"LITELLM_MASTER_KEY": KEY}, "HUB322"),
        ("{master_key: sk-1234}", {}, "HUB323"),
        ("{}", {"LITELLM_MASTER_KEY": KEY, "DATABASE_URL": "sqlite:///x"}, "HUB423"),
    ],
)
def test_a_bad_key_or_database_stops_the_proxy(
    tmp_path: Path, general: str, environment: dict[str, str], rule: str
) -> None:
    config = ENTRY + f"general_settings: {general}\n"
    (tmp_path / "config.yaml").write_text(config)
    command: list[str | Path] = [
        litellm(),
        "--config",
        tmp_path / "config.yaml",
        "--host",
        "127.0.0.1",
        "--port",
        str(free_port()),
    ]
    done = subprocess.run(
        command,
        env=_environment(tmp_path) | environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode != 0
    found = judge.stoppers(RULES, config, Path("c.yaml"), litellm_facts.load(), environment=environment)
    assert [each.rule for each in found] == [rule]
