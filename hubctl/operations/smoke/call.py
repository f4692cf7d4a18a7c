"""Asks one model after the other, as often as the plan says, until each has its verdict."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hubctl.adapters.gateway import probe
from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.gateway.client import Gateway
from hubctl.core.gateway.chat import Question
from hubctl.core.gateway.refusals import cooling_down
from hubctl.core.models.askable import Askable
from hubctl.core.probe import HTTP_OK
from hubctl.errors import GatewayLost, GatewaySilent, GatewayUnreachable
from hubctl.operations.smoke.budget import Tariff
from hubctl.operations.smoke.verdict import ChatCheck, Expected, combined, judge, number
from hubctl.progress import Progress

PROMPT = "Answer with one short sentence: are you there?"
PROBE_S = 3.0
# Before the second try, then twice as long before each further one.
FIRST_PAUSE_S = 0.5
# LiteLLM's own, and what is added because it counts in whole seconds.
COOLDOWN_S, COOLDOWN_MARGIN_S = 5.0, 0.2


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


class Tester:
    """Asks one model after the other, some of them at once."""

    def __init__(self, gateway: Gateway, plan: Plan, tariff: Tariff, demo: frozenset[str], progress: Progress) -> None:
        self._gateway = gateway
        self._plan = plan
        self._tariff = tariff
        self._demo = demo
        self.progress = progress
        self._first_bad: str | None = None
        self._lost: GatewayLost | None = None

    def test(self, name: str, model: Askable | str) -> ChatCheck:
        """Ask one model as often as the plan says; a text in its place says why it cannot be asked."""
        if self._plan.fail_fast and self._first_bad is not None:
            return ChatCheck(name, "skipped", f"not asked, because {self._first_bad} failed (--fail-fast)")
        if self._lost:
            return ChatCheck(name, "error", "not asked: the gateway was lost before")
        check = ChatCheck(name, "failed", model) if isinstance(model, str) else combined(list(self._runs(model)))
        if self._lost and check.outcome == "failed":
            check = replace(check, reason=f"{check.reason}; then {self._lost.sentence}")
        if check.outcome != "passed":
            self._first_bad = self._first_bad or name
        return replace(check, demo=name in self._demo)

    def _runs(self, model: Askable) -> Iterator[ChatCheck]:
        for turn in range(1, self._plan.repeat + 1):
            self.progress(f"asking {model.name}{f' ({turn} of {self._plan.repeat})' if turn > 1 else ''}")
            try:
                check = self._tried(model)
            except GatewayLost as error:
                self._lost = error
                yield ChatCheck(model.name, "error", error.sentence, runs=1)
                return
            yield check

    def _tried(self, model: Askable) -> ChatCheck:
        """Ask until it passes, or no try is left. Raises GatewayLost, after which nobody asks again."""
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
        if self._lost:
            raise self._lost
        try:
            reply = self._reply(question)
        except GatewayLost:
            raise
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
        return probe.check(self._gateway.address, None, timeout_s).latency_ms is None

    def _wants_a_key(self) -> bool:
        """Whether it was the lack of hubctl's own key: LiteLLM may answer that with a bare 500, as much else."""
        if self._gateway.has_key:
            return False
        timeout_s = min(PROBE_S, self._plan.timeout_s)
        return probe.check(self._gateway.address, None, timeout_s).state == "unauthorized"

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
