"""Smoke tests: a real chat completion of each model, asked so that it must answer for itself."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hubctl import parallel
from hubctl.adapters.files import disk
from hubctl.adapters.gateway import probe
from hubctl.adapters.gateway.client import Gateway
from hubctl.core.models import model_list
from hubctl.core.models.askable import Names
from hubctl.core.result import Result
from hubctl.errors import BadFile, HubError, NotReady, UnknownModel
from hubctl.operations.smoke import budget
from hubctl.operations.smoke.budget import Tariff
from hubctl.operations.smoke.call import PROBE_S, Plan, Tester
from hubctl.operations.smoke.verdict import ChatCheck
from hubctl.progress import Progress, silent

NO_MODEL = "the config has no active model, so nothing was asked"
NO_MODEL_HINT = "`hubctl models` shows its entries, `hubctl models enable NAME` switches one on"
POLL_S = 0.25


@dataclass(frozen=True, slots=True)
class SmokeTest(Result):
    """The document of `hubctl test-model`."""

    results: tuple[ChatCheck, ...]
    passed: int
    failed: int
    errors: int
    skipped: int

    @property
    def exit_code(self) -> int:
        """1 if any model failed, else 4 if there was any error or nothing was tested."""
        if self.failed:
            return 1
        return 4 if self.errors or not self.passed else 0

    @property
    def failure(self) -> HubError | None:
        """That there is no model."""
        return None if self.results else UnknownModel(NO_MODEL, hint=NO_MODEL_HINT)


@dataclass(frozen=True, slots=True)
class Untold(SmokeTest):
    """A smoke test of which a report was asked for that could not be written: its answers may have cost something."""

    untold: BadFile = field(repr=False)

    @property
    def exit_code(self) -> int:
        """1 if any model failed, else 4 for the report that is lacking."""
        return 1 if self.failed else 4

    @property
    def failure(self) -> HubError:
        """Why it could not be written."""
        return self.untold


def names(config: Path) -> Names:
    """Read which names can be asked. Raises BadFile."""
    text = disk.read_text(config)
    return Names(model_list.read(text, config), model_list.load(text, config))


def run(
    known: Names,
    gateway: Gateway,
    asked: Sequence[str],
    plan: Plan,
    *,
    demo: frozenset[str] = frozenset(),
    progress: Progress = silent,
) -> SmokeTest:
    """Test the named models, or all free ones (`include_paid` adds the rest).

    What the run can cost is checked before the first call. Raises BudgetExceeded, GatewayRefused, GatewayUnreachable.
    """
    costing = {name: known.costing(name, through_fallbacks=plan.question.through_fallbacks) for name in known.all}
    wanted = list(dict.fromkeys(asked)) or [name for name, paid in costing.items() if plan.include_paid or not paid]
    found = {name: model for name in wanted if (model := known.find(name))}
    tariff = _tariff(known, gateway, list(found), plan)
    progress(f"asking {', '.join(wanted[:3])}{' and more' if len(wanted) > 3 else ''}")  # noqa: PLR2004 - a line's worth
    tester = Tester(gateway, plan, tariff, demo, progress)
    try:
        checks = parallel.pooled(
            lambda name: tester.test(name, found.get(name) or known.why_not(name)), wanted, workers=plan.jobs
        )
    finally:
        tester.progress = silent  # an interrupted run leaves threads behind, which have nothing more to say
    skipped = [ChatCheck(name, "skipped", _price_tag(plan)) for name in costing if name not in wanted]
    skipped += [ChatCheck(name, "skipped", known.why_not(name)) for name in known.patterns]
    return counted([*checks, *([] if asked else skipped)])


def wait(gateway: Gateway, *, timeout_s: float, progress: Progress = silent) -> None:
    """Wait for a gateway that is still starting. Raises NotReady with what it said last."""
    give_up_at = time.monotonic() + timeout_s
    progress(f"waiting for the gateway at {gateway.address}")
    while True:
        left_s = max(POLL_S, give_up_at - time.monotonic())
        health = probe.check(gateway.address, None, min(PROBE_S, left_s))
        if health.state in ("healthy", "unauthorized"):
            return
        if time.monotonic() + POLL_S > give_up_at:
            raise NotReady(
                f"the gateway at {gateway.address} was not ready within {timeout_s:g} s: {health.detail}",
                hint="`hubctl logs` shows what it does; --wait takes more seconds",
            )
        time.sleep(POLL_S)


def counted(checks: Sequence[ChatCheck]) -> SmokeTest:
    """Count the outcomes."""
    outcomes = [check.outcome for check in checks]
    return SmokeTest(
        results=tuple(checks),
        passed=outcomes.count("passed"),
        failed=outcomes.count("failed"),
        errors=outcomes.count("error"),
        skipped=outcomes.count("skipped"),
    )


def _tariff(known: Names, gateway: Gateway, wanted: Sequence[str], plan: Plan) -> Tariff:
    """Look up the prices of what can cost, and hold the run against its budget. Without one they only tell the cost."""
    costing = [known.costing(name, through_fallbacks=plan.question.through_fallbacks) for name in wanted]
    flat = [each for chain in costing for each in chain]
    if plan.budget_usd is None:
        with suppress(HubError):
            return budget.tariff(gateway, flat)
        return Tariff()
    tariff = budget.tariff(gateway, flat)
    times = plan.repeat * (1 + plan.retries)
    budget.check(tariff, costing, plan.question, times=times, limit=plan.budget_usd)
    return tariff


def _price_tag(plan: Plan) -> str:
    through = plan.question.through_fallbacks
    return f"asking it{', or a fallback of it,' if through else ''} costs money: name it, or add --paid"
