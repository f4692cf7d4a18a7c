"""Env files as Docker Compose reads them, which is not how python-dotenv, a shell or `docker run --env-file` do.

Source: compose-go's `dotenv` package; each rule was checked with `docker compose config` 2.26 (see the engine test).
"""

import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from hubctl.core.text.env_statements import Statement, statements, unquoted
from hubctl.core.text.interpolation import LONGEST, interpolate, names, refers

_TOO_LONG = f"the value is longer than {(LONGEST + 1) // 1024} KiB, the most that Linux gives a program in one variable"
# No env file may be larger (`disk.LIMIT_BYTES`), and no variables may make it so.
_MOST_PUT_IN = 8_000_000
_TOO_MUCH = "from here on, variables make the values of this file longer than 8 MB"


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
    given = {name: variables[name] for name in _named(text) if name in variables}
    return _read(text, tuple(given.items()))


@lru_cache(maxsize=8)
def _named(text: str) -> tuple[str, ...]:
    """The variables that a text takes from elsewhere, if they are there."""
    found: dict[str, None] = {}
    for each in statements(text):
        if each.kind == "alone":
            found[each.name] = None
        elif each.kind in ("bare", "double") and len(each.value) <= LONGEST:
            found |= dict.fromkeys(names(unquoted(each)))
    return tuple(found)


@lru_cache(maxsize=8)
def _read(text: str, given: tuple[tuple[str, str], ...]) -> EnvText:
    variables, own = dict(given), dict[str, str]()
    lookup: Mapping[str, str] = ChainMap(variables, own)
    assignments: list[Assignment] = []
    problems: list[Problem] = []
    left = _MOST_PUT_IN
    for statement in statements(text):
        if statement.kind == "refused":
            end = statement.start + len(statement.raw.split(" #", 1)[0])
            problems.append(Problem(statement.line, statement.reason, (statement.start, end)))
            continue
        value, reason = _expanded(statement, lookup if left >= 0 else {})
        if value is not None:
            own[statement.name] = value
            is_last, left = left >= 0, left - max(len(value) - len(statement.value), 0)
            reason = _TOO_MUCH if is_last and left < 0 else reason
        assignments.append(Assignment(statement.name, value, statement.line, statement))
        if reason:
            problems.append(Problem(statement.line, reason, statement.value_at))
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
    if statement.kind != "single" and refers(unquoted(statement)):
        return None
    return _expanded(statement, {})[0]


def _expanded(statement: Statement, variables: Mapping[str, str]) -> tuple[str | None, str]:
    """The value as the container gets it, and why Compose or Linux refuses it (empty if neither does)."""
    if statement.kind == "alone":
        return None, ""
    if len(statement.value) > LONGEST:
        return statement.value, _TOO_LONG
    if statement.kind == "single":
        return statement.value.replace("\\'", "'"), ""
    result = interpolate(unquoted(statement), variables)
    if result.cut or len(result.text) > LONGEST:
        return "", _TOO_LONG
    if result.broken:
        return result.text, "`${` does not begin a variable that Compose can read; a literal dollar is `$$`"
    return result.text, "a variable that the value requires is not set" if result.missing else ""
