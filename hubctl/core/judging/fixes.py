"""What `--fix` does to a text: the edits of some findings on their own places, checked by reading it before and after.

No I/O.
"""

from collections.abc import Collection
from pathlib import Path

from hubctl.core.judging.config import Config
from hubctl.core.judging.rule import Edit, Finding
from hubctl.core.text import env_text
from hubctl.errors import EditRefused

_TOO_MANY = 1_000_000
_HINT = "make this change by hand; the other findings can be fixed with `--rule`"


def config(text: str, findings: Collection[Finding], path: Path) -> str:
    """Apply the edits of findings on a litellm config. Raises EditRefused when more than their places would change."""
    edits = _edits(findings)
    after = _applied(text, edits, path)
    old, new = Config.read(text, path), Config.read(after, path)
    if new.problem or not new.data:
        raise EditRefused(f"{path}, line {edits[0].line}: the file would not be readable afterwards", hint=_HINT)
    # Other blanks in the indentation give the file another shape, which is what they are for.
    are_blanks = not any(edit.before.strip() or edit.after.strip() for edit in edits)
    if old.problem is None and not are_blanks and not 1 <= _differences(dict(old.data), dict(new.data)) <= len(edits):
        raise EditRefused(f"{path}, line {edits[0].line}: more would change than was asked for, or nothing", hint=_HINT)
    return after


def env(text: str, findings: Collection[Finding], path: Path) -> str:
    """Apply the edits of findings on an env file. Raises EditRefused when more than their places would change."""
    edits = _edits(findings)
    after = _applied(text, edits, path)
    old, new = (env_text.read(each, {}).assignments for each in (text, after))
    changed = sum((a.name, a.value) != (b.name, b.value) for a, b in zip(old, new, strict=False))
    if len(old) != len(new) or changed > len(edits):
        raise EditRefused(f"{path}, line {edits[0].line}: more would change than was asked for, or nothing", hint=_HINT)
    return after


def _edits(findings: Collection[Finding]) -> list[Edit]:
    """All edits, the last place first: those before it keep their columns."""
    edits = dict.fromkeys(edit for finding in findings for edit in finding.edits)
    return sorted(edits, key=lambda edit: (edit.line, edit.column), reverse=True)


def _applied(text: str, edits: Collection[Edit], path: Path) -> str:
    lines = text.split("\n")
    for edit in edits:
        line = lines[edit.line - 1]
        if not line.startswith(edit.before, edit.column):
            raise EditRefused(f"{path}, line {edit.line}: two changes meet on this line", hint=_HINT)
        lines[edit.line - 1] = line[: edit.column] + edit.after + line[edit.column + len(edit.before) :]
    return "\n".join(lines)


def _differences(old: object, new: object) -> int:
    """How many places differ: a place is a value behind a key or in a list, or a key. No fix adds or removes one."""
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = list(zip(old.items(), new.items(), strict=False))
        found = sum(1 if a != b else _differences(value, other) for (a, value), (b, other) in pairs)
    elif isinstance(old, list) and isinstance(new, list):
        found = sum(_differences(a, b) for a, b in zip(old, new, strict=False))
    else:
        return int(old != new or type(old) is not type(new))
    return found if len(old) == len(new) else _TOO_MANY
