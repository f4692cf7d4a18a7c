"""Smoke tests: a real chat completion of each model, asked so that it must answer for itself."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from hubctl import parallel
from hubctl.adapters import files, gateway_probe
from hubctl.adapters.gateway import HTTP_OK, Gateway, Reply
from hubctl.core import model_list
from hubctl.core.askable import Askable, Names
from hubctl.core.chat import Question
from hubctl.core.refusals import cooling_down
from hubctl.core.result import Result
from hubctl.errors import GatewaySilent, GatewayUnreachable, HubError, NotReady, UnknownModel
from hubctl.operations import budget
from hubctl.operations.budget import Tariff
from hubctl.operations.judgement import ChatCheck, Expected, combined, judge, number
from hubctl.progress import Progress, silent

PROMPT = "Answer with one short sentence: are you there?"
NO_MODEL = "the config has no active model, so nothing was asked"
NO_MODEL_HINT = "`hubctl models` shows its entries, `hubctl models enable NAME` switches one on"
PROBE_S = 3.0
POLL_S = 0.25
# Before the second try, then twice as long before each further one.
FIRST_PAUSE_S = 0.5
# LiteLLM's own, and what is added because it counts in whole seconds.
COOLDOWN_S, COOLDOWN_MARGIN_S = 5.0, 0.2


@dataclass(frozen=True, slots=True)
class SmokeTest(Result):
    """The document of `hubctl test-model`. `untold` is why a report of it, that was asked for, could not be written."""

    results: tuple[ChatCheck, ...]
    passed: int
    failed: int
    errors: int
    skipped: int
    untold: HubError | None = field(default=None, repr=False)

    @property
    def exit_code(self) -> int:
        """1 if any model failed, else 4 if there was any error, nothing was tested or a report is lacking."""
        if self.failed:
            return 1
        return 4 if self.errors or not self.passed or self.untold else 0

    @property
    def failure(self) -> HubError | None:
        """What could not be written, beside the answers, which may have cost something; or that there is no model."""
        return self.untold or (None if self.results else UnknownModel(NO_MODEL, hint=NO_MODEL_HINT))


@dataclass(frozen=True, slots=True)
class Plan:
    """How to test. The question is asked of every model in turn; timeout_s is for each call.

    budget_usd bounds what the whole run can cost; null means no limit.
    """

    question: Question = field(default_factory=lambda: Question("", PROMPT))
    expected: Expected = field(default_factory=Expected)
    include_paid: bool = False
    budget_usd: float | None = 0.05
    timeout_s: float = 60.0
    repeat: int = 1
    retries: int = 0
    jobs: int = 1
    fail_fast: bool = False


def names(config: Path) -> Names:
    """Read which names can be asked. Raises BadFile."""
    text = files.read_text(config)
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
    tester = _Tester(gateway, plan, tariff, demo, progress)
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
        health = gateway_probe.check(gateway.address, None, min(PROBE_S, left_s))
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


class _Tester:
    """Asks one model after the other, some of them at once."""

    def __init__(self, gateway: Gateway, plan: Plan, tariff: Tariff, demo: frozenset[str], progress: Progress) -> None:
        self._gateway = gateway
        self._plan = plan
        self._tariff = tariff
        self._demo = demo
        self.progress = progress
        self._first_bad: str | None = None

    def test(self, name: str, model: Askable | str) -> ChatCheck:
        """Ask one model as often as the plan says; a text in its place says why it cannot be asked."""
        if self._plan.fail_fast and self._first_bad is not None:
            return ChatCheck(name, "skipped", f"not asked, because {self._first_bad} failed (--fail-fast)")
        check = ChatCheck(name, "failed", model) if isinstance(model, str) else combined(list(self._runs(model)))
        if check.outcome != "passed":
            self._first_bad = self._first_bad or name
        return replace(check, demo=name in self._demo)

    def _runs(self, model: Askable) -> Iterator[ChatCheck]:
        for turn in range(1, self._plan.repeat + 1):
            self.progress(f"asking {model.name}{f' ({turn} of {self._plan.repeat})' if turn > 1 else ''}")
            yield self._tried(model)

    def _tried(self, model: Askable) -> ChatCheck:
        """Ask until it passes, or no try is left."""
        check = self._once(model)
        for attempt in range(1, self._plan.retries + 1):
            if check.outcome == "passed":
                break
            time.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1))
            before, check = check, self._once(model)
            if check.outcome == "passed":
                check = replace(check, reason=f"passed at try {attempt + 1}; the one before: {before.reason}")
            if before.cost_usd is not None and check.cost_usd is not None:
                check = replace(check, cost_usd=before.cost_usd + check.cost_usd)
            check = replace(check, retries=attempt + (check.retries or 0))
        if check.outcome != "passed" and self._plan.retries:
            check = replace(check, reason=f"{check.reason} (the last of {self._plan.retries + 1} tries)")
        return check

    def _once(self, model: Askable) -> ChatCheck:
        question = replace(self._plan.question, model=model.name)
        try:
            reply = self._reply(question)
        except GatewaySilent as error:
            if self._gateway_is_away():
                return ChatCheck(
                    model.name, "error", f"{error.message}; the gateway itself does not answer either", runs=1
                )
            why = f"{error.message}; the gateway is alive, so the model hangs: see its server, or allow more --timeout"
            return ChatCheck(model.name, "failed", why, runs=1)
        except GatewayUnreachable as error:
            return ChatCheck(model.name, "error", error.sentence, runs=1)
        if reply.ending != "whole" and self._gateway_is_away():
            why = "the gateway went away in the middle of the answer: `hubctl logs` shows why"
            return ChatCheck(model.name, "error", why, runs=1)
        if reply.status != HTTP_OK and self._wants_a_key():
            why = "the gateway wants a key and hubctl knows none: see `hubctl doctor`"
            return ChatCheck(model.name, "error", why, http_status=reply.status, runs=1)
        expected = replace(self._plan.expected, targets=model.targets)
        return judge(reply, question, expected, cost_usd=self._tariff.spent(model, reply))

    def _gateway_is_away(self) -> bool:
        timeout_s = min(PROBE_S, self._plan.timeout_s)
        return gateway_probe.check(self._gateway.address, None, timeout_s).latency_ms is None

    def _wants_a_key(self) -> bool:
        """Whether it was the lack of hubctl's own key: LiteLLM may answer that with a bare 500, as much else."""
        if self._gateway.has_key:
            return False
        timeout_s = min(PROBE_S, self._plan.timeout_s)
        return gateway_probe.check(self._gateway.address, None, timeout_s).state == "unauthorized"

    def _reply(self, question: Question) -> Reply:
        """Ask; where a cooldown hides why an earlier call failed, wait it out once and ask again.

        A cooldown costs nothing: the model was not asked.
        """
        began = time.monotonic()
        reply = self._gateway.ask(question, timeout_s=self._plan.timeout_s)
        told_s = number(reply, "retry-after")
        pause_s = max(0.0, COOLDOWN_S if told_s is None else told_s) + COOLDOWN_MARGIN_S
        left_s = self._plan.timeout_s - (time.monotonic() - began) - pause_s
        if not cooling_down(reply.chat.error or "") or left_s <= 0:
            return reply
        self.progress(f"{question.model} is cooling down after an earlier failure: asking again in {pause_s:.0f} s")
        time.sleep(pause_s)
        return self._gateway.ask(question, timeout_s=left_s)


def _price_tag(plan: Plan) -> str:
    through = plan.question.through_fallbacks
    return f"asking it{', or a fallback of it,' if through else ''} costs money: name it, or add --paid"
