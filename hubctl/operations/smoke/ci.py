"""What CI gets of a smoke test: a JUnit file, annotations, a summary, whatever becomes of the test itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hubctl.adapters.files import reports
from hubctl.core.providers import catalog
from hubctl.core.reports import github
from hubctl.core.reports.cases import Case, Kind
from hubctl.core.reports.junit import junit
from hubctl.errors import BadFile, HubError
from hubctl.operations.smoke.run import SmokeTest, Untold
from hubctl.operations.smoke.verdict import ChatCheck, Outcome

_KINDS: dict[Outcome, Kind] = {"passed": "passed", "failed": "failure", "error": "error", "skipped": "skipped"}
_FIGURES = (
    *("http_status", "latency_s", "worst_latency_s", "ttft_s", "worst_ttft_s", "completion_tokens", "tokens_per_s"),
    *("runs", "retries", "answered_by", "cached", "fallback", "cost_usd", "demo"),
)


@dataclass(frozen=True, slots=True)
class Reports:
    """Where a smoke test is told beside the terminal. `annotate` shows one line; null where nobody reads them."""

    junit: Path | None = None
    summary: Path | None = None
    annotate: Callable[[str], None] | None = None
    mask: Callable[[str], str] = catalog.scrub

    def of(self, test: Callable[[], SmokeTest]) -> SmokeTest:
        """Run a test and tell what became of it, also when it could not be made. Raises BadFile, and as the test.

        A report that cannot be written after all is told with the result.
        """
        if self.junit:
            reports.prepare(self.junit)
        try:
            result = test()
        except HubError as error:
            self._tell(self._nothing(error))
            raise
        cases = [_case(check) for check in result.results]
        untold = self._tell(cases or self._nothing(result.failure))
        return _without(result, untold) if untold else result

    def _tell(self, cases: Sequence[Case]) -> BadFile | None:
        """Tell everybody; what could not be written keeps nothing else from being told, and is given back."""
        untold = None
        for path, write, text in (
            (self.junit, reports.write, junit),
            (self.summary, reports.append, github.summary),
        ):
            try:
                if path:
                    write(path, text(cases))
            except BadFile as error:
                untold = untold or error
        if self.annotate:
            for line in github.annotations(cases):
                self.annotate(line)
        return untold

    def _nothing(self, why: HubError | None) -> list[Case]:
        """Make the one case of a run that has no model in it: a report without any looks as if all were well."""
        return [Case("(none)", "error", message=self.mask(why.sentence) if why else None)]


def _without(result: SmokeTest, untold: BadFile) -> Untold:
    return Untold(result.results, result.passed, result.failed, result.errors, result.skipped, untold)


def _case(check: ChatCheck) -> Case:
    figures = {name: value for name in _FIGURES if (value := getattr(check, name)) is not None}
    if check.outcome == "passed" and check.reason:
        figures["remark"] = check.reason
    return Case(check.model, _KINDS[check.outcome], check.latency_s or 0.0, check.reason, figures, check.reply)
