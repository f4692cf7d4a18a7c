"""What a rule is, and what it yields."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hubctl.core.judging.config import Config
from hubctl.core.judging.subject import Subject
from hubctl.core.text.span import Span

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
PAGE = "docs/rules.md"


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `after` where `before` stands: line from 1, column from 0. Both may hold a secret."""

    line: int
    column: int
    before: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A place that a rule objects to, and what is wrong there. `span` is null where only the file is known.

    `fix` and `severity` are given where the rule's own do not fit. `edits` are what `--fix` does, if it is certain.
    """

    file: Path
    span: Span | None
    message: str
    fix: str | None = None
    severity: Severity | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `effect` is what happens if nothing is done, `fix` the way out in general, `since` its first version.

    `stops_start`: LiteLLM, or Compose before it, does not start. `fixable`: `--fix` corrects it where that is certain.
    `by_version`: judged by what one version of LiteLLM accepts.
    """

    id: str
    severity: Severity
    title: str
    effect: str
    fix: str
    check: Callable[[Subject], Iterable[Found]] = field(repr=False)
    since: str
    stops_start: bool = False
    fixable: bool = False
    by_version: bool = False

    @property
    def url(self) -> str:
        """Where docs/rules.md describes the rule, from the root of the repository: hubctl has no site to name.

        The page sets the anchor itself. One that the heading makes would change with each better title, and every
        report that was kept would then lead nowhere.
        """
        return f"{PAGE}#{self.id.lower()}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What an operator is told: rule, how bad, where, what, what follows from it, and what to do.

    Lines and columns count from 1, and `end_column` is the first one behind the place, as in SARIF. All four are null
    where only the file is known.
    """

    rule: str
    severity: Severity
    file: Path
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    message: str
    effect: str
    fix: str
    fixable: bool
    url: str
    edits: tuple[Edit, ...] = field(default=(), repr=False)


class Group:
    """The rules of one module, in the order of their ids."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def rule(
        self,
        rule_id: str,
        severity: Severity,
        title: str,
        *,
        effect: str,
        fix: str,
        since: str,
        stops_start: bool = False,
        fixable: bool = False,
        by_version: bool = False,
    ) -> Callable[[Callable[[Subject], Iterable[Found]]], Rule]:
        """Make a rule of the function below, which finds the places it objects to."""

        def made(check: Callable[[Subject], Iterable[Found]]) -> Rule:
            rule = Rule(rule_id, severity, title, effect, fix, check, since, stops_start, fixable, by_version)
            self._rules.append(rule)
            return rule

        return made


def scalar(config: Config, path: tuple[str | int, ...], after: str) -> tuple[Edit, ...]:
    """The edit that writes another scalar behind a path; none where it is not certain what would be changed."""
    token = config.token(*path)
    return (Edit(*token, after),) if token and token[2] else ()
