"""The page of the models, for wide and narrow terminals."""

from pathlib import Path

import pytest
from rich.console import Console

from hubctl.operations.models.listing import Model, Models
from hubctl.render import render

KNOWN = {
    "good": ("yes", "answered 3 min ago"),
    "bad": ("no", "failed just now: the provider refuses the key"),
    "new": ("unknown", "never tested: `hubctl test-model` does"),
}
PLACE = ("active", 4, "ollama", "ollama/x", None, None, None, None, None)
RESULT = Models(
    Path("config.yaml"),
    tuple(
        Model(name, *PLACE, demo=False, usable=usable, reason=reason)  # type: ignore[arg-type]
        for name, (usable, reason) in KNOWN.items()
    ),
    (),
)


def shown(width: int) -> list[str]:
    console = Console(width=width, color_system=None)
    with console.capture() as text:
        console.print(render(RESULT))
    return [line.strip() for line in text.get().splitlines()]


@pytest.mark.parametrize("width", [60, 80])
def test_an_ordinary_terminal_shows_what_is_usable(width: int) -> None:
    head, *lines = shown(width)
    rows, left_out = lines[:3], " ".join(lines[3:])
    assert head.endswith("USABLE")
    assert [row.split()[-1] for row in rows] == ["yes", "no", "unknown"]
    assert left_out.startswith("no room for TARGET, ")
    assert left_out.endswith("TESTED: a wider terminal or `--json` shows this")


def test_a_wide_one_shows_what_that_rests_on() -> None:
    head, *rows = shown(160)
    assert head.endswith("TESTED")
    assert [row.endswith(reason) for row, (_, reason) in zip(rows, KNOWN.values(), strict=True)] == [True] * 3
