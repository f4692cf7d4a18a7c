"""Cases as GitHub Actions shows them: annotations on the run, and a table on the page of the job."""

from collections.abc import Sequence

from hubctl.core.reports.cases import SUITE, Case, Kind, count
from hubctl.core.text.printable import printable

# GitHub shows ten annotations of a level for each step.
MOST_ANNOTATIONS = 10

_SIGNS: dict[Kind, str] = {"passed": "✅", "failure": "❌", "error": "⚠️", "skipped": "⏭️"}
_MARKUP = frozenset("\\`*_{}[]<>()#+-!|~@&$")


def annotations(cases: Sequence[Case]) -> list[str]:
    """Write workflow commands: an error for what did not pass, a warning for what passed with a remark.

    Source: GitHub, workflow commands for GitHub Actions; the escapes are those of @actions/core.
    """
    bad = [_annotation("error", case) for case in cases if case.kind in ("failure", "error")]
    odd = [_annotation("warning", case) for case in cases if case.kind == "passed" and case.message]
    return bad[:MOST_ANNOTATIONS] + odd[:MOST_ANNOTATIONS]


def _annotation(level: str, case: Case) -> str:
    title = _escaped(f"{SUITE} {case.name}").replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={title}::{_escaped(case.message or case.kind)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def summary(cases: Sequence[Case]) -> str:
    """Write a Markdown table for the page of the job."""
    kinds: tuple[tuple[Kind, str], ...] = (
        ("passed", "passed"),
        ("failure", "failed"),
        ("error", "errors"),
        ("skipped", "skipped"),
    )
    counts = ", ".join(f"{count(cases, kind)} {word}" for kind, word in kinds)
    rows = [f"| {_SIGNS[case.kind]} | {_cell(case.name)} | {_seconds(case)} | {_cell(_told(case))} |" for case in cases]
    return "\n".join([f"### {SUITE}: {counts}", "", "| | model | s | |", "|---|---|---:|---|", *rows, "", ""])


def _seconds(case: Case) -> str:
    return f"{case.seconds:.2f}" if case.seconds else ""


def _told(case: Case) -> str:
    return ("demo: " if case.figures.get("demo") is True else "") + (case.message or case.output or "")


def _cell(text: str) -> str:
    """Make text harmless in a cell of a table: no markup, no HTML, no mention of anybody."""
    return "".join(f"&#{ord(char)};" if char in _MARKUP else char for char in printable(" ".join(text.split())))
