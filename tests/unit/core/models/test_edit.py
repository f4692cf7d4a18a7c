"""Enabling and disabling entries: before and after, in every style, and what must not change."""

from pathlib import Path

import pytest

from hubctl.core.models import edit as model_edit
from hubctl.errors import AmbiguousModel, BadFile, EditRefused, HubError, UnknownModel

CONFIG = Path("conf/config.yaml")
A = "model_list:\n  - model_name: a\n    litellm_params:\n      model: x/a\n"
B = "  - model_name: b\n    litellm_params:\n      model: x/b\n"
Z = "  - model_name: z\n    litellm_params: {model: x/z}\n"
ALIAS = "router_settings:\n  model_group_alias: {nick: a}\n"
END = "general_settings:\n  master_key: os.environ/K\n"


def enabled(text: str, *refs: str) -> str:
    return model_edit.enable(text, CONFIG, refs).text


def disabled(text: str, *refs: str) -> str:
    return model_edit.disable(text, CONFIG, refs).text


@pytest.mark.parametrize(
    ("commented", "active"),
    [
        pytest.param("  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n", B, id="hash at the indent"),
        pytest.param("  #- model_name: b\n  #  litellm_params:\n  #    model: x/b\n", B, id="tight"),
        pytest.param("#  - model_name: b\n#    litellm_params:\n#      model: x/b\n", B, id="hash in column 0"),
        pytest.param("# - model_name: b\n#   litellm_params:\n#     model: x/b\n", B, id="column 0, one space"),
        pytest.param(" # - model_name: b\n #   litellm_params:\n #     model: x/b\n", B, id="column 1"),
        pytest.param("  #  - model_name: b\n  #    litellm_params:\n  #      model: x/b\n", B, id="two spaces"),
        pytest.param("  # - model_name: b\n    # litellm_params:\n      # model: x/b\n", B, id="staircase"),
        pytest.param("## - model_name: b\n##   litellm_params:\n##     model: x/b\n", B, id="two hashes"),
        pytest.param(
            "  # - model_name: b\n  #   litellm_params: {\n  #     model: x/b\n  # }\n",
            "  - model_name: b\n    litellm_params: {\n      model: x/b\n  }\n",
            id="a bracket closed at the dash",
        ),
        pytest.param(
            "  # - {model_name: b, litellm_params: {model: x/b}}\n",
            "  - {model_name: b, litellm_params: {model: x/b}}\n",
            id="one line in brackets",
        ),
        pytest.param(
            "  # -\n  #   model_name: b\n  #   litellm_params: {model: x/b}\n",
            "  -\n    model_name: b\n    litellm_params: {model: x/b}\n",
            id="a dash on its own line",
        ),
        pytest.param(
            "  # - litellm_params:\n  #     model: x/b  \n  #   model_name: 'b'  # last\n",
            "  - litellm_params:\n      model: x/b  \n    model_name: 'b'  # last\n",
            id="name last, quoted, trailing blanks and comment",
        ),
        pytest.param(
            "  # - model_name: b\n  #   # see https://example.com\n  #   litellm_params:\n  #     #api_base: http://x\n"
            "  #     model: x/b\n  #     # rpm: 4\n",
            "  - model_name: b\n    # see https://example.com\n    litellm_params:\n      #api_base: http://x\n"
            "      model: x/b\n      # rpm: 4\n",
            id="comments inside and at its end",
        ),
        pytest.param(
            "  # - model_name: b\n  #\n  #   litellm_params:\n\n  #     model: x/b\n",
            "  - model_name: b\n\n    litellm_params:\n\n      model: x/b\n",
            id="a bare hash and a blank line inside",
        ),
        pytest.param(
            "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n  #     params:\n"
            "  #       - model_name: c\n"
            "  #         litellm_params: {model: x/c}\n",
            "  - model_name: b\n    litellm_params:\n      model: x/b\n      params:\n        - model_name: c\n"
            "          litellm_params: {model: x/c}\n",
            id="entries inside the entry",
        ),
        pytest.param(
            "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n  #     prompt: |\n  #       # Title\n"
            "  #\n  #       text\n",
            "  - model_name: b\n    litellm_params:\n      model: x/b\n      prompt: |\n        # Title\n\n"
            "        text\n",
            id="a text block",
        ),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_enable_uncomments_every_style_between_active_entries(commented: str, active: str, ending: str) -> None:
    before = (A + "\n  # Prose, and - a dash\n" + commented + Z + END).replace("\n", ending)
    after = (A + "\n  # Prose, and - a dash\n" + active + Z + END).replace("\n", ending)
    assert enabled(before, "b") == after
    assert enabled(after, "b") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(A + "  #- model_name: b\n  #  litellm_params: {model: x/b}", None, id="at the end, no newline"),
        pytest.param("model_list:\n# - model_name: b\n#   litellm_params: {model: x/b}\n", None, id="null list"),
        pytest.param("model_list:\n  # - model_name: b\n  #   litellm_params: {model: x/b}\nx: 1\n", None, id="null"),
        pytest.param(
            "model_list:\n   - model_name: a\n     litellm_params: {model: x/a}\n # - model_name: b\n"
            " #   litellm_params:\n"
            " #        model: x/b\n",
            "model_list:\n   - model_name: a\n     litellm_params: {model: x/a}\n   - model_name: b\n"
            "     litellm_params:\n"
            "          model: x/b\n",
            id="moved to the indent of the list, its own steps kept",
        ),
        pytest.param(
            "model_list:\n- model_name: a\n  litellm_params: {model: x/a}\n# - model_name: b\n"
            "#   litellm_params: {model: x/b}\n",
            "model_list:\n- model_name: a\n  litellm_params: {model: x/a}\n- model_name: b\n"
            "  litellm_params: {model: x/b}\n",
            id="a list without indent",
        ),
        pytest.param(
            A + "  # - model_name: b\n  #   litellm_params: {model: x/b}\n  # # more\n  # - model_name: c\n"
            "  #   litellm_params: {model: x/c}\n",
            A + "  - model_name: b\n    litellm_params: {model: x/b}\n  # # more\n  # - model_name: c\n"
            "  #   litellm_params: {model: x/c}\n",
            id="one of two in a block",
        ),
        pytest.param(
            "x-p: &p {api_key: os.environ/K}\n"
            + A
            + "  # - model_name: b\n  #   litellm_params: {<<: *p, model: x/b}\n",
            "x-p: &p {api_key: os.environ/K}\n" + A + "  - model_name: b\n    litellm_params: {<<: *p, model: x/b}\n",
            id="an alias of an active anchor",
        ),
        pytest.param(
            A + "  # - model_name: b\n  #   litellm_params: &p {model: x/b}\n",
            A + "  - model_name: b\n    litellm_params: &p {model: x/b}\n",
            id="an anchor that nobody uses",
        ),
        pytest.param(
            A
            + "  # - model_name: b\n  #   litellm_params: {model: x/b}\n# router_settings:\n#   num_retries: 2\n"
            + END,
            A + "  - model_name: b\n    litellm_params: {model: x/b}\n# router_settings:\n#   num_retries: 2\n" + END,
            id="a commented section below",
        ),
    ],
)
def test_enable_touches_the_lines_of_the_entry_alone(before: str, after: str | None) -> None:
    expected = after or before.replace("# - ", "- ").replace("#   ", "  ").replace("#- ", "- ").replace("#  ", "  ")
    assert enabled(before, "b") == expected
    assert enabled(expected, "b") == expected


