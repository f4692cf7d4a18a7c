"""The one real answer that proves a change: of the cheapest of the models that it made askable, by known price."""

from collections.abc import Sequence
from pathlib import Path

from hubctl.adapters.gateway.client import Gateway
from hubctl.core.gateway.chat import Question
from hubctl.core.models.askable import Askable
from hubctl.operations.change.changed import Proof
from hubctl.operations.smoke import budget, run
from hubctl.operations.smoke.budget import Tariff
from hubctl.operations.smoke.call import Plan

CHECK = "a real answer"


def ask(gateway: Gateway, config: Path, enabled: Sequence[str], *, timeout_s: float) -> Proof:
    """Ask the cheapest of these models once. Raises GatewayRefused, GatewayUnreachable.

    Where no price is known of any, none is asked, which is said and is no failure: nobody knows what it would cost.
    """
    known = run.names(config)
    plan = Plan(timeout_s=timeout_s)
    askable = [found for name in enabled if (found := known.find(name))]
    tariff = budget.tariff(gateway, [each for each in askable if not each.free])
    prices = {each.name: _most(tariff, each, plan.question) for each in askable}
    priced = {name: price for name, price in prices.items() if price is not None}
    if not priced:
        names = ", ".join(enabled)
        return Proof(CHECK, ok=True, detail=f"not asked for, since no price is known: `hubctl test-model {names}` asks")
    (check,) = run.run(known, gateway, [min(priced, key=lambda name: priced[name])], plan).results
    if check.outcome != "passed":
        return Proof(CHECK, ok=False, detail=f"{check.model}: {check.reason}")
    cost = f", for {check.cost_usd:.6f} USD" if check.cost_usd else ""
    return Proof(CHECK, ok=True, detail=f"{check.model} answered in {check.latency_s:.1f} s{cost}: {check.reply}")


def _most(tariff: Tariff, asked: Askable, question: Question) -> float | None:
    """What one answer can cost at most; null when nobody knows."""
    if asked.free:
        return 0.0
    prices = [price.most(question) for price in tariff.of(asked)]
    known = [price for price in prices if price is not None]
    return max(known) if len(known) == len(prices) else None
