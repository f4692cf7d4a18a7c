"""Listing never crashes, and what it says of a line is in that line."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hubctl.core.models import model_list
from hubctl.errors import BadFile

CONFIG = Path("config.yaml")
TOKENS = ["model_list", "model_name", "litellm_params", "model", ":", "-", "#", " ", "  ", "\n", "\n  ", "\r\n", "\t"]
TOKENS += [
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    "<<",
    "|",
    ">",
    "'",
    '"',
    "!!int",
    "---",
    "x",
    "ollama/x",
    "1",
    "~",
    "router_settings",
]
NAMES = st.from_regex(r"[a-z][a-z0-9.:-]{0,8}[a-z0-9]", fullmatch=True)


@given(st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.sampled_from(TOKENS)).map("".join)))
def test_any_text_is_listed_or_is_a_bad_file(text: str) -> None:
    try:
        listed = model_list.read(text, CONFIG)
    except BadFile as error:
        assert error.message.startswith("config.yaml")  # noqa: PT017 - most texts are good, most others are not
    else:
        assert all(entry.line >= 1 for entry in listed.entries)


@st.composite
def configs(draw: st.DrawFn) -> tuple[str, list[tuple[str, str, int]]]:
    """A config and what is to be listed of it."""
    lines = [
        *draw(st.lists(st.sampled_from(["", "# prose", "x-other: 1 # -"]), max_size=3, unique=True)),
        "model_list:",
    ]
    expected = []
    for name in draw(st.lists(NAMES, max_size=6)):
        lines += draw(st.lists(st.sampled_from(["", "  # Prose: see below.", "# ---- more ----"]), max_size=3))
        lead = draw(st.sampled_from(["  ", "  # ", "  #", "# ", "#  ", " # "]))
        expected.append((name, "disabled" if "#" in lead else "active", len(lines) + 1))
        entry = draw(
            st.sampled_from(
                [
                    [f"- model_name: {name}", "  litellm_params:", "    model: x/y"],
                    [f"- model_name: '{name}'  # why", "  litellm_params: {model: x/y}"],
                    ["- litellm_params:", "    model: x/y", "    tags: [a, b]", f"  model_name: {name}"],
                ]
            )
        )
        lines += [lead + line for line in entry]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines), expected


@given(configs())
def test_every_entry_is_listed_once_with_its_own_line(config: tuple[str, list[tuple[str, str, int]]]) -> None:
    text, expected = config
    listed = model_list.read(text, CONFIG).entries
    assert [(entry.name, entry.state, entry.line) for entry in listed] == expected
