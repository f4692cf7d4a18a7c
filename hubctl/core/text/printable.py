"""Text from logs, models and servers, made harmless for a terminal."""

import re

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """Replace what could steer a terminal: control characters and escape sequences' first byte."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
