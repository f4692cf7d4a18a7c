"""What would keep the gateway from starting, told from a config's text alone."""

from pathlib import Path

import pytest

from hubctl.adapters.gateway import litellm_facts
from hubctl.core.judging import judge
from hubctl.core.rules import RULES
from tests.unit.core.rules.judging import CONFIG, KEY

PATH = Path("config.yaml")
GOOD = {"LITELLM_MASTER_KEY": KEY, "OLLAMA_BASE_URL": "http://ollama:11434"}
CASES = [
    ("does not parse", "model_list:\n\t- a", "HUB101"),
    ("empty", "", "HUB102"),
    ("a list", "- a", "HUB102"),
    ("no name", CONFIG.replace("model_name", "name"), "HUB124"),
    ("no params", CONFIG.replace("litellm_params", "params"), "HUB125"),
    ("no model", CONFIG.replace("      model:", "      modl:"), "HUB126"),
    ("strategy", CONFIG + "router_settings: {routing_strategy: round-robin}", "HUB241"),
    ("fallbacks", CONFIG + "router_settings: {fallbacks: {a: [b]}}", "HUB245"),
    ("aliases", CONFIG + "router_settings: {model_group_alias: [a]}", "HUB242"),
    ("interval", CONFIG + "router_settings: {health_check_interval: 3}", "HUB205"),
    (
        "cache key",
        CONFIG.replace("request_timeout: 300", "cache: true\n  cache_params: {type: redis, host: a, b: c}"),
        "HUB225",
    ),
    ("cache type", CONFIG.replace("request_timeout: 300", "cache: true\n  cache_params: {type: rediss}"), "HUB224"),
    ("no redis", CONFIG.replace("request_timeout: 300", "cache: true"), "HUB226"),
    ("default key", CONFIG.replace("os.environ/LITELLM_MASTER_KEY", "sk-1234"), "HUB323"),
]


@pytest.mark.parametrize(("text", "rule"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_mistake_that_stops_the_start_is_found(text: str, rule: str) -> None:
    found = judge.stoppers(RULES, text, PATH, litellm_facts.load(), environment=GOOD)
    assert [finding.rule for finding in found] == [rule]


@pytest.mark.parametrize(
    ("environment", "rule"),
    [
        ({}, "HUB321"),
        ({"LITELLM_MASTER_KEY": ""}, "HUB322"),
        ({"LITELLM_MASTER_KEY": "sk-1234"}, "HUB323"),
        (GOOD | {"DATABASE_URL": "mysql://x"}, "HUB423"),
    ],
)
def test_the_environment_can_stop_the_start(environment: dict[str, str], rule: str) -> None:
    found = judge.stoppers(RULES, CONFIG, PATH, litellm_facts.load(), environment=environment)
    assert [finding.rule for finding in found] == [rule]


def test_a_missing_package_stops_the_start_only_where_it_is_needed() -> None:
    lacks = frozenset({"prisma", "prometheus_client"})
    known = litellm_facts.load()
    with_database = GOOD | {"DATABASE_URL": "postgresql://u:p@db/x"}
    found = judge.stoppers(RULES, CONFIG, PATH, known, environment=with_database, missing_packages=lacks)
    assert [finding.rule for finding in found] == ["HUB424"]
    assert judge.stoppers(RULES, CONFIG, PATH, known, environment=GOOD, missing_packages=lacks) == ()


def test_nothing_is_said_of_variables_that_are_not_known() -> None:
    cached = CONFIG.replace("request_timeout: 300", "cache: true")
    assert judge.stoppers(RULES, cached, PATH, litellm_facts.load()) == ()


def test_a_comment_hides_no_finding_that_stops_the_start() -> None:
    text = CONFIG + "router_settings:\n  # hubctl: ignore HUB241\n  routing_strategy: round-robin\n"
    found = judge.stoppers(RULES, text, PATH, litellm_facts.load(), environment=GOOD)
    assert [finding.rule for finding in found] == ["HUB241"]