C = "  # - model_name: b\n  #   litellm_params: {model: x/b}\n"
INSIDE = "model_list:\n  - model_name: a\n    # - model_name: b\n    #   litellm_params: {model: x/b}\n"


@pytest.mark.parametrize(
    ("text", "line", "cause", "way_out"),
    [
        (C + A, 1, "b stands above the model_list of line 3", "move lines 1 to 2 below line 6"),
        (A + END + C, 7, "b stands below general_settings (line 5)", "move lines 7 to 8 below line 4"),
        (
            INSIDE + "    litellm_params: {model: x/a}\n",
            3,
            "b stands inside the active entry of line 2",
            "move lines 3",
        ),
        ("# model_list:\n" + C + END, 2, "no active `model_list:`", "write or uncomment"),
        ("model_list: []\n" + C, 1, "written as an empty value", "nothing but `model_list:`"),
        ("model_list: ~\n" + C, 1, "written as an empty value", "nothing but `model_list:`"),
        ("model_list: {}\n" + C, 1, "is no list", "nothing but `model_list:`"),
        ("model_list: [{model_name: a, litellm_params: {model: x}}]\n" + C, 1, "in brackets", "lines of its own"),
        (
            "x: &l\n  - {model_name: a, litellm_params: {model: x}}\nmodel_list: *l\n" + C,
            3,
            "by an alias",
            "write it out",
        ),
        ("model_list: &l\n" + C + "x: *l\n", 1, "by an alias", "write it out"),
        (
            "x: &x\n  model_list: [{model_name: a, litellm_params: {model: x}}]\n<<: *x\n" + C,
            1,
            "by a merge key",
            "write",
        ),
        (
            "data:\n  config: |\n    model_list:\n    # - model_name: b\n    #   litellm_params: {model: x}\n",
            4,
            "line 2",
            "a file",
        ),
        (
            A + "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n  #      api_key: y\n",
            8,
            "not clear",
            "glued to it",
        ),
        (
            A + "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n  #       cheap, slow\n",
            8,
            "not clear",
            "glued to it",
        ),
        (A + C + "\n  #   model_info: {mode: chat}\n", 8, "not clear", "glued to it"),
        (A + C + "  #   litellm_params: {model: x/other}\n", 7, "not clear", "glued to it"),
        (
            A + "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n  #       cheap\n  #     api_key: k\n",
            8,
            "not clear",
            "glued to it",
        ),
        (
            A + "  # - model_name: o\n  #   params:\n  #     - model_name: b\n  #       litellm_params: {model: x/b}\n",
            7,
            "inside the commented-out entry of line 5",
            "correct line 5",
        ),
        (A + "  # - model_name: b\n  #   litellm_params: {<<: *p, model: x/b}\n", 5, "the anchor &p", "define it"),
        (
            A + "  # - model_name: c\n  #   litellm_params: &p {model: x/c}\n"
            "  # - model_name: b\n  #   litellm_params:\n  #     <<: *p\n",
            7,
            "the anchor &p",
            "enable the entry that defines it first",
        ),
        (
            A + "  # - model_name: b\n  #   litellm_params: {<<: *p, model: x/b}\nx-p: &p {api_key: k}\n",
            5,
            "undefined alias",
            "by hand",
        ),
        (A + "  # - model_name: b\n  #   litellm_params: &p {model: x/b}\nx: &p 1\n", 5, "after the edit", "by hand"),
        (
            "model_list:\n  - model_name: a\n    litellm_params: {model: x/a}\nmodel_list:\n  # none\nx:\n".replace(
                "x:\n", ""
            )
            + END.replace("general", "other")
            + C,
            8,
            "b stands below other_settings (line 6)",
            "move lines 8 to 9 below line 4",
        ),
    ],
)
def test_enable_refuses_with_file_line_cause_and_way_out(text: str, line: int, cause: str, way_out: str) -> None:
    with pytest.raises(EditRefused) as caught:
        enabled(text, "b")
    assert caught.value.message.startswith(f"{CONFIG}, line {line}: ")
    assert cause in caught.value.message
    assert way_out in (caught.value.hint or "")


