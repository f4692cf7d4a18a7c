"""docs/rules.md and litellm.json are what their scripts write."""

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tools import litellm_facts, rules_page


def test_the_page_is_that_of_the_rules() -> None:
    assert rules_page.TARGET.read_text("utf-8") == rules_page.page(), "run `python -m tools.rules_page`"


def test_the_facts_name_the_version_that_the_project_pins() -> None:
    pinned = (Path(__file__).parents[4] / "pyproject.toml").read_text("utf-8").partition("litellm[proxy]==")[2]
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
