"""Judges the files of a hub by rules: what will not work, where, why, and the fix. No I/O."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from hubctl.core.judging.config import Config
from hubctl.core.judging.known import Known
from hubctl.core.judging.rule import Finding, Rule
from hubctl.core.judging.subject import Subject
from hubctl.core.providers.catalog import scrub

_IGNORE = re.compile(r"#\s*hubctl:\s*ignore\b[ \t:=]*((?:HUB\d+[ \t,]*)+)")


def check(
    rules: Iterable[Rule], subject: Subject, *, only: Collection[str] = (), ignored: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Judge the files: findings in the order of file, place and rule, without those that a comment tells to ignore.

    `only` and `ignored` are ids of rules.
    """
    chosen = [rule for rule in rules if (not only or rule.id in only) and rule.id not in ignored]
    found = [finding for rule in chosen for finding in _findings(rule, subject)]
    lines = {path: ["", *text.split("\n"), ""] for path, text in subject.texts.items() if "hubctl:" in text}
    kept = [each for each in _once_a_line(found, subject) if not _is_ignored(each, lines.get(each.file, ()))]
    order = {path: index for index, path in enumerate(subject.texts)}
    return tuple(sorted(kept, key=lambda each: (order.get(each.file, len(order)), *_start(each), each.rule)))


def _start(finding: Finding) -> tuple[int, int]:
    return finding.line or 0, finding.column or 0


def _once_a_line(found: Iterable[Finding], subject: Subject) -> Iterator[Finding]:
    """Give what a rule says of a line of an env file once, however many entries use the variable."""
    env_files = {env_file.path for env_file in subject.env_files}
    seen = set()
    for finding in dict.fromkeys(found):
        place = (finding.rule, finding.file, finding.line)
        if finding.file not in env_files or place not in seen:
            yield finding
        seen.add(place)


def stoppers(
    rules: Iterable[Rule],
    text: str,
    path: Path,
    known: Known,
    *,
    environment: Mapping[str, str] | None = None,
    missing_packages: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """Give the findings on a config with which LiteLLM would not start; no comment hides them.

    `environment` is what the gateway gets; null where that is not known, and then nothing is said about variables.
    `known` comes from `adapters.gateway.litellm_facts.load`.
    """
    name = "gateway"
    subject = Subject(
        known,
        today="",
        config=Config.read(text, path),
        texts={path: text},
        environments={name: environment} if environment is not None else {},
        gateway=name,
        missing_packages=missing_packages,
        whole=environment is not None,
    )
    return stops(rules, subject)


def stops(rules: Iterable[Rule], subject: Subject) -> tuple[Finding, ...]:
    """Give the findings of any subject with which the gateway would not start."""
    if subject.config and subject.config.packed:  # LiteLLM reads what is around it, and finds nothing to stop at
        subject = replace(subject, config=None)
    stopping = (rule for rule in rules if rule.stops_start)
    return tuple(finding for rule in stopping for finding in _findings(rule, subject) if finding.severity == "error")


def _findings(rule: Rule, subject: Subject) -> Iterator[Finding]:
    for found in rule.check(subject):
        message = scrub(found.message)
        if rule.by_version and subject.gateway_version not in {None, subject.known.version}:
            message += f" (judged by LiteLLM {subject.known.version}; this gateway runs {subject.gateway_version})"
        span = found.span
        yield Finding(
            rule=rule.id,
            severity=found.severity or rule.severity,
            file=found.file,
            line=span.line if span else None,
            column=span.column if span else None,
            end_line=span.end_line if span else None,
            end_column=span.end_column if span else None,
            message=message,
            effect=rule.effect,
            fix=scrub(found.fix or rule.fix),
            fixable=bool(found.edits),
            url=rule.url,
            edits=found.edits,
        )


def _is_ignored(finding: Finding, lines: Sequence[str]) -> bool:
    """Whether a comment on the line, or alone on the line above, names the rule. The first of `lines` has number 0."""
    if finding.line is None or not lines:
        return False
    above, here = lines[finding.line - 1 : finding.line + 1]
    beside = above if above.lstrip().startswith("#") else ""
    return any(finding.rule in ids for line in (here, beside) for ids in _IGNORE.findall(line))
