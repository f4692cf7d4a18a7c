"""Env files as Docker Compose reads them, which is not how python-dotenv, a shell or `docker run --env-file` do.

Source: compose-go's `dotenv` package; each rule was checked with `docker compose config` 2.26 (see the engine test).
"""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hubctl.core.text.interpolation import interpolate, refers

Kind = Literal["alone", "bare", "single", "double", "refused"]

UNCLOSED = "the quote is not closed"

_BETWEEN = re.compile(r"(?:\s|#[^\n]*)*+")
_NAME = re.compile(r"(?:export\s+)?(?P<name>[^=:\n]*)(?P<end>[=:\n])")
_GOOD_NAME = re.compile(r"[\w.\-\[\]]+")
_VALUE = re.compile(
    r"[\t\v\f\r \x85\xa0]*+"
    r"(?:'(?P<single>(?:[^'\\]|\\.)*+)'"
    r'|"(?P<double>(?:[^"\\]|\\.)*+)"'
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


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable that the file sets; `line` (from 1) is where it starts. Without `=` the value is null."""

    name: str
    value: str | None = field(repr=False)
    line: int
    statement: Statement = field(repr=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """What makes Compose refuse the file, and with it every command on the project. Never shows a value.

    It stands in the text between the offsets `at`.
    """

    line: int
    message: str
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class EnvText:
    """What an env file says. `inherited` has the caller's values for the names that stand alone."""

    assignments: tuple[Assignment, ...]
    problems: tuple[Problem, ...]
    inherited: Mapping[str, str] = field(default_factory=dict, repr=False)

    def values(self) -> dict[str, str]:
        """Name -> value as the container gets it: the last assignment counts; a name alone needs the caller's value."""
        found: dict[str, str] = {}
        for assignment in self.assignments:
            value = self.inherited.get(assignment.name) if assignment.value is None else assignment.value
            if value is not None:
                found[assignment.name] = value
        return found


def read(text: str, variables: Mapping[str, str]) -> EnvText:
    """Read an env file's text, with values expanded as Compose does.

    `variables` is what goes before the file's own earlier lines when a value says `$X`, and what a name without `=`
    takes its value from. Compose 2.26 looks up, in this order: the earlier files of the same service's `env_file`, the
    shell's environment, the project's `.env`, then the earlier lines of the same file; never the service's own
    `environment:`. So pass `{**dotenv, **shell, **earlier_files}` for an `env_file`, and the shell's for `.env`.
    """
    own: dict[str, str] = {}
    lookup = ChainMap({**variables}, own)
    assignments: list[Assignment] = []
    problems: list[Problem] = []
    for statement in statements(text):
        if statement.kind == "refused":
            end = statement.start + len(statement.raw.split(" #", 1)[0])
            problems.append(Problem(statement.line, statement.reason, (statement.start, end)))
            continue
        value, reason = _expanded(statement, lookup)
        assignments.append(Assignment(statement.name, value, statement.line, statement))
        if reason:
            problems.append(Problem(statement.line, reason, statement.value_at))
        if value is not None:
            own[statement.name] = value
    alone = {a.name: variables[a.name] for a in assignments if a.value is None and a.name in variables}
    return EnvText(tuple(assignments), tuple(problems), alone)


def quoted(value: str) -> str:
    """Write a value so that Compose reads it back exactly. It has to be of one line."""
    return value if re.fullmatch(r"[A-Za-z0-9_./:+=@,%-]+", value) else single_quoted(value)


def single_quoted(value: str) -> str:
    """Write a value between single quotes, or double ones where it holds a backslash, which single ones lack."""
    return double_quoted(value) if "\\" in value else "'" + value.replace("'", r"\'") + "'"


def double_quoted(value: str) -> str:
    """Write a value between double quotes."""
    return '"' + re.sub(r'([\\"$])', r"\\\1", value) + '"'


def literal(statement: Statement) -> str | None:
    """Give the value that a statement has whatever the variables; null if it needs any, or has no value."""
    if statement.kind in ("alone", "refused"):
        return None
    if statement.kind != "single" and refers(_unquoted(statement)):
        return None
    return _expanded(statement, {})[0]


def statements(text: str) -> Iterator[Statement]:
    """Cut the text into statements, comments and blank lines left out."""
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
    if not word:
        return "a name is missing before `=`"
    if any(character.isspace() for character in word):
        return "a name cannot contain a space"
    if not _GOOD_NAME.fullmatch(word):
        return "a name can only have letters, digits and `_ . - [ ]`"
    return ""


def _expanded(statement: Statement, variables: Mapping[str, str]) -> tuple[str | None, str]:
    """The value as the container gets it, and why Compose refuses it (empty if it does not)."""
    match statement.kind:
        case "alone":
            return None, ""
        case "single":
            return statement.value.replace("\\'", "'"), ""
    result = interpolate(_unquoted(statement), variables)
    if result.broken:
        return result.text, "`${` does not begin a variable that Compose can read; a literal dollar is `$$`"
    return result.text, "a variable that the value requires is not set" if result.missing else ""


def _unquoted(statement: Statement) -> str:
    """What a value says before its variables are put in."""
    if statement.kind == "double":
        return _ESCAPE.sub(_unescaped, statement.value)
    return statement.value.split(" #", 1)[0].rstrip()


def _unescaped(escape: re.Match[str]) -> str:
    character: str = escape[1]
    if _OCTAL.fullmatch(character):
        return chr(int(character, 8))
    if character.startswith("0"):
        return "\\" + character[1:]  # Compose drops the zero and keeps what it cannot use
    return _ESCAPED.get(character, escape[0])
