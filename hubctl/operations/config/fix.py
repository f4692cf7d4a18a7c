"""Corrects what the rules are certain about, as one change that can be undone."""

from collections.abc import Collection, Iterable
from pathlib import Path

from hubctl.core.change.receipt import FileKind
from hubctl.core.judging import fixes, judge
from hubctl.core.judging.rule import Finding
from hubctl.core.judging.subject import Subject
from hubctl.core.rules import RULES
from hubctl.errors import EditRefused
from hubctl.operations.change import transaction
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.draft import Draft
from hubctl.operations.change.plan import Plan
from hubctl.operations.change.transaction import Terms

COMMAND = "config check --fix"


def fix(
    subjects: Iterable[Subject], terms: Terms, *, only: Collection[str] = (), ignored: Collection[str] = ()
) -> Changed:
    """Write the corrections of all findings that have one. Raises EditRefused, BadFile, Busy, HalfDone."""
    judged = [(each, judge.check(RULES, each, only=only, ignored=ignored)) for each in subjects]
    return transaction.run(terms, COMMAND, lambda: _planned(judged))


def _planned(judged: list[tuple[Subject, tuple[Finding, ...]]]) -> Plan:
    draft = Draft()
    notes = []
    for subject, findings in judged:
        certain = [finding for finding in findings if finding.fixable]
        for path in dict.fromkeys(finding.file for finding in certain):
            mine = [finding for finding in certain if finding.file == path]
            if draft.text(path) != subject.texts[path]:
                raise EditRefused(f"{path} was changed meanwhile; nothing was written", hint="run the command again")
            _correct(draft, path, "config" if subject.config and path == subject.config.path else "env", mine)
            notes += [f"{path.name}, line {finding.line}: {finding.rule}, {finding.fix}" for finding in mine]
        if left := len([finding for finding in findings if not finding.fixable and finding.severity != "info"]):
            notes.append(f"left to you: {left} more, which `hubctl config check` lists")
    return Plan(COMMAND, draft.writes(), tuple(notes))


def _correct(draft: Draft, path: Path, kind: FileKind, findings: list[Finding]) -> None:
    text = draft.text(path)
    corrected = fixes.config(text, findings, path) if kind == "config" else fixes.env(text, findings, path)
    draft.put(path, kind, corrected)
