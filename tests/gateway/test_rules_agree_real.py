"""Every config of the rules' own tables, loaded by the real LiteLLM: it stops, and drops, just where a rule says so."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from hubctl.adapters.gateway import litellm_facts
from hubctl.core.judging import judge
from hubctl.core.judging.config import Config
from hubctl.core.judging.subject import Subject
from hubctl.core.rules import RULES
from tests.gateway.loading import loaded
from tests.real_servers import redis_server
from tests.unit.core.rules.judging import Case, Machine
from tests.unit.core.rules.tables import FIRES, QUIET

pytestmark = [pytest.mark.gateway, pytest.mark.redis]

ENVIRONMENT = {"REDIS_HOST": "127.0.0.1", "LITELLM_MASTER_KEY": "sk-for-tests-0123456789abcdef"}
# These need something beside the config: another file, a module, an account. That is not what a rule is about.
BESIDE = (
    "include:",
    "handler",
    "custom_provider_map",
    "key_management_system",
    "guardrail",
    "github_copilot",
    "mcp_servers",
    "plugins",
)
PACKAGES = ("prometheus_client", "langfuse", "prisma")
# What they are about can end the start of the server after its config was loaded.
LATER = frozenset({"HUB263", "HUB321", "HUB322", "HUB323"})
PATH = Path("config.yaml")


def _config(case: Case) -> str | None:
    files = {"config.yaml": case} if isinstance(case, str) else case.files if isinstance(case, Machine) else case
    return files.get("config.yaml")


def _texts() -> dict[str, str]:
    """Every different config, by the rule it is for."""
    found: dict[str, str] = {}
    for table in (FIRES, QUIET):
        for rule, cases in table.items():
            for text in filter(None, map(_config, cases)):
                is_text = not any("\ud800" <= character <= "\udfff" for character in text)
                if is_text and not any(word in text for word in BESIDE):
                    found.setdefault(text.lstrip("\n"), rule)
    return {f"{rule}-{index}": text for index, (text, rule) in enumerate(found.items())}


TEXTS = _texts()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What LiteLLM makes of each of them."""
    folder = tmp_path_factory.mktemp("configs")
    with redis_server(folder) as redis:  # one that is away costs LiteLLM 8 s at every start
        return loaded(TEXTS.values(), folder, {**ENVIRONMENT, "REDIS_PORT": str(redis.port)})


@pytest.mark.parametrize("name", TEXTS)
def test_the_start_ends_just_where_a_rule_says_so(made: dict[str, Any], name: str) -> None:
    lacks = frozenset(package for package in PACKAGES if find_spec(package) is None)
    known = litellm_facts.load()
    found = judge.stoppers(RULES, TEXTS[name], PATH, known, environment=ENVIRONMENT, missing_packages=lacks)
    error = made[TEXTS[name]]["error"]
    stopping = [finding.rule for finding in found if error or finding.rule not in LATER]
    assert bool(stopping) == bool(error), f"rules: {stopping}; LiteLLM: {error}\n{TEXTS[name]}"


@pytest.mark.parametrize("name", TEXTS)
def test_entries_are_dropped_just_where_a_rule_says_so(made: dict[str, Any], name: str) -> None:
    config = Config.read(TEXTS[name], PATH)
    if made[TEXTS[name]]["error"] or config.packed:
        return
    subject = Subject(litellm_facts.load(), "2026-11-24", config=config, texts={PATH: TEXTS[name]})
    lost = {finding.line for finding in judge.check(RULES, subject, only=["HUB129", "HUB131"])}
    lines = {
        entry.index: {config.line("model_list", entry.index, "litellm_params", key) for key in entry.params}
        for entry in config.entries
    }
    kept = [str(entry.name) for entry in config.entries if not lines[entry.index] & lost]
    assert sorted(kept) == sorted(made[TEXTS[name]]["entries"]), TEXTS[name]
