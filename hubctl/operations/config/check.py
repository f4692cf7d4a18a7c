"""Checks the files of a hub, or single files, against the rules."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hubctl.core.judging import judge
from hubctl.core.judging.rule import Finding
from hubctl.core.judging.subject import Subject
from hubctl.core.result import Result
from hubctl.core.rules import RULES
from hubctl.operations.config import sources

Format = Literal["text", "github"]


@dataclass(frozen=True, slots=True)
class Checked(Result):
    """The document of `hubctl config check`. `litellm` is the version whose knowledge the rules use.

    `folder` is where paths are shown from, `style` how a person reads them.
    """

    files: tuple[Path, ...]
    findings: tuple[Finding, ...]
    errors: int
    warnings: int
    litellm: str
    folder: Path = field(repr=False)
    style: Format = field(repr=False, default="text")
    strict: bool = field(repr=False, default=False)

    @property
    def exit_code(self) -> int:
        """1 when something will not work, with `strict` also when something may not."""
        return 1 if self.errors or (self.strict and self.warnings) else 0


def check(
    subjects: Iterable[Subject],
    *,
    folder: Path,
    only: Collection[str] = (),
    ignored: Collection[str] = (),
    style: Format = "text",
    strict: bool = False,
) -> Checked:
    """Judge each subject by all rules, or by `only` those, without the `ignored` ones."""
    judged = list(subjects)
    findings = [finding for each in judged for finding in judge.check(RULES, each, only=only, ignored=ignored)]
    return Checked(
        files=tuple(dict.fromkeys(path for each in judged for path in each.texts)),
        findings=tuple(findings),
        errors=sum(finding.severity == "error" for finding in findings),
        warnings=sum(finding.severity == "warning" for finding in findings),
        litellm=judged[0].known.version,
        folder=folder,
        style=style,
        strict=strict,
    )


def of_files(paths: Sequence[Path], environment: Mapping[str, str]) -> list[Subject]:
    """Read files, each on its own. Raises BadFile for one that cannot be read or recognised."""
    return [sources.of_file(path, environment) for path in paths]
