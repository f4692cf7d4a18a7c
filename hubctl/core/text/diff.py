"""Unified diffs of the hub's files that show no secret: lines are compared as they are and printed masked."""

import re
from collections.abc import Callable, Iterator

from hubctl.core.text.env_statements import statements
from hubctl.core.text.line_matcher import LineMatcher

CONTEXT_LINES = 2
HIDDEN = "…"

# Shows one line of a file without the secrets in it.
Masked = Callable[[list[str]], list[str]]

_COMMENTED = re.compile(r"^(?P<before>\s*[#\s]*#\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*[=:]).+$")


def unified(before: str, after: str, masked_before: Masked, masked_after: Masked) -> str:
    """Compare two texts. What is printed are the lines that the masks give, one for each of the texts' own."""
    old, new = before.split("\n"), after.split("\n")
    shown_old, shown_new = masked_before(old), masked_after(new)
    lines: list[str] = []
    for group in _groups(old, new):
        first, last = group[0], group[-1]
        lines.append(f"@@ -{_span(first[1], last[2])} +{_span(first[3], last[4])} @@")
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                lines += [f" {line}" for line in shown_new[j:j_end]]
                continue
            lines += [f"-{line}" for line in shown_old[i:i_end]]
            lines += [f"+{line}" for line in shown_new[j:j_end]]
    return "\n".join(line.rstrip("\r") for line in lines)


def _groups(old: list[str], new: list[str]) -> Iterator[list[tuple[str, int, int, int, int]]]:
    """Group what differs with the lines around it. Only the part that differs is matched: files may be long."""
    start = _equal(old, new) - CONTEXT_LINES
    start = max(start, 0)
    end = _equal(old[start:][::-1], new[start:][::-1]) - CONTEXT_LINES
    end = max(end, 0)
    part = LineMatcher(old[start : len(old) - end], new[start : len(new) - end])
    for group in part.get_grouped_opcodes(CONTEXT_LINES):
        yield [(tag, i + start, i_end + start, j + start, j_end + start) for tag, i, i_end, j, j_end in group]


def _equal(old: list[str], new: list[str]) -> int:
    """How many lines are the same from the beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (was, line) in pairs if was != line), min(len(old), len(new)))


def env_lines(shown: Callable[[str, str], str]) -> Masked:
    """Mask an env file: every value, of commented-out variables too. `shown` gives what to print of (name, value)."""
    return lambda lines: list(_env_lines(lines, shown))


def _env_lines(lines: list[str], shown: Callable[[str, str], str]) -> Iterator[str]:
    text = "\n".join(lines)
    by_line = {statement.line: statement for statement in statements(text)}
    covered = 0  # the lines of a value that spans several
    for number, line in enumerate(lines, 1):
        statement = by_line.get(number)
        if statement is not None and statement.kind in ("single", "double", "bare"):
            covered = number + statement.raw.count("\n")
            yield f"{statement.name}={shown(statement.name, statement.value) if statement.value.strip() else ''}"
        elif number <= covered or (statement is not None and statement.kind == "refused"):
            yield HIDDEN
        else:
            yield _COMMENTED.sub(rf"\g<before>{HIDDEN}", line)


def _span(start: int, end: int) -> str:
    """Lines as a unified diff counts them: an empty span begins at the line before."""
    return f"{start + 1 if end > start else start},{end - start}"
