"""Which names can be asked, what answers for them, and what may cost when they are."""

from pathlib import Path

import pytest

from hubctl.core.models import model_list
from hubctl.core.models.askable import Askable, Names

MODELS = """\
model_list:
  - {model_name: free, litellm_params: {model: ollama/a}}
  - {model_name: paid, litellm_params: {model: openai/b}}
  - {model_name: both, litellm_params: {model: ollama/a}}
  - {model_name: both, litellm_params: {model: openai/b}}
  - {model_name: team/*, litellm_params: {model: openai/*}}
  - {model_name: any-*, litellm_params: {model: ollama/fixed}}
"""
ALIASES = "router_settings: {model_group_alias: {nick: free, dear: paid, lost: nowhere, mine: team/x}"


def names(rest: str = "", text: str = MODELS) -> Names:
    config = f"{text}{ALIASES}{rest}}}\n"
    return Names(model_list.read(config, Path("c.yaml")), model_list.load(config, Path("c.yaml")))


def costing(name: str, rest: str, *, through: bool = True) -> list[str]:
    return [asked.name for asked in names(rest).costing(name, through_fallbacks=through)]


def test_every_name_that_stands_for_one_model_is_there_once() -> None:
    assert names().all == ["free", "paid", "both", "nick", "dear"]
    assert names().patterns == ["team/*", "any-*"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("free", Askable("free", "free", free=True, targets=frozenset({"ollama/a"}))),
        ("both", Askable("both", "both", free=False, targets=frozenset({"ollama/a", "openai/b"}))),
        ("nick", Askable("nick", "free", free=True, targets=frozenset({"ollama/a"}))),
        ("team/gpt", Askable("team/gpt", "team/gpt", free=False, targets=frozenset({"openai/gpt"}))),
        ("mine", Askable("mine", "team/x", free=False, targets=frozenset({"openai/x"}))),
        ("any-thing", Askable("any-thing", "any-thing", free=True, targets=frozenset({"ollama/fixed"}))),
        ("team/*", None),
        ("lost", None),
        ("zzz", None),
        ("teamXgpt", None),
    ],
)
def test_a_name_is_found_with_what_answers_for_it(name: str, found: Askable | None) -> None:
    assert names().find(name) == found


def test_why_a_name_with_a_star_cannot_be_asked() -> None:
    assert names().why_not("team/*") == "a name with a * stands for many models: name one of them"


@pytest.mark.parametrize(
    ("name", "rest", "paid"),
    [
        ("free", "", []),
        ("paid", "", ["paid"]),
        ("nick", ", fallbacks: [{free: [paid]}]", ["paid"]),
        ("nick", ", fallbacks: [{nick: [paid]}]", ["paid"]),
        ("free", ", fallbacks: [{free: [nick]}, {nick: [both]}]", ["both"]),
        ("free", ", fallbacks: [{free: [ghost]}]", ["ghost"]),
        ("free", ', fallbacks: [{"*": [paid]}]', ["paid"]),
        ("free", ", default_fallbacks: [paid]", ["paid"]),
        ("free", ", context_window_fallbacks: [{free: [paid]}]", ["paid"]),
        ("free", ", fallbacks: [{free: [{model: paid}]}]", ["paid"]),
        ("free", ", fallbacks: [{free: [paid]}, {paid: [free]}]", ["paid"]),
        ("free", ", fallbacks: [{paid: [free]}]", []),
        ("free", ", fallbacks: {free: [paid]}", []),
        ("free", ", fallbacks: [free, 5, {free: paid}]", []),
    ],
)
def test_what_may_cost_through_fallbacks(name: str, rest: str, paid: list[str]) -> None:
    assert costing(name, rest) == paid


def test_without_fallbacks_only_the_name_itself_may_cost() -> None:
    assert costing("free", ", fallbacks: [{free: [paid]}]", through=False) == []
    assert costing("paid", ", fallbacks: [{paid: [both]}]", through=False) == ["paid"]


def test_fallbacks_under_the_other_section_count_too() -> None:
    text = MODELS + "litellm_settings: {fallbacks: [{free: [paid]}]}\n"
    assert [each.name for each in names(text=text).costing("free", through_fallbacks=True)] == ["paid"]
