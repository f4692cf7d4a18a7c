"""Whatever a config looks like: an edit changes exactly one entry, keeps all other bytes, and can be taken back."""

from collections.abc import Sequence
from pathlib import Path

import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from hubctl.core.models import edit as model_edit
from hubctl.core.models import model_list
from hubctl.core.models.model_list import ModelEntry
from hubctl.errors import EditRefused, HubError

CONFIG = Path("config.yaml")
NAMES = st.from_regex(r"[a-z][a-z0-9.:@-]{0,8}[a-z]", fullmatch=True)
PROSE = [
    "",
    "# Prose: see below.",
    "  # - a list in prose",
    "# ---- more ----",
    "  # # twice",
    "  #",
    " ",
    "  # model_name (x)",
]
STYLES = ["  # ", "  #", "# ", "#  ", " # ", "  #   ", "## ", "#\t"]
SETTINGS = "x-shared: &shared\n  timeout: 5\n"


@st.composite
def bodies(draw: st.DrawFn, name: str) -> list[str]:
    """The lines of an entry, its dash in column 0."""
    head, model = draw(st.sampled_from([f"- model_name: {name}", f"- model_name: '{name}'  # why"])), f"x/{name}"
    body = draw(
        st.sampled_from(
            [
                [head, "  litellm_params:", f"    model: {model}"],
                [head, f"  litellm_params: {{model: {model}, rpm: 1.0}}"],
                [f"- {{model_name: {name}, litellm_params: {{model: {model}}}}}"],
                ["-", f"  model_name: {name}", f"  litellm_params: {{model: {model}}}"],
                ["- litellm_params:", f"    model: {model}", "    tags: [a,", "      b]", f"  model_name: {name}"],
                [head, "  litellm_params:", f"      model: {model}", "      <<: *shared"],
                [
                    head,
                    "  litellm_params:",
                    f"    model: {model}",
                    "    prompt: |",
                    "      # Title",
                    "",
                    "      - text",
                ],
                [head, f"  litellm_params: {{model: {model}}}", "  models:", "  - model_name: in", "    on: yes"],
            ]
        )
    )
    for comment in draw(st.lists(st.sampled_from(["    # inside", "    #rpm: 4", "  # - not"]), max_size=2)):
        body.insert(draw(st.integers(1, len(body))), comment)
    return body


@st.composite
def configs(draw: st.DrawFn) -> str:
    indent = draw(st.sampled_from(["", "  ", "   "]))
    lines = [*SETTINGS.splitlines(), "model_list:"]
    for name in draw(st.lists(NAMES, max_size=5)):
        lines += draw(st.lists(st.sampled_from(PROSE), max_size=2))
        lead = draw(st.one_of(st.just(indent), st.sampled_from([*STYLES, "staircase"])))
        for line in draw(bodies(name)):
            stairs = indent + " " * (len(line) - len(line.lstrip())) + "# " + line.lstrip()
            lines.append(stairs if lead == "staircase" else lead + line)
    lines += draw(st.lists(st.sampled_from(PROSE), max_size=2))
    lines += draw(st.sampled_from([[], ["router_settings:", "  # - commented", "  num_retries: 2"]]))
    text = draw(st.sampled_from(["\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))
    assume(parses(text))  # a comment may stand in the middle of a text
    return text


def parses(text: str) -> bool:
    try:
        yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    return True


def data(text: str) -> tuple[list[object], str]:
    loaded = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded.pop("model_list") or [], repr(loaded)


def listed(text: str) -> Sequence[ModelEntry]:
    return model_list.read(text, CONFIG).entries


def pieces(text: str) -> list[str]:
    return text.split("\n")


def assert_one_more(fewer: str, more: str, name: str) -> None:
    """`more` has one entry more than `fewer`, and no other difference in its data."""
    (few, rest), (many, same_rest) = data(fewer), data(more)
    assert rest == same_rest
    assert len(many) == len(few) + 1
    ones = [entry for index, entry in enumerate(many) if repr(many[:index] + many[index + 1 :]) == repr(few)]
    assert any(
        isinstance(one, dict) and one["model_name"] == name and one["litellm_params"]["model"] == f"x/{name}"
        for one in ones
    )


def assert_own_lines(before: str, after: str, line: int, others: Sequence[ModelEntry]) -> None:
    """The lines that differ begin where the entry does and end before the next one."""
    changed = [
        number for number, pair in enumerate(zip(pieces(before), pieces(after), strict=True), 1) if pair[0] != pair[1]
    ]
    following = min((other.line for other in others if other.line > line), default=len(pieces(before)) + 1)
    assert changed[0] == line
    assert changed[-1] < following


@given(configs())
def test_enabling_adds_exactly_the_entry_and_twice_is_once(text: str) -> None:
    for entry in (entry for entry in listed(text) if entry.state == "disabled"):
        try:
            after = model_edit.enable(text, CONFIG, [entry]).text
        except EditRefused as error:
            assert error.hint  # noqa: PT017 - most can be enabled
            continue
        assert_one_more(text, after, entry.name)
        assert_own_lines(text, after, entry.line, listed(text))
        now = next(other for other in listed(after) if other.line == entry.line)
        assert model_edit.enable(after, CONFIG, [now]).text == after


@given(configs())
def test_disabling_takes_exactly_the_entry_and_enabling_gives_the_bytes_back(text: str) -> None:
    for entry in (entry for entry in listed(text) if entry.state != "disabled"):
        try:
            off = model_edit.disable(text, CONFIG, [entry]).text
        except EditRefused as error:
            assert error.hint  # noqa: PT017 - most can be disabled
            continue
        assert_one_more(off, text, entry.name)
        assert_own_lines(text, off, entry.line, listed(text))
        now = next(other for other in listed(off) if other.line == entry.line)
        assert model_edit.enable(off, CONFIG, [now]).text == text
        assert model_edit.disable(off, CONFIG, [now]).text == off


@given(configs())
def test_all_that_can_be_enabled_one_after_another_can_be_enabled_at_once(text: str) -> None:
    one_by_one, done = text, []
    for entry in [entry for entry in listed(text) if entry.state == "disabled"]:
        try:
            one_by_one = model_edit.enable(one_by_one, CONFIG, [entry]).text
            done.append(entry)
        except EditRefused:
            continue
    assert model_edit.enable(text, CONFIG, done).text == one_by_one
    assert len(data(one_by_one)[0]) == len(data(text)[0]) + len(done)


@given(configs(), NAMES, st.text(min_size=1))
def test_adding_appends_exactly_one_entry_or_refuses(text: str, name: str, target: str) -> None:
    try:
        edited = model_edit.add(text, CONFIG, name, target)
    except HubError:
        return
    if not edited.entries:
        return
    (entries, rest), (more, same_rest) = data(text), data(edited.text)
    assert (repr(more[:-1]), same_rest) == (repr(entries), rest)
    assert more[-1] == {"model_name": name, "litellm_params": {"model": target}}
    assert [line.strip() for line in pieces(text) if line.strip()] == [
        line.strip()
        for number, line in enumerate(pieces(edited.text), 1)
        if line.strip() and not edited.entries[0].line <= number <= edited.entries[0].line + 2
    ]


@given(st.text(st.sampled_from("-#: \n\r\tab*&|>{}[]'\"model_name")), st.sampled_from(["a", "b@2"]))
def test_any_text_is_edited_or_refused_with_a_clear_error(text: str, ref: str) -> None:
    for edit in (model_edit.enable, model_edit.disable):
        try:
            edit(text, CONFIG, [ref])
        except HubError as error:
            assert error.message  # noqa: PT017 - nothing of this can be edited