def test_entries_that_need_each_other_are_enabled_together() -> None:
    text = (
        A + "  # - model_name: c\n  #   litellm_params: &p {model: x/c}\n"
        "  # - model_name: b\n  #   litellm_params:\n  #     <<: *p\n"
    )
    together = enabled(text, "b", "c")
    assert together == enabled(enabled(text, "c"), "b")
    assert "#" not in together


def test_of_several_the_one_that_cannot_be_enabled_is_named_and_none_is() -> None:
    text = A + C + END + C.replace("b", "c")
    with pytest.raises(EditRefused, match="line 9: c stands below general_settings"):
        enabled(text, "b", "c")


def test_enable_says_when_the_name_is_served_already() -> None:
    edited = model_edit.enable(A + C.replace("b", "a"), CONFIG, ["a"])
    assert edited.warnings == ("a is active in line 2 too: requests are spread over all entries of a name",)
    assert [(entry.name, entry.line) for entry in edited.entries] == [("a", 5)]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(B, id="block"),
        pytest.param("  - {model_name: b, litellm_params: {model: x/b}}\n", id="one line in brackets"),
        pytest.param("  -\n    model_name: b\n    litellm_params: {model: x/b}\n", id="a dash on its own line"),
        pytest.param("  - model_name: b\n\n    litellm_params:\n   \n      model: x/b\n", id="blank lines inside"),
        pytest.param("  - model_name: b\n# why\n  # - this\n    litellm_params: {model: x/b}\n", id="shallow comments"),
        pytest.param(
            "  - model_name: b\n    litellm_params:\n      model: x/b\n      # api_key: y\n", id="comment at its end"
        ),
        pytest.param("  - model_name: b\n    litellm_params: {\n      model: x/b,\n}\n", id="a bracket in column 0"),
        pytest.param(
            "  - model_name: b\n    litellm_params: {model: x/b}\n    t: |\n\n      # T\n\n      end\n", id="text"
        ),
        pytest.param(
            '  - model_name: "b"\n    litellm_params: {model: x/b}\n    t: "one\n      two"\n', id="quoted lines"
        ),
        pytest.param("  - &b\n    model_name: b\n    litellm_params: {model: x/b}\n", id="an anchor nobody uses"),
        pytest.param(
            "  - model_name: b\n    litellm_params: {model: x/b}\n  # deeper? no\n  #   x: 1\n", id="prose below"
        ),
        pytest.param(
            "  - model_name: b\n    litellm_params:\n      model: x/b\n    model_info:\n", id="null at its end"
        ),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(("above", "below"), [(A, Z + END), ("model_list:\n", ""), ("model_list:\n", END), (A, "")])
