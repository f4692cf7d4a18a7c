"""The statements of an env file, cut as Docker Compose cuts them, before anything is put into their values.

Source: compose-go's `dotenv` package; each rule was checked with `docker compose config` 2.26 (see the engine test).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Kind = Literal["alone", "bare", "single", "double", "refused"]

UNCLOSED = "the quote is not closed"

_BETWEEN = re.compile(r"(?:\s++|#[^\n]*+)*+")
# `export` counts where a name follows, or a line's end. No part gives back what it took: blanks may be millions.
_NAME = re.compile(
    r"(?:export(?:\s++(?=[^=:\n]*+[=:\n])|\s+(?=\n)))?+(?P<name>[^=:\n]*+)(?P<end>[=:\n])",
)
_GOOD_NAME = re.compile(r"[\w.\-\[\]]+")
_VALUE = re.compile(
    r"[\t\v\f\r \x85\xa0]*+"
    r"(?:'(?P<single>(?:[^'\\]++|\\.)*+)'"
    r'|"(?P<double>(?:[^"\\]++|\\.)*+)"'
    r"|(?!['\"])(?P<bare>[^\n]*))",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(0\d{0,3}|.)", re.DOTALL)
_ESCAPED = {**dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)), '"': '"', "\\": "\\", "$": "$$"}
_OCTAL = re.compile(r"0[0-3][0-7]{2}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as written: `text[start:start + len(raw)]` is `raw`, from its name to the end of its value.

    `value` is what stands between the quotes or behind the sign, not expanded. A refused one has a `reason` and ends
    with its first line, where reading goes on (Compose would stop there).
    """

    line: int
    start: int
    raw: str = field(repr=False)
    kind: Kind
    name: str = field(default="", repr=False)
    value: str = field(default="", repr=False)
    reason: str = ""

    @property
    def name_at(self) -> tuple[int, int]:
        """Where the name begins and ends in the text."""
        end = self.start + len(re.split("[=:]", self.raw, maxsplit=1)[0].rstrip())
        return end - len(self.name), end

    @property
    def value_at(self) -> tuple[int, int]:
        """Where the value begins and ends in the text: with its quotes, without a comment behind it."""
        end = self.start + len(self.raw)
        if self.kind in ("single", "double"):
            return end - len(self.value) - 2, end
        start = end - len(self.value)
        return start, start + len(self.value.split(" #", 1)[0].rstrip())


# A hub's files are read for its keys, for each of its services, and to judge them: a text is cut once. It is found by
# the whole text, so that an edit is seen at once.
@lru_cache(maxsize=8)
def statements(text: str) -> tuple[Statement, ...]:
    """Cut the text into statements, comments and blank lines left out."""
    return tuple(_statements(text))


def unquoted(statement: Statement) -> str:
    """What a value says before its variables are put in."""
    if statement.kind == "double":
        return _ESCAPE.sub(_unescaped, statement.value)
    return statement.value.split(" #", 1)[0].rstrip()


def _statements(text: str) -> Iterator[Statement]:
    line, counted = 1, 0
    position = 1 if text.startswith("\ufeff") else 0
    while (start := _end(_BETWEEN.match(text, position))) < len(text):
        line += text.count("\n", counted, start)
        counted = start
        statement = _statement(text, start, line)
        yield statement
        position = start + len(statement.raw)


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _statement(text: str, start: int, line: int) -> Statement:
    name = _NAME.match(text, start)
    reason = _name_problem(name)
    value = _VALUE.match(text, name.end()) if name else None
    if reason or name is None or value is None:
        reason = reason or UNCLOSED
        end = text.find("\n", start)
        return Statement(line, start, text[start : end if end >= 0 else None], "refused", reason=reason)
    word = name["name"].strip()
    if name["end"] == "\n":
        return Statement(line, start, text[start : name.end("name")], "alone", word)
    raw = text[start : value.end()]
    if value["single"] is not None:
        return Statement(line, start, raw, "single", word, value["single"])
    if value["double"] is not None:
        return Statement(line, start, raw, "double", word, value["double"])
    return Statement(line, start, raw, "bare", word, value["bare"])


def _name_problem(name: re.Match[str] | None) -> str:
    """Why Compose, or the engine after it, refuses the name; empty if it does not."""
    if name is None:
        # Compose 2.26 takes it for the value of a variable without a name, which the engine then refuses.
        return "a name without `=` at the end of the file"
    word = name["name"].strip()
    if _GOOD_NAME.fullmatch(word):
        return ""
    if not word:
        return "a name is missing before `=`"
    if any(character.isspace() for character in word):
        return "a name cannot contain a space"
    return "a name can only have letters, digits and `_ . - [ ]`"


def _unescaped(escape: re.Match[str]) -> str:
    character: str = escape[1]
    if _OCTAL.fullmatch(character):
        return chr(int(character, 8))
    if character.startswith("0"):
        return "\\" + character[1:]  # Compose drops the zero and keeps what it cannot use
    return _ESCAPED.get(character, escape[0])
