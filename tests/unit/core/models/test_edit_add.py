"""Appending an entry, in the style of files that all look different."""

from pathlib import Path

import pytest

from hubctl.core.models import edit, model_list
from hubctl.errors import BadFile, EditRefused

CONFIG = Path("conf/config.yaml")
NEW = "  - model_name: n\n    litellm_params:\n      model: x/n\n"
END = "general_settings:\n  master_key: os.environ/K\n"


def added(text: str, name: str = "n", target: str = "x/n") -> str:
    return edit.add(text, CONFIG, name, target).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("model_list:\n", "model_list:\n" + NEW, id="null"),
        pytest.param("model_list:", "model_list:\n" + NEW[:-1], id="null, no newline"),
        pytest.param("model_list: []\n" + END, "model_list:\n" + NEW + END, id="empty brackets"),
        pytest.param("model_list: ~  # none yet\n", "model_list:  # none yet\n" + NEW, id="a tilde and a comment"),
        pytest.param("model_list: null", "model_list:\n" + NEW[:-1], id="null by its name"),
        pytest.param(END, END + "model_list:\n" + NEW, id="no section"),
        pytest.param(
            "include: [a.yaml]", "include: [a.yaml]\nmodel_list:\n" + NEW[:-1], id="include alone, no newline"
        ),
        pytest.param(
            "model_list:\n  - model_name: a\n    litellm_params: {model: x/a}\n# prose\n" + END,
            "model_list:\n  - model_name: a\n    litellm_params: {model: x/a}\n" + NEW + "# prose\n" + END,
            id="right below the last entry",
        ),
        pytest.param(
            "model_list:\n- litellm_params:\n      model: x/a\n      # rpm: 4\n  model_name: a",
            "model_list:\n- litellm_params:\n      model: x/a\n      # rpm: 4\n  model_name: a\n"
            "- model_name: n\n  litellm_params:\n      model: x/n",
            id="its indent and its steps, no newline",
        ),
        pytest.param(
            "model_list:\n    -   model_name: a\n        litellm_params:\n          model: x/a\n",
            "model_list:\n    -   model_name: a\n        litellm_params:\n          model: x/a\n"
            "    -   model_name: n\n        litellm_params:\n          model: x/n\n",
            id="wide dashes",
        ),
        pytest.param(
            "model_list:\n - {model_name: a, litellm_params: {model: x/a}}\n\n"
            " - {model_name: b, litellm_params: {model: b}}\n",
            "model_list:\n - {model_name: a, litellm_params: {model: x/a}}\n\n"
            " - {model_name: b, litellm_params: {model: b}}\n"
            "\n - model_name: n\n   litellm_params:\n     model: x/n\n",
            id="blank lines between entries",
        ),
        pytest.param(
            "model_list:\n  - model_name: a\n    litellm_params:\n      model: x/a\n      text: |\n        hi\n"
            "\n# end\n",
            "model_list:\n  - model_name: a\n    litellm_params:\n      model: x/a\n      text: |\n        hi\n"
            + NEW
            + "\n# end\n",
            id="below a block of text",
        ),
        pytest.param(
            "model_list:\n  # - model_name: n\n  #   litellm_params: {model: x/n}\n",
            "model_list:\n" + NEW + "  # - model_name: n\n  #   litellm_params: {model: x/n}\n",
            id="a commented entry of the name is another",
        ),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_add_appends_in_the_style_of_the_file(before: str, after: str, ending: str) -> None:
    ending = ending if "\n" in before else "\n"  # a file of one line has none to follow
    before, after = before.replace("\n", ending), after.replace("\n", ending)
    assert added(before) == after
    assert added(after) == after


def test_add_writes_where_the_model_is_served_and_names_the_variable_of_its_key() -> None:
    edited = edit.add("model_list:\n", CONFIG, "n", "openai/n", api_base="http://h:1/v1", key_variable="N_KEY")
    assert edited.text == (
        "model_list:\n  - model_name: n\n    litellm_params:\n      model: openai/n\n      api_base: http://h:1/v1\n"
        "      api_key: os.environ/N_KEY\n"
    )
    (entry,) = edited.entries
    assert (entry.name, entry.line, entry.api_base, entry.key_variable) == ("n", 2, "http://h:1/v1", "N_KEY")


@pytest.mark.parametrize(
    "name",
    [
        "4",
        "true",
        "a: b",
        "a #b",
        "'a",
        '"',
        "* ",
        "-",
        "@a",
        "é 模型",
        "a\tb",
        "{",
        "~",
        "1e3",
        "a\nb",
        "null",
        "%a",
        "\\",
        "x:",
    ],
)
def test_what_yaml_would_read_as_something_else_is_quoted(name: str) -> None:
    text = added("model_list:\n", name, f"x/{name}")
    (entry,) = model_list.read(text, CONFIG).active
    assert (entry.name, entry.target) == (name, f"x/{name}")


@pytest.mark.parametrize(
    ("text", "cause", "way_out"),
    [
        ("{}\n", "line 1: the whole config is written in brackets", "lines of its own"),
        ("model_list: [{model_name: a, litellm_params: {model: x}}]\n", "line 1: model_list is written in", "lines of"),
        ("model_list: {}\n", "line 1: model_list is no list", "nothing but `model_list:`"),
        ("model_list: &l\nx: *l\n", "line 1: model_list is shared", "write it out"),
        ("x: &l []\nmodel_list: *l\n", "line 2: model_list is shared", "write it out"),
        ("<<: {model_list: [{model_name: a, litellm_params: {model: x}}]}\n", "comes by a merge key", "write it out"),
        ("x: 1\n...\n", "could not be read after the edit", "by hand"),
    ],
)
def test_add_refuses_what_it_cannot_append_to(text: str, cause: str, way_out: str) -> None:
    with pytest.raises(EditRefused) as caught:
        added(text)
    assert cause in caught.value.message
    assert way_out in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["\x7f", "\ud800"])
def test_a_name_that_yaml_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(EditRefused):
        added("model_list:\n", name)


def test_a_file_without_any_section_is_no_config() -> None:
    with pytest.raises(BadFile):
        added("# nothing\n")
