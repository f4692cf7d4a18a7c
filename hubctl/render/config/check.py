"""What `hubctl config check` found: for a person, and as GitHub's annotations."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.core.judging.rule import Finding
from hubctl.core.text.printable import printable
from hubctl.core.text.span import located
from hubctl.operations.config.check import Checked
from hubctl.render.parts import page, plain, worst

_COLORS = {"error": "red", "warning": "yellow", "info": "dim"}
_ANNOTATIONS = {"error": "error", "warning": "warning", "info": "notice"}


@page.register
def _(result: Checked) -> RenderableType:
    findings, more = worst(result.findings)
    if result.style == "github":
        return Group(*(Text(_annotation(finding, result.folder)) for finding in findings), *more)
    return Group(*(_block(finding, result.folder) for finding in findings), *more, _summary(result))


def _block(finding: Finding, folder: Path) -> Text:
    place = located(_shown(finding.file, folder), finding.line, finding.column)
    text = Text.assemble(
        (place, "bold"),
        ": ",
        (f"{finding.severity} {finding.rule}", _COLORS[finding.severity]),
        f": {printable(finding.message)}",
    )
    text.append(f"\n    so: {printable(finding.effect)}", "dim")
    text.append(f"\n   fix: {printable(finding.fix)}" + (" (`--fix` does it)" if finding.fixable else ""))
    return text


def _summary(result: Checked) -> Text:
    infos = len(result.findings) - result.errors - result.warnings
    counts = ((result.errors, "error"), (result.warnings, "warning"), (infos, "note"))
    found = ", ".join(f"{count} {word}{'s' if count != 1 else ''}" for count, word in counts if count)
    files = f"{len(result.files)} file{'s' if len(result.files) != 1 else ''}"
    words = f"{found or 'nothing wrong'} in {files}, judged by what LiteLLM {result.litellm} accepts"
    return plain(words, "red" if result.errors else "yellow" if result.warnings else "green")


def _shown(file: Path, folder: Path) -> str:
    return printable(str(file.relative_to(folder) if file.is_relative_to(folder) else file))


def _annotation(finding: Finding, folder: Path) -> str:
    """One workflow command. Source: GitHub's documentation, "Workflow commands for GitHub Actions"."""
    properties = f"file={_property(_shown(finding.file, folder))}{_place(finding)},title={finding.rule}"
    words = _data(f"{finding.message}\n{finding.effect}\nfix: {finding.fix}")
    return f"::{_ANNOTATIONS[finding.severity]} {properties}::{words}"


def _place(finding: Finding) -> str:
    """Where an annotation goes. GitHub's runner refuses columns where the place ends on another line."""
    if not finding.line:
        return ""
    lines = f",line={finding.line},endLine={finding.end_line}"
    if finding.line != finding.end_line:
        return lines
    return f"{lines},col={finding.column},endColumn={finding.end_column}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
