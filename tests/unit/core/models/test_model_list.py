"""The litellm config as text: every style in which people comment models out, and every way to get it wrong."""

from pathlib import Path

import pytest

from hubctl.core.models import model_list
from hubctl.core.models.model_list import ModelEntry, ModelList
from hubctl.errors import BadFile

ITEM = "- {model_name: a, litellm_params: {model: x/y}}\n"
CONFIG = Path("conf/litellm_config.yaml")


def read(text: str) -> ModelList:
    return model_list.read(text, CONFIG)


def rows(text: str) -> list[tuple[str, str, int]]:
    return [(entry.name, entry.state, entry.line) for entry in read(text).entries]


def entry(params: str) -> ModelEntry:
    (only,) = read(f"model_list:\n  - model_name: a\n    litellm_params: {params}\n").entries
    return only


BLOCK = """\
model_list:
  - model_name: a
    litellm_params:
      model: ollama/a
{between}
  - model_name: z
    litellm_params:
      model: ollama/z
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model_list:\n  - model_name: a\n    litellm_params:\n      model: ollama/a\n", [("a", "active", 2)]),
        ("model_list:\n- model_name: a\n  litellm_params:\n    model: ollama/a\n", [("a", "active", 2)]),
        ("model_list:\n - litellm_params:\n     model: ollama/a\n   model_name: a", [("a", "active", 2)]),
        ("# top\n\nmodel_list:\n\n  - {model_name: a, litellm_params: {model: ollama/a}}\n", [("a", "active", 5)]),
        ("model_list: [{model_name: a, litellm_params: {model: x/a}}]\n", [("a", "active", 1)]),
        ("model_list:\r\n  - model_name: a\r\n    litellm_params:\r\n      model: x/a\r\n", [("a", "active", 2)]),
        ("model_list:\n  -\n    model_name: a\n    litellm_params: {model: x/a}\n", [("a", "active", 2)]),
        (
            f"model_list:\n{ITEM}\n{ITEM}",
            [("a", "active", 2), ("a", "active", 4)],
        ),
        ('"model_list":\n  - "model_name": "é 模型"\n    litellm_params: {model: x/a}\n', [("é 模型", "active", 2)]),
    ],
)
def test_active_entries_are_listed_with_the_line_on_which_they_begin(
    text: str, expected: list[tuple[str, str, int]]
) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("between", "disabled"),
    [
        pytest.param(
            "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n",
            [("b", 5)],
            id="hash at the list's indent",
        ),
        pytest.param(
            "  #- model_name: b\n  #  litellm_params:\n  #    model: x/b",
            [("b", 5)],
            id="tight hash, glued on both sides",
        ),
        pytest.param(
            "#  - model_name: b\n#    litellm_params:\n#      model: x/b\n", [("b", 5)], id="hash in column 0"
        ),
        pytest.param(
            "# - model_name: b\n#   litellm_params:\n#     model: x/b\n", [("b", 5)], id="column 0 and one space"
        ),
        pytest.param(
            " # - model_name: b\n #   litellm_params:\n #     model: x/b\n", [("b", 5)], id="hash in column 1"
        ),
        pytest.param(
            "  #  - model_name: b\n  #    litellm_params:\n  #      model: x/b\n", [("b", 5)], id="two spaces kept"
        ),
        pytest.param("  # - model_name: b\n    # litellm_params:\n      # model: x/b\n", [("b", 5)], id="staircase"),
        pytest.param("  # - litellm_params:\n  #     model: x/b\n  #   model_name: b\n", [("b", 5)], id="name last"),
        pytest.param(
            "  # - model_info:\n  #     mode: chat\n  #   model_name: b\n  #   litellm_params: {model: x/b}\n",
            [("b", 5)],
            id="info first",
        ),
        pytest.param(
            "  # Take the # away to use it:\n  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n",
            [("b", 6)],
            id="prose glued on top",
        ),
        pytest.param(
            "  # # prose\n  # - model_name: b\n  #   litellm_params: {model: x/b}\n  # # prose\n",
            [("b", 6)],
            id="double hashes around",
        ),
        pytest.param(
            "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n  # Cheaper, but slow.\n",
            [("b", 5)],
            id="prose glued below",
        ),
        pytest.param(
            "  # - model_name: b\n  #   # see https://example.com/b\n  #   litellm_params:\n  #     model: x/b\n",
            [("b", 5)],
            id="a comment inside the commented entry",
        ),
        pytest.param(
            "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n  #\n"
            "  # - model_name: c\n  #   litellm_params:\n  #     model: x/c\n",
            [("b", 5), ("c", 9)],
            id="two in one block, joined by a bare hash",
        ),
        pytest.param(
            "  # - model_name: b\n  #   litellm_params: {model: x/b}\n"
            "  # - model_name: b\n  #   litellm_params: {model: x/b}\n",
            [("b", 5), ("b", 7)],
            id="the same one twice, no blank line",
        ),
        pytest.param(
            "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n  #     guardrails:\n  #       - one: 1\n",
            [("b", 5)],
            id="a nested list is not another entry",
        ),
        pytest.param(
            "  # - model_name: a\n  #   litellm_params: {model: x/a}", [("a", 5)], id="the name of an active entry"
        ),
        pytest.param("  # - model_name: b\r\n  #   litellm_params:\r\n  #     model: x/b\r", [("b", 5)], id="CRLF"),
        pytest.param(
            "# model_list:\n#   - model_name: b\n#     litellm_params:\n#       model: x/b\n",
            [("b", 6)],
            id="a whole commented model_list",
        ),
        pytest.param(
            "  # - model_name: b\n  #   litellm_params: {model: x/b}\n# router_settings:\n#   num_retries: 2\n",
            [("b", 5)],
            id="a commented section below",
        ),
        pytest.param("  # - model_name: b\n  #   litellm_params:\n", [], id="an incomplete one is no entry"),
        pytest.param("  # model_name (e.g. b) is what clients ask for\n", [], id="prose about model_name"),
        pytest.param("  # - fast\n  # - cheap\n", [], id="a list in prose"),
        pytest.param("  # - model_name: [b\n  #   litellm_params: {model: x/b}\n", [], id="what is not YAML"),
        pytest.param('  # - "model_name": b\n  #   litellm_params: {model: x/b}\n', [("b", 5)], id="quoted keys"),
        pytest.param(
            "  # - model_name: b  # gone in 2026\n  #   litellm_params: {model: x/b}\n",
            [("b", 5)],
            id="trailing comment",
        ),
    ],
)
def test_commented_out_entries_are_found_in_every_style(between: str, disabled: list[tuple[str, int]]) -> None:
    text = BLOCK.format(between=between)
    found = rows(text)
    assert [(name, line) for name, state, line in found if state == "disabled"] == disabled
    assert [(name, state) for name, state, _ in found if state != "disabled"] == [("a", "active"), ("z", "active")]
    assert [line for *_, line in found] == sorted(line for *_, line in found)


def test_an_entry_commented_out_inside_an_active_one_is_found() -> None:
    text = (
        "model_list:\n  - model_name: a\n    # - model_name: b\n    #   litellm_params: {model: x/b}\n"
        "    litellm_params:\n      model: ollama/a\n"
    )
    assert rows(text) == [("a", "active", 2), ("b", "disabled", 3)]


def test_the_file_may_end_inside_a_commented_entry() -> None:
    assert rows("model_list: []\n#- model_name: b\n#  litellm_params:\n#    model: x/b") == [("b", "disabled", 2)]


@pytest.mark.parametrize(
    "text", ["model_list:\n", "model_list: []\n", "model_list: ~\n", "include: [a.yaml]\n", "{}\n"]
)
def test_a_config_without_active_entries_still_lists_the_commented_ones(text: str) -> None:
    assert rows(text) == []
    commented = "# - model_name: b\n#   litellm_params: {model: x/b}\n"
    assert rows(commented + text) == [("b", "disabled", 1)]


@pytest.mark.parametrize("value", ["hello", "5", "{a: b}", "{model_name: a, litellm_params: {model: x/a}}", "true"])
def test_a_model_list_that_is_no_list_has_no_entries(value: str) -> None:
    assert rows(f"model_list: {value}\n") == []


def test_of_a_duplicate_section_the_last_counts_as_it_does_for_the_gateway() -> None:
    text = (
        "model_list:\n  - model_name: a\n    litellm_params: {model: x/a}\n"
        "model_list:\n  - model_name: b\n    litellm_params: {model: x/b}\n"
    )
    assert rows(text) == [("b", "active", 5)]


def test_entries_that_come_by_an_anchor_or_a_merge_are_listed() -> None:
    text = "x-base: &base\n  model_list:\n    - model_name: a\n      litellm_params: {model: x/a}\n<<: *base\n"
    assert rows(text) == [("a", "active", 1)]  # nobody can say where
    assert rows("x-a: &a [{model_name: a, litellm_params: {model: x/a}}]\nmodel_list: *a\n") == [("a", "active", 1)]
    shared = (
        "x-p: &p {api_key: os.environ/K}\nmodel_list:\n  - model_name: a\n    litellm_params:\n"
        "      <<: *p\n      model: x/a\n"
    )
    assert [(e.name, e.key_variable, e.line) for e in read(shared).entries] == [("a", "K", 3)]


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("just text", "(no name)"),
        ("~", "(no name)"),
        ("{litellm_params: {model: x/a}}", "(no name)"),
        ("{model_name: a}", "a"),
        ("{model_name: a, litellm_params: }", "a"),
        ("{model_name: a, litellm_params: {}}", "a"),
        ("{model_name: a, litellm_params: [x]}", "a"),
        ("{model_name: a, litellm_params: {model: 4}}", "a"),
        ("{model_name: 4, litellm_params: {model: x/a}}", "4"),
        ("{model_name: [a], litellm_params: {model: x/a}}", "['a']"),
    ],
)
def test_an_entry_that_the_gateway_cannot_use_is_broken(item: str, name: str) -> None:
    good = "{model_name: b, litellm_params: {model: x/b}}"
    assert rows(f"model_list:\n  - {item}\n  - {good}\n") == [(name, "broken", 2), ("b", "active", 3)]
    assert [e.name for e in read(f"model_list:\n  - {item}\n  - {good}\n").active] == ["b"]


@pytest.mark.parametrize(
    ("params", "free"),
    [
        ("{model: ollama/a}", True),
        ("{model: ollama_chat/a}", True),
        ("{model: openai/a, mock_response: hi}", True),
        ("{model: openai/a, input_cost_per_token: 0, output_cost_per_token: 0}", True),
        ("{model: openai/a, input_cost_per_token: 0.0, output_cost_per_token: 0.0}", True),
        ("{model: openai/a, input_cost_per_token: 0, output_cost_per_token: 0.1}", False),
        ("{model: openai/a, input_cost_per_token: 0}", False),
        ("{model: openai/a}", False),
        ("{model: gpt-x}", False),
        ("{model: ollama}", False),
        ("{model: ollamas/a}", False),
        ("{model: openai/ollama/a}", False),
        ("{}", False),
    ],
)
def test_only_local_canned_and_unpriced_models_are_free(params: str, free: bool) -> None:
    assert entry(params).free is free


@pytest.mark.parametrize(
    ("params", "variable"),
    [
        ("{model: x/a, api_key: os.environ/OPENAI_API_KEY}", "OPENAI_API_KEY"),
        ("{model: x/a, api_key: sk-1}", None),
        ("{model: x/a, api_key: '${OPENAI_API_KEY}'}", None),
        ("{model: x/a, api_key: 5}", None),
        ("{model: x/a}", None),
    ],
)
def test_the_key_variable_is_the_one_that_the_gateway_reads(params: str, variable: str | None) -> None:
    assert entry(params).key_variable == variable


def test_a_key_written_into_the_config_is_in_no_field_of_its_entry() -> None:
    assert "sk-very-secret" not in repr(entry("{model: x/a, api_key: sk-very-secret}"))


@pytest.mark.parametrize(
    ("target", "provider", "pulled"),
    [
        ("ollama/llama3.2:3b", "ollama", "llama3.2:3b"),
        ("ollama_chat/library/a", "ollama_chat", "library/a:latest"),
        ("ollama", None, None),
        ("openai/gpt-x", "openai", None),
        ("gpt-x", None, None),
    ],
)
def test_the_target_names_provider_and_local_model(target: str, provider: str | None, pulled: str | None) -> None:
    found = entry(f"{{model: '{target}', api_base: http://here}}")
    assert (found.target, found.provider, model_list.ollama_name(found.target), found.api_base) == (
        target,
        provider,
        pulled,
        "http://here",
    )


@pytest.mark.parametrize(
    ("section", "aliases"),
    [
        ("{llama3: 'llama3.2:3b'}", {"llama3": "llama3.2:3b"}),
        ("{llama3: {model: 'llama3.2:3b', hidden: true}}", {"llama3": "llama3.2:3b"}),
        ("{4: 5}", {"4": "5"}),
        ("[a, b]", {}),
        ("~", {}),
        ("text", {}),
    ],
)
def test_aliases_are_read_in_both_of_their_forms(section: str, aliases: dict[str, str]) -> None:
    assert read(f"router_settings:\n  model_group_alias: {section}\n").aliases == aliases


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("model_list:\n  - model_name: a\n  litellm_params: [\n", "line 3, column 3"),
        ("model_list:\n\t- model_name: a\n", "line 2, column 1"),
        ("a: 1\nb: {c: [1, 2}\n", "line 2, column 13"),
        ("a: !unknown 1\n", "line 1, column 4"),
        ("a: *nowhere\n", "line 1, column 4"),
        ("a: 1\n---\nb: 2\n", "line 2, column 1"),
        ("<<<<<<< HEAD\na: 1\n=======\nb: 1\n>>>>>>> x\n", "line 2, column 2"),
        ("{{ range .Models }}\n- a\n", "line 2, column 1"),
        ("? [a]\n: b\n", "line 1, column 3"),
    ],
)
def test_bad_yaml_is_named_with_line_and_column(text: str, where: str) -> None:
    with pytest.raises(BadFile) as caught:
        read(text)
    assert caught.value.message.startswith(f"{CONFIG}, {where}: ")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "a: \x00\n",
        "a: \x1b[31m\n",
        "a: !!bool x\n",
        "a: !!int ''\n",
        "a: !!timestamp x\n",
        "a: 2026-99-99\n",
        "[" * 20_000,
    ],
)
def test_what_no_reader_takes_is_a_bad_file_too(text: str) -> None:
    with pytest.raises(BadFile) as caught:
        read(text)
    assert caught.value.message.startswith(str(CONFIG))
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("bad", ["!!bool x", "!!int ''", "!!timestamp x", "2026-99-99", "[" * 2000])
def test_a_commented_entry_that_no_reader_takes_is_no_entry(bad: str) -> None:
    assert rows(f"model_list: []\n# - model_name: b\n#   litellm_params: {{model: {bad}}}\n") == []


@pytest.mark.parametrize(
    ("text", "found"), [("", "nothing"), ("# only prose\n", "nothing"), ("- a\n", "a list"), ("hello\n", "a str")]
)
def test_a_file_that_is_no_mapping_is_no_config(text: str, found: str) -> None:
    with pytest.raises(BadFile, match=f"no litellm config: .*found {found}$"):
        read(text)


def test_hidden_aliases_are_told_apart() -> None:
    aliases = "{seen: a, also: {model: a}, unseen: {model: a, hidden: true}}"
    assert read(f"router_settings: {{model_group_alias: {aliases}}}\n").hidden == {"unseen"}
