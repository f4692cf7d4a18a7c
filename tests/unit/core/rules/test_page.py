"""docs/rules.md and litellm.json are what their scripts write."""

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import hubctl
from hubctl.core.judging.rule import Rule
from hubctl.core.rules import RULES
from tools import litellm_facts, rules_page

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
