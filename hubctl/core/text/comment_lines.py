"""The lines of an entry that is commented out: collected, and with and without their hashes. No I/O.

The text behind the `#` is read as if the hashes were blanks. What makes a line part of an entry is how far its content
stands to the right of the entry's dash, not where its hash stands: that holds for every style people use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"(?P<indent>[ \t]*)(?P<hashes>#+)[ \t]*")
_ITEM = re.compile(r"""-(?:[ \t]+(?:[{&]|["']?[\w.-]+["']?[ \t]*:)|\s*$)""")
_FIELD = re.compile(r"""(?:-[ \t]+\S|(["']?)[\w.-]+\1[ \t]*:(?:\s|$))""")
_ENTRY = re.compile(r"""-[ \t]+(?:\{[ \t]*)?(["']?)(?:model_name|litellm_params|model_info)\1[ \t]*:""")
_NO_HASH = -1


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it would be without its hash, and where the hash stands: nowhere in a blank line."""

    column: int
    hash_column: int
    content: str

    @property
    def bare(self) -> bool:
        """Whether nothing stands behind the hash, or on the line."""
        return not self.content.strip()

    @property
    def blank(self) -> bool:
        """Whether it is no comment, but a line with nothing on it."""
        return self.hash_column == _NO_HASH

    @property
    def field(self) -> bool:
        """Whether it looks like a key with its value, or like an item of a list."""
        return _FIELD.match(self.content) is not None

    @property
    def entry(self) -> bool:
        """Whether it looks like the first line of a model entry."""
        return _ENTRY.match(self.content) is not None

    @property
    def nested(self) -> bool:
        """Whether it was a comment already before the entry was commented out."""
        return self.content.startswith("#")

    def placed(self, shift: int) -> str:
        """The line with its content moved by so many columns; behind a bare hash it is what stands there."""
        return self.content if self.bare else " " * max(self.column + shift, 0) + self.content


def begin(text: str) -> Line | None:
    """The line without its hash when an entry may begin on it."""
    comment = _COMMENT.match(text)
    if comment is None or not _ITEM.match(text, comment.end()):
        return None
    return Line(comment.end(), comment.end("indent"), text[comment.end() :])


def collect(lines: Sequence[str], start: int, first: Line) -> list[Line]:
    """Collect what can belong to the entry that begins here, without the hashes.

    That is every line whose content is deeper than the dash, comments within the comment, bare hashes, and blank lines
    when a field of the entry follows them.
    """
    hashes = len(lines[start][first.hash_column : first.column].rstrip(" \t"))
    comment_lead = re.compile(rf"(?P<indent>[ \t]*)#{{1,{hashes}}}[ \t]*")
    block, end, after_blank = [first], 1, False
    for index in range(start + 1, len(lines)):
        text = lines[index]
        if not text.strip():
            block.append(Line(0, _NO_HASH, text))
            after_blank = True
            continue
        comment = comment_lead.match(text)
        if comment is None:
            break
        line = Line(comment.end(), comment.end("indent"), text[comment.end() :])
        if line.bare:
            block.append(Line(0, line.hash_column, text[comment.end("indent") + 1 :]))
            continue
        if line.column <= first.column and not line.nested and line.content[0] not in "]}":
            break
        if after_blank and (line.entry or not line.field or line.hash_column < first.hash_column):
            break
        after_blank = False
        block.append(line)
        end = len(block) if line.column > first.column or not line.nested else end
    return block[:end]


def commented(lines: Sequence[str], dash: int) -> list[str]:
    """Comment out the lines of an entry with its dash in column `dash`.

    Every content moves two columns to the right, so that blanking the hashes gives the same bytes back.
    """
    return [_hashed(line, dash) for line in lines]


def _hashed(line: str, dash: int) -> str:
    if not line.strip():
        return " " * dash + "#" + line
    at = min(len(line) - len(line.lstrip(" \t")), dash)
    return f"{line[:at]}# {line[at:]}"
