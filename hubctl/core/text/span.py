"""Places in a text: offsets become lines and columns, as editors, SARIF and GitHub count them. No I/O."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

_BYTE_ORDER_MARK = "\ufeff"
# A comment behind something; quotes are not looked at, since a whole line is asked for where they may not be closed.
_COMMENT = re.compile(r"(?<=\S)\s+#.*")


@dataclass(frozen=True, slots=True)
class Span:
    """What stands between two places of a text. It holds numbers alone, so it never shows a secret.

    Lines and columns count from 1, columns in characters, and `end_column` is the first one behind the span, as in
    SARIF. Only a line feed ends a line, and a byte order mark is no column: editors do not show it.
    """

    line: int
    column: int
    end_line: int
    end_column: int


def located(file: object, line: int | None, column: int | None) -> str:
    """Name a place as editors and terminals take it: `file:line:column`, as far as it is known."""
    return ":".join(f"{part}" for part in (file, line, column) if part is not None)


class Lines:
    """A text that knows where its lines begin.

    `indent` is how far its lines are indented in the file around it, where it was taken out of one.
    """

    def __init__(self, text: str, indent: int = 0) -> None:
        self.text = text
        self._indent = indent
        self._mark = int(text.startswith(_BYTE_ORDER_MARK))

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins."""
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))][:-1]

    def span(self, start: int, end: int) -> Span:
        """Give the span between two offsets, without the blanks around it; that of its line where nothing is left."""
        found = self.text[start:end]
        first, last = start + len(found) - len(found.lstrip()), start + len(found.rstrip())
        if first >= last:
            return self.line(self.place(start)[0])
        return Span(*self.place(first), *self.place(last))

    def between(self, start: Any, end: Any) -> Span:
        """Give the span between two marks of PyYAML."""
        return self.span(*self.offsets(start, end))

    def offsets(self, start: Any, end: Any) -> tuple[int, int]:
        """Give the offsets of two marks of PyYAML, which do not count a byte order mark."""
        return start.index + self._mark, end.index + self._mark

    def first(self, character: int) -> tuple[int, int]:
        """Give line and column of the first character of a code: one that YAML allows nowhere, so it is the one meant.

        Its readers tell where they met it, one of them in bytes and the other in characters.
        """
        return self.place(max(self.text.find(chr(character), self._mark), 0))

    def line(self, number: int) -> Span:
        """Give the span of a line without indentation and comment; an empty one where the line is blank."""
        start = self._starts[min(number, len(self._starts)) - 1] + (self._mark if number == 1 else 0)
        end = self.text.find("\n", start)
        whole = self.text[start : end if end >= 0 else None] if number <= len(self._starts) else ""
        content = _COMMENT.sub("", whole.strip())
        if not content:
            return Span(number, 1, number, 1)
        first = start + len(whole) - len(whole.lstrip())
        return Span(*self.place(first), *self.place(first + len(content)))

    def place(self, offset: int) -> tuple[int, int]:
        """Give line and column of an offset."""
        line = bisect_right(self._starts, offset)
        column = offset - self._starts[line - 1] + 1 + self._indent
        return line, column - self._mark if line == 1 else column

    def before(self, offset: int) -> int:
        """How many characters of its line stand before an offset."""
        return offset - self._starts[bisect_right(self._starts, offset) - 1]
