"""Every rule fires where it should, on the right line, and is quiet where it should be."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hubctl.core.judging import judge
from hubctl.core.judging.rule import SEVERITIES, Rule
from hubctl.core.rules import RULES
from tests.unit.core.rules.judging import (
    COMPOSE,
    CONFIG,
    HUB,
    LITELLM_ENV,
    Case,
    hub,
    judged,
    marked,
    subject_of,
    under,
)
from tests.unit.core.rules.places import UNDER
from tests.unit.core.rules.tables import FIRES, QUIET


def _each(table: dict[str, list[Case]]) -> list[pytest.param]:  # type: ignore[valid-type]
    return [pytest.param(r, case, id=f"{r}-{i}") for r, cases in table.items() for i, case in enumerate(cases)]


@pytest.mark.parametrize(("rule", "case"), _each(FIRES))
def test_a_rule_fires_on_the_right_line(rule: str, case: Case, tmp_path: Path) -> None:
    found = judged(case, tmp_path, rule)
    assert {(finding.file.name, finding.line) for finding in found} == marked(tmp_path)
    for words in map(under, found):
        assert words
        assert words == words.strip()
    if case is FIRES[rule][0]:
        assert set(map(under, found)) == UNDER[rule]


@pytest.mark.parametrize(("rule", "case"), _each(QUIET))
def test_a_rule_is_quiet_where_nothing_is_wrong(rule: str, case: Case, tmp_path: Path) -> None:
    assert judged(case, tmp_path, rule) == ()


def test_every_rule_has_cases_of_both_kinds() -> None:
    ids = {rule.id for rule in RULES}
    assert set(FIRES) == ids
    assert set(QUIET) == ids
    assert set(UNDER) == ids


def test_ids_are_unique_and_in_order() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"HUB[1-5]\d\d", each) for each in ids)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_follows_and_what_to_do(rule: Rule) -> None:
    assert rule.severity in SEVERITIES
    assert rule.title
    assert rule.effect
    assert rule.fix
    assert not rule.stops_start or rule.severity == "error"


def test_a_good_hub_has_nothing_wrong(tmp_path: Path) -> None:
    assert [each for each in judged(HUB, tmp_path) if each.severity != "info"] == []


def test_a_variable_that_many_entries_use_is_named_once(tmp_path: Path) -> None:
    entry = "  - {model_name: b, litellm_params: {model: ollama_chat/b, api_base: os.environ/OLLAMA_BASE_URL}}\n"
    files = hub(
        config=CONFIG.replace("model_list:\n", f"model_list:\n{entry}"),
        litellm_env=LITELLM_ENV.replace("http://ollama", "http://localhost"),
    )
    assert [finding.line for finding in judged(files, tmp_path, "HUB142")] == [2]


@pytest.mark.parametrize("rule", ["HUB142", "HUB230"])
def test_localhost_is_right_for_a_gateway_that_is_a_process_of_this_machine(rule: str, tmp_path: Path) -> None:
    cached = "request_timeout: 300\n  cache: true\n  cache_params: {type: redis, host: localhost}"
    files = hub(
        config=CONFIG.replace("request_timeout: 300", cached),
        litellm_env=LITELLM_ENV.replace("http://ollama", "http://localhost"),
    )
    subject = subject_of(files, tmp_path)
    assert [finding.severity for finding in judge.check(RULES, subject, only=[rule])] == ["error"]
    found = judge.check(RULES, replace(subject, embedded=True), only=[rule])
    assert all(finding.severity == "info" for finding in found)


@pytest.mark.parametrize(
    ("rule", "config"),
    [
        ("HUB126", CONFIG.replace("ollama_chat/llama3.2:3b", "os.environ/NOPE")),
        ("HUB226", CONFIG.replace("request_timeout: 300", "cache: true")),
        ("HUB304", CONFIG.replace("      api_base:", "      api_key: os.environ/NOPE\n      api_base:")),
        ("HUB321", CONFIG.replace("os.environ/LITELLM_MASTER_KEY", "os.environ/NOPE")),
    ],
)
def test_a_variable_that_an_image_built_here_may_set_is_a_warning(rule: str, config: str, tmp_path: Path) -> None:
    image = "image: ghcr.io/berriai/litellm:main-stable"
    found = judged(hub(config=config), tmp_path, rule)
    assert [finding.severity for finding in found] == ["error"]
    found = judged(hub(config=config, compose=COMPOSE.replace(image, "build: .")), tmp_path, rule)
    assert [finding.severity for finding in found] == ["warning"]


def test_what_follows_from_an_env_file_that_is_away_is_not_told_as_well(tmp_path: Path) -> None:
    config = CONFIG.replace("request_timeout: 300", "request_timeout: 300\n  cache: true")
    files = {name: text for name, text in hub(config=config).items() if name != "litellm.env"}
    assert [each.rule for each in judged(files, tmp_path) if each.severity == "error"] == ["HUB503"]


def test_a_secret_manager_may_have_what_no_file_sets(tmp_path: Path) -> None:
    config = CONFIG.replace("ollama_chat/llama3.2:3b", "os.environ/team/MODEL") + "  key_management_system: aws_kms\n"
    for rule in ("HUB126", "HUB302", "HUB304"):
        assert judged(hub(config=config), tmp_path, rule) == ()


def test_the_default_of_a_variable_is_not_shown(tmp_path: Path) -> None:
    config = CONFIG.replace("os.environ/OLLAMA_BASE_URL", "${BASE:-http://u:hunter2@ollama}")
    (finding,) = judged(config, tmp_path, "HUB301")
    assert "hunter2" not in f"{finding!r}"
    assert "${BASE}" in finding.message


def test_a_key_is_never_part_of_a_finding(tmp_path: Path) -> None:
    key = "sk-proj-" + "Zq7" * 12
    text = CONFIG.replace("ollama_chat/llama3.2:3b", key).replace("os.environ/LITELLM_MASTER_KEY", key)
    found = judged(text, tmp_path)
    assert found
    assert not any(key in f"{each.message} {each.effect} {each.fix} {each!r}" for each in found)


def test_a_tag_is_pulled_only_where_the_updater_may(tmp_path: Path) -> None:
    tower = COMPOSE + "  tower:\n    image: containrrr/watchtower\n"
    labelled = "  litellm:\n    labels: [com.centurylinklabs.watchtower.enable={}]\n"
    settings = "    environment: [WATCHTOWER_{}=true]\n"
    for changed_file, severity in (
        (tower, "warning"),
        (tower.replace("  litellm:\n", labelled.format("false")), "info"),
        (tower + settings.format("LABEL_ENABLE"), "info"),
        (tower.replace("  litellm:\n", labelled.format("true")) + settings.format("LABEL_ENABLE"), "warning"),
        (tower + settings.format("MONITOR_ONLY"), "info"),
        (COMPOSE + "  diun:\n    image: crazymax/diun\n", "info"),
    ):
        found = judged(hub(compose=changed_file), tmp_path, "HUB531")
        assert {each.severity for each in found if "litellm" in each.message} == {severity}
