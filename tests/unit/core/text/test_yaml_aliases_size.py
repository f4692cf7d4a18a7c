"""Aliases of aliases, which a few lines make billions of nodes of."""

from pathlib import Path

import pytest

from hubctl.core.models import model_list
from hubctl.core.text import yaml_text
from hubctl.errors import BadFile

PATH = Path("litellm_config.yaml")


def bomb(levels: int) -> str:
    """Ten times as many nodes with each level."""
    below = (f"x{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, levels + 1))
    return "x0: &a0 lol\n" + "".join(below)


def test_aliases_that_stand_for_too_many_nodes_are_refused_in_one_sentence() -> None:
    with pytest.raises(BadFile) as caught:
        model_list.read(f"{bomb(11)}model_list:\n  - model_name: *a11\n", PATH)
    assert caught.value.message == "litellm_config.yaml: not YAML: too large once its aliases are followed"


def test_aliases_that_stand_for_few_nodes_are_read() -> None:
    entries = "model_list:\n  - {model_name: a, litellm_params: {model: openai/a, tags: *a3}}\n"
    assert [entry.name for entry in model_list.read(bomb(3) + entries, PATH).entries] == ["a"]


def test_a_node_that_holds_itself_has_an_end() -> None:
    assert len(yaml_text.events("a: &a [*a, *a]\nb: [*a, *a]\n")) == 12


def test_a_commented_out_entry_is_not_written_out_without_an_end() -> None:
    anchors = "x: &x [1, 2]\ny: &y [" + ", ".join(["*x"] * 400) + "]\nz: &z [" + ", ".join(["*y"] * 400) + "]\n"
    active = "model_list:\n  - {model_name: a, litellm_params: {model: openai/a}}\n"
    commented = "  # - model_name: b\n  #   litellm_params: {model: openai/b, tags: *z}\n"
    assert [entry.name for entry in model_list.read(anchors + active + commented, PATH).entries] == ["a"]