def test_disable_and_enable_give_the_same_bytes_back(entry: str, ending: str, above: str, below: str) -> None:
    text = (above + entry + below).replace("\n", ending)
    for whole in (text, text.removesuffix(ending)):
        off = disabled(whole, "b")
        assert off != whole
        assert disabled(off, "b") == off
        assert enabled(off, "b") == whole


def test_disable_writes_the_hash_at_the_indent_of_the_list() -> None:
    assert disabled(A + B + Z, "b") == (A + "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n" + Z)


@pytest.mark.parametrize(
    ("text", "line", "cause", "way_out"),
    [
        ("model_list: [{model_name: b, litellm_params: {model: x}}]\n", 1, "in brackets", "lines of its own"),
        (
            "x: &x\n  model_list: [{model_name: b, litellm_params: {model: x}}]\n<<: *x\n",
            1,
            "merge key",
            "write it out",
        ),
        (
            A + "  - model_name: b\n    litellm_params: &p {model: x/b}\nx: *p\n",
            5,
            "&p, which line 7 uses",
            "line 7 first",
        ),
        (
            INSIDE.replace("b", "c").replace(": a", ": b") + "    litellm_params: {model: x}\n",
            3,
            "c stands inside b",
            "move",
        ),
        (
            "x: 1\nmodel_list:\n  - model_name: b\n    litellm_params: {model: x/b}\n    t: one\n      two\n",
            6,
            "not clear",
            "",
        ),
        (
            'model_list:\n  - model_name: b\n    litellm_params: {model: x/b}\n    t: "one\n two"\n',
            2,
            "again as it is",
            "by hand",
        ),
    ],
)
def test_disable_refuses_with_file_line_cause_and_way_out(text: str, line: int, cause: str, way_out: str) -> None:
    with pytest.raises(EditRefused) as caught:
        disabled(text, "b")
    assert caught.value.message.startswith(f"{CONFIG}, line {line}: ")
    assert cause in caught.value.message
    assert way_out in (caught.value.hint or "")


