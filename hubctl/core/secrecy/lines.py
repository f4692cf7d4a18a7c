"""The lines of a file of the hub without what stands in places of secrets: for diffs, which show single lines."""

from collections.abc import Iterator

from hubctl.core.secrecy import places, shapes


def shown(lines: list[str]) -> list[str]:
    """Give the lines of a config; there are as many as before, also where a secret spans several."""
    text = "\n".join(lines)
    return shapes.cut(text, _by_line(text, places.in_file(text))).split("\n")


def _by_line(text: str, spans: Iterator[places.Span]) -> Iterator[places.Span]:
    for start, end in spans:
        at = start
        for part in text[start:end].split("\n"):
            if word := part.strip():
                first = at + part.index(word)
                yield first, first + len(word)
            at += len(part) + 1
