"""docs/rules.md and litellm.json are what their scripts write."""

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import hubctl
from hubctl.core.judging.rule import Rule
from hubctl.core.rules import RULES
from tests.unit.core.rules.judging import COMPOSE, MARK, hub
from tests.unit.core.rules.tables import FIRES, QUIET
from tools import litellm_facts, rules_examples, rules_page

LONGEST = 36
REPOSITORY = Path(__file__).parents[4]


def test_the_page_is_that_of_the_rules() -> None:
    assert rules_page.TARGET.read_text("utf-8") == rules_page.page(), "run `python -m tools.rules_page`"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_url_of_a_rule_leads_to_its_heading(rule: Rule) -> None:
    path, _, anchor = rule.url.partition("#")
    page = (REPOSITORY / path).read_text("utf-8")
    (line,) = [each for each in page.splitlines() if f'<a id="{anchor}"></a>' in each]
    assert line.startswith(f"### {rule.id}: {rule.title} ")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_a_short_wrong_and_a_short_right_example(rule: Rule) -> None:
    lines = list(rules_examples.example(rule.id, FIRES[rule.id][0], QUIET[rule.id][0]))
    assert len(lines) <= LONGEST
    wrong, _, right = "\n".join(lines).partition("\nRight")
    assert wrong.startswith("Wrong")
    assert f"# <- {rule.id}" in wrong
    assert right
    assert MARK not in right


def test_an_example_of_a_long_file_keeps_what_differs_and_the_keys_above_it() -> None:
    wrong = COMPOSE.replace("redis:7-alpine", "redis:7-alpine # <-\n    restart: always")
    lines = list(rules_examples.example("HUB1", hub(compose=wrong, litellm_env="A=\t\u00a0x\n"), hub()))
    shown = "\n".join(lines)
    assert "services:\n  # ...\n  redis:\n    image: redis:7-alpine # <- HUB1\n    restart: always\n```" in shown
    assert "Wrong (`litellm.env`):\n\n```dotenv\nA=\u21e5\u2423x\n```" in shown
    assert "openwebui" not in shown


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_exists_since_a_version_of_hubctl(rule: Rule) -> None:
    since, now = (tuple(map(int, each.split("."))) for each in (rule.since, hubctl.__version__))
    assert (0, 1, 0) <= since <= now


def test_the_facts_name_the_version_that_the_project_pins() -> None:
    pinned = (REPOSITORY / "pyproject.toml").read_text("utf-8").partition("litellm[proxy]==")[2]
    facts = json.loads(litellm_facts.TARGET.read_text("utf-8"))
    assert pinned.startswith(f'{facts["version"]}"'), "run `python -m tools.litellm_facts`"


@pytest.mark.gateway
def test_the_facts_are_those_of_the_litellm_that_is_installed() -> None:
    facts = json.loads(litellm_facts.TARGET.read_text("utf-8"))
    try:
        if version("litellm") != facts["version"]:
            pytest.skip(f"LiteLLM {version('litellm')} is installed, the facts are of {facts['version']}")
    except PackageNotFoundError:
        pytest.skip("LiteLLM is not installed")
    assert litellm_facts.facts() == facts, "run `python -m tools.litellm_facts`"
