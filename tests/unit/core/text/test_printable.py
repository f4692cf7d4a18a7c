"""Text from outside on a terminal."""

import pytest

from hubctl.core.text.printable import printable

GONE = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("code", [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)])
def test_every_control_character_is_replaced(code: int) -> None:
    assert printable(f"a{chr(code)}b") == f"a{GONE}b"


@pytest.mark.parametrize("text", ["", "plain", "tab\there", "two\nlines", "é 模型 🦙", "~", "\xa0"])
def test_text_is_left_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize("sequence", ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x1b]8;;http://evil\x1b\\", "a\rb"])
def test_no_sequence_that_steers_a_terminal_survives(sequence: str) -> None:
    assert not set(printable(sequence)) & {"\x1b", "\x9b", "\x07", "\r"}
