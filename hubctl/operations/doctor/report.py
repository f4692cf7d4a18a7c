"""What `hubctl doctor` saw, as a page for a ticket: Markdown, without secrets."""

from pathlib import Path

from hubctl import __version__
from hubctl.adapters.files import reports
from hubctl.core.text.printable import printable
from hubctl.core.text.span import located
from hubctl.operations.doctor.diagnosis import Diagnosed, Diagnosis

_MARKS = {"well": "ok", "broken": "**broken**", "unknown": "unknown"}


def write(path: Path, diagnosis: Diagnosis) -> None:
    """Write the page. Raises BadFile."""
    reports.write(path, page(diagnosis))


def page(diagnosis: Diagnosis) -> str:
    """Put the diagnosis into words: what is broken, the whole path, what else was found."""
    hub = diagnosis.hub
    lines = [
        "# hubctl doctor",
        "",
        f"hubctl {__version__}, runtime {hub.runtime}: errors {diagnosis.errors}, warnings {diagnosis.warnings}.",
        "",
    ]
    shown = [each for each in diagnosis.findings if each.severity != "info"]
    lines += [_entry(each) for each in shown] or ["Nothing is broken."]
    lines += ["", "| hop | id | state | seen | follows from |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.title} | {each.rule} | {_MARKS[each.state]} | {_cell(each.detail)} | {each.follows_from or ''} |"
        for each in diagnosis.hops
    ]
    if diagnosis.notes:
        lines += ["", "Notes:", "", *(f"- {_line(note)}" for note in diagnosis.notes)]
    return "\n".join(lines) + "\n"


def _entry(finding: Diagnosed) -> str:
    place = f" ({located(finding.file, finding.line, finding.column)})" if finding.file else ""
    return f"- **{finding.severity} {finding.rule}**{place}: {_line(finding.message)} Fix: {_line(finding.fix)}"


def _line(text: str) -> str:
    return " / ".join(printable(line) for line in text.splitlines())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
