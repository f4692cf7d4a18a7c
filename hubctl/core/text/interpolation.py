"""Variables in Compose's texts: `$NAME`, `${NAME:-default}` and the like, the same in compose files and env files.

Source: compose-go's `template` package; each rule was checked with `docker compose config` 2.26.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_REFERENCE = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<brace>\{))")
_NAMED = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<operator>:?[-+?])(?P<word>.*))?")
_BRACE_OR_END = re.compile(r"[{}\n]")
_DEEPEST = 20
# Linux starts no program with a longer variable; values that repeat each other would grow without end.
LONGEST = 128 * 1024 - 1


@dataclass(frozen=True, slots=True)
class Interpolated:
    """A text with its variables put in.

    `unset` names variables without a value (read as empty), `missing` those that `${NAME:?}` requires. `broken` is true
    when Compose refuses the text; from the refused place on it is then left as written. So it is from where a text
    that variables make longer than LONGEST characters was `cut`.
    """

    text: str = field(repr=False)
    unset: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    broken: bool = False
    cut: bool = False


def interpolate(value: str, variables: Mapping[str, str]) -> Interpolated:
    """Put `variables` into `value`: `$V ${V} ${V:-d} ${V-d} ${V:?e} ${V?e} ${V:+r} ${V+r}`, nested, and `$$` for `$`.

    A default that is not used is not looked at (Compose warns about unset variables there too).
    """
    if "$" not in value:
        return Interpolated(value)
    expander = _Expander(variables)
    text = expander.expand(value)
    return Interpolated(text, tuple(expander.unset), tuple(expander.missing), expander.broken, expander.cut)


def refers(value: str) -> bool:
    """Whether a variable goes into the value; `$$` is only a dollar."""
    return any(not reference["dollar"] for reference in _REFERENCE.finditer(value))


def names(value: str) -> list[str]:
    """The variables that may go into the value, in its defaults too."""
    return _NAMED.findall(value) if "$" in value else []


class _Expander:
    """One run over one text; collects what was wrong with it (dictionaries as ordered sets)."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.unset: dict[str, None] = {}
        self.missing: dict[str, None] = {}
        self.broken = False
        self._variables = variables
        self._length = 0

    @property
    def cut(self) -> bool:
        """Whether more was put in than a variable can hold."""
        return self._length > LONGEST

    def expand(self, value: str, depth: int = 0) -> str:
        parts: list[str] = []
        position = 0
        while not self.cut and (reference := _REFERENCE.search(value, position)):
            parts.append(value[position : reference.start()])
            position = reference.end()
            if reference["dollar"]:
                parts.append("$")
            elif name := reference["name"]:
                parts.append(self._value(name))
            else:
                end = _closing_brace(value, position)
                inside = _INSIDE.fullmatch(value, position, end) if end >= 0 else None
                if inside is None or depth > _DEEPEST:
                    self.broken = True
                    position = reference.start()
                    break
                parts.append(self._braced(inside, depth))
                position = end + 1
        return "".join([*parts, value[position:]])

    def _value(self, name: str) -> str:
        if name not in self._variables:
            self.unset[name] = None
        return self._put_in(self._variables.get(name, ""))

    def _put_in(self, value: str) -> str:
        self._length += len(value)
        return "" if self.cut else value

    def _braced(self, inside: re.Match[str], depth: int) -> str:
        name, operator = inside["name"], inside["operator"] or ""
        value = self._variables.get(name)
        is_there = bool(value) if operator.startswith(":") else value is not None
        match operator[-1:]:
            case "-" if not is_there:
                return self.expand(inside["word"], depth + 1)
            case "+":
                return self.expand(inside["word"], depth + 1) if is_there else ""
            case "?" if not is_there:
                self.missing[name] = None
                return ""
            case "":
                return self._value(name)
        return self._put_in(value or "")


def _closing_brace(value: str, start: int) -> int:
    """Where the brace opened before `start` is closed on that line: balanced, else the line's last brace, else -1."""
    is_open, last = 1, -1
    for brace in _BRACE_OR_END.finditer(value, start):
        if brace[0] == "\n":
            break
        is_open += 1 if brace[0] == "{" else -1
        last = brace.start() if brace[0] == "}" else last
        if not is_open:
            break
    return last