REFERENCES = """\
router_settings:
  fallbacks: [{a: [b]}]
  model_group_alias: {b: a, best: b, hid: {model: b, hidden: true}}
litellm_settings:
  default_fallbacks: [b]
  context_window_fallbacks:
    - b: [a]
  model_alias_map:
    x: b
  cache_params: {namespace: b}
"""


def test_disabling_the_last_entry_of_a_name_warns_of_every_place_that_names_it() -> None:
    edited = model_edit.disable(A + B + REFERENCES, CONFIG, ["b"])
    assert edited.warnings == (
        (
            "b is still named by router_settings.fallbacks (line 9), router_settings.model_group_alias (line 10), "
            "litellm_settings.default_fallbacks (line 12), litellm_settings.context_window_fallbacks (line 14), "
            "litellm_settings.model_alias_map (line 16)"
        ),
    )
    assert model_edit.disable(A + B + B + REFERENCES, CONFIG, ["b@5"]).warnings == ()
    assert model_edit.disable(A + B + "x: b\n", CONFIG, ["b"]).warnings == ()


def test_the_fallbacks_of_the_disabled_entry_itself_are_no_reason_to_warn() -> None:
    own = "  - model_name: b\n    litellm_params: {model: x/b, fallbacks: [b]}\n"
    other = own.replace("name: b", "name: c")
    assert model_edit.disable(A + own, CONFIG, ["b"]).warnings == ()
    assert model_edit.disable(A + own + other, CONFIG, ["b"]).warnings == (
        "b is still named by litellm_params.fallbacks (line 8)",
    )


@pytest.mark.parametrize(
    ("text", "refs", "error", "message", "hint"),
    [
        (A, ["b"], UnknownModel, "no model entry b", "`hubctl models` lists"),
        (A.replace(": a", ": gpt-4"), ["gtp-4"], UnknownModel, "no model entry gtp-4", "did you mean gpt-4?"),
        (A + ALIAS, ["nick"], UnknownModel, "nick is an alias of a, and no model entry", "models enable a` is about"),
        (A, ["a@9"], UnknownModel, "no model entry a@9; a stands in line 2", ""),
        (A + C + C, ["b"], AmbiguousModel, "2 commented-out entries are called b", "b@5, b@7"),
        (A.replace("x/a", "[x"), ["a"], BadFile, "line 5", ""),
    ],
)
def test_what_is_not_one_entry_is_an_error(
    text: str, refs: list[str], error: type[HubError], message: str, hint: str
) -> None:
    with pytest.raises(error) as caught:
        enabled(text, *refs)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_a_line_picks_one_of_a_name() -> None:
    assert enabled(A + C + C, "b@7") == A + C + "  - model_name: b\n    litellm_params: {model: x/b}\n"
    with pytest.raises(AmbiguousModel, match="2 active entries are called b"):
        disabled(A + B + B, "b")
    assert (
        disabled(A + B + B, "b@5", "b@8") == A + 2 * "  # - model_name: b\n  #   litellm_params:\n  #     model: x/b\n"
    )


def test_an_exact_name_wins_over_a_name_with_a_line() -> None:
    text = A + C.replace(": b", ": gecko@7") + C.replace(": b", ": gecko")
    assert enabled(text, "gecko@7") == enabled(text, "gecko@7@5")
    assert "  - model_name: gecko@7\n" in enabled(text, "gecko@7")


@pytest.mark.parametrize("text", [A + "  - [\n" + C, "{{ range }}\n" + A + C, A.replace("  - ", "\t- ") + C])
def test_a_file_that_does_not_parse_is_never_edited(text: str) -> None:
    for edit in (model_edit.enable, model_edit.disable):
        with pytest.raises(BadFile):
            edit(text, CONFIG, ["b"])
    with pytest.raises(BadFile):
        model_edit.add(text, CONFIG, "n", "x/n")
