"""One variable of an env file set, replaced or removed, text to text; everything else keeps its bytes.

Every edit is read again as Docker Compose reads it. What would change more or less than was asked for is refused.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from hubctl.core.text.env_statements import UNCLOSED, Statement, statements
from hubctl.core.text.env_text import double_quoted, literal, quoted, single_quoted
from hubctl.errors import EditRefused

_BOM = "\ufeff"
# Where a bare value ends for whoever reads the file: Compose itself takes a tab before the hash for a part of it.
_TAIL = re.compile(r"[ \t]+#|\s*\Z")
_UNWRITABLE = re.compile(r"[\r\n\0\ud800-\udfff]")


def assign(text: str, name: str, value: str, path: Path) -> str:
    """Make `name` have exactly `value` for Docker Compose.

    The last active assignment gets it in its own style. Without one, a new line follows the last commented-out
    assignment of the name, or the last line. Raises EditRefused.
    """
    if _UNWRITABLE.search(value):
        raise EditRefused(
            f"{path}: the value of {name} holds a line break or something else that no line of an env file can carry",
            hint="was more than the value copied?",
        )
    before = statements(text)
    index = _last(before, name)
    if index is None:
        return _added(text, before, name, value, path)
    target = before[index]
    if literal(target) == value:
        return text
    _require_changeable(text, before, index, path)
    _require_read(before[:index], path)
    head, tail = _around(target)
    start, end = target.start, target.start + len(target.raw)
    for spelling in _spellings(target.kind, value):
        changed = text[:start] + head + spelling + tail + text[end:]
        after = statements(changed)
        if _is_set(after, index, name, value) and _same(_without(after, index), _without(before, index)):
            return changed
    raise _refused(path, target.line, "a new value there would change how Docker Compose reads other lines")


def remove(text: str, name: str, path: Path) -> str:
    """Take away every line that sets `name`, also where it stands alone. Raises EditRefused."""
    before = statements(text)
    indices = [index for index, each in enumerate(before) if _sets(each, name)]
    mine = [before[index] for index in indices]
    others = [each for each in before if not _sets(each, name)]
    for index in indices:
        _require_changeable(text, before, index, path)
    _require_read(before[: indices[-1] if indices else 0], path)
    for keeps_end in (True, False):
        changed = _without_lines(text, mine, keeps_end=keeps_end)
        if _same(statements(changed), others):
            return changed
    raise _refused(path, mine[-1].line, "without that line Docker Compose would read other lines differently")


def _added(text: str, before: Sequence[Statement], name: str, value: str, path: Path) -> str:
    position = _behind_comment(text, before, name)
    position = len(text) if position is None else position
    index = sum(1 for each in before if each.start < position)
    _require_read(before[:index], path)
    changed = _with_line(text, position, f"{name}={quoted(value)}")
    after = statements(changed)
    if _is_set(after, index, name, value) and _same(_without(after, index), before):
        return changed
    line = before[index - 1].line if index else 1
    raise _refused(path, line, f"{name} below it would change how Docker Compose reads that line")


def _behind_comment(text: str, before: Sequence[Statement], name: str) -> int | None:
    """Where the line ends that has the last commented-out assignment; a quoted value of many lines has none."""
    comment = re.compile(rf"^{_BOM}?[ \t]*#[# \t]*(?:export[ \t]+)?{re.escape(name)}[ \t]*=.*\n?", re.MULTILINE)
    ends = [0, *(each.start + len(each.raw) for each in before)]
    starts = [*(each.start for each in before), len(text)]
    found = None
    for gap_start, gap_end in zip(ends, starts, strict=True):
        for match in comment.finditer(text, gap_start, gap_end):
            found = match.end()
    return found


def _with_line(text: str, position: int, line: str) -> str:
    """Put in a line of its own, with the ending of the line before it. A missing final newline stays missing."""
    above, below = text[:position], text[position:]
    if not above.removeprefix(_BOM) or above.endswith("\n"):
        ending = "\r\n" if above.endswith("\r\n") else "\n"
        return above + line + ending + below
    # A carriage return that ends the text would otherwise become half of the new ending.
    *_, last = ["\n", *re.findall(r"\r?\n", above)]
    return above + ("\r\n" if above.endswith("\r") else last) + line + below


def _without_lines(text: str, targets: Sequence[Statement], *, keeps_end: bool) -> str:
    """Cut the whole lines of statements out. keeps_end: a text that ends without a newline goes on doing so."""
    kept, position, newline = [], 0, 0
    for target in targets:
        start = text.rfind("\n", 0, target.start) + 1
        if start == 0 and text.startswith(_BOM):
            start = len(_BOM)
        newline = text.find("\n", target.start + len(target.raw))
        kept.append(text[position:start])
        position = newline + 1 if newline >= 0 else len(text)
    changed = "".join([*kept, text[position:]])
    return re.sub(r"\r?\n\Z", "", changed) if newline < 0 and keeps_end else changed


def _around(target: Statement) -> tuple[str, str]:
    """What of a statement stands before its value, and what behind it: spaces, an inline comment, a carriage return."""
    raw = target.raw
    if target.kind == "alone":
        word = raw.rstrip()
        return f"{word}=", raw[len(word) :]
    if target.kind != "bare":
        return raw[: len(raw) - len(target.value) - 2], ""
    head = raw[: len(raw) - len(target.value)]
    sign = head.rstrip()
    if target.value.startswith("#") and head != sign:
        return sign, head[len(sign) :] + target.value
    if not target.value:
        return head.rstrip("\r"), head[len(head.rstrip("\r")) :]
    tail = _TAIL.search(target.value)
    return head, target.value[tail.start() :] if tail else ""


def _spellings(kind: str, value: str) -> Iterator[str]:
    """The ways to write a value, the best one for that style first."""
    if kind in ("bare", "alone"):
        yield quoted(value)
    if kind != "double":
        yield single_quoted(value)
    yield double_quoted(value)


def _last(before: Sequence[Statement], name: str) -> int | None:
    return max((index for index, each in enumerate(before) if _sets(each, name)), default=None)


def _sets(statement: Statement, name: str) -> bool:
    """Whether a statement is an assignment of the name, or a refused one that was meant to be."""
    if statement.kind == "refused":
        return bool(re.match(rf"(?:export\s+)?{re.escape(name)}\s*(?:[=:]|\Z)", statement.raw))
    return statement.name == name


def _require_changeable(text: str, before: Sequence[Statement], index: int, path: Path) -> None:
    """Refuse a value of many lines, and a line that Compose refuses."""
    target = before[index]
    if "\n" in target.raw:
        raise _refused(path, target.line, "the assignment has more than one line")
    end = text.find("\n", target.start)
    for each in (before[position] for position in range(index, len(before))):
        if 0 <= end <= each.start:
            return
        if each.kind == "refused":
            raise _refused(path, each.line, each.reason)


def _require_read(above: Sequence[Statement], path: Path) -> None:
    """Refuse a place that Compose never gets to."""
    for each in above:
        if each.reason == UNCLOSED:
            raise _refused(path, each.line, f"{UNCLOSED}, so Docker Compose reads nothing behind it")


def _is_set(after: Sequence[Statement], index: int, name: str, value: str) -> bool:
    """Whether that statement gives the name the value, and nothing behind it gives it another."""
    return (
        index < len(after)
        and after[index].name == name
        and literal(after[index]) == value
        and _last(after, name) == index
    )


def _without(found: Sequence[Statement], index: int) -> Sequence[Statement]:
    return [*found[:index], *found[index + 1 :]]


def _same(some: Sequence[Statement], others: Sequence[Statement]) -> bool:
    """Whether these statements say the same, wherever they stand; the end of a line is no part of what they say."""
    return [_said(each) for each in some] == [_said(each) for each in others]


def _said(statement: Statement) -> tuple[str, str, str]:
    return statement.kind, statement.reason, statement.raw.rstrip("\r")


def _refused(path: Path, line: int, cause: str) -> EditRefused:
    return EditRefused(f"{path}, line {line}: {cause}", hint="correct the file by hand, then run the command again")
