"""What a smoke test may cost, checked before the first call, and what it did cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.gateway.client import Deployment, Gateway
from hubctl.core.gateway.chat import Question
from hubctl.core.gateway.money import Price, listed_price
from hubctl.core.models.askable import Askable
from hubctl.core.probe import HTTP_OK
from hubctl.errors import BudgetExceeded
from hubctl.operations.smoke.verdict import number

_UNKNOWN = Price(None, None)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What the gateway says that its models cost. Empty when only free ones are asked.

    `listed` are prices by target, for deployments that have none of their own.
    """

    deployments: tuple[Deployment, ...] = ()
    listed: Mapping[str, Price] = field(default_factory=dict)

    def of(self, asked: Askable) -> list[Price]:
        """The prices of everything that may answer for a name; at least one, which may be unknown."""
        own = [each.price for each in self.deployments if each.name in {asked.name, asked.entry}] or [_UNKNOWN]
        if _UNKNOWN not in own:
            return own
        return [price for price in own if price != _UNKNOWN] + [
            self.listed.get(target, _UNKNOWN) for target in asked.targets or {""}
        ]

    def spent(self, asked: Askable, reply: Reply) -> float | None:
        """What one reply cost; null when nobody knows. A cached answer costs nothing, whatever its headers say."""
        if "x-litellm-cache-key" in reply.headers or (
            asked.free and not number(reply, "x-litellm-attempted-fallbacks")
        ):
            return 0.0
        told = number(reply, "x-litellm-response-cost")  # not told of a stream
        if reply.status != HTTP_OK or told is not None:
            return told
        chat = reply.chat
        if chat.prompt_tokens is None or chat.completion_tokens is None:
            return None
        identity = reply.headers.get("x-litellm-model-id")
        prices = [each.price for each in self.deployments if each.id == identity and each.price != _UNKNOWN]
        return (prices or self.of(asked))[0].cost(chat.prompt_tokens, chat.completion_tokens)


def tariff(gateway: Gateway, costing: Iterable[Askable]) -> Tariff:
    """Ask the gateway for prices: of its deployments, and from LiteLLM's list for those that have none there.

    Raises GatewayRefused, GatewayUnreachable.
    """
    asked = list(costing)
    if not asked:
        return Tariff()
    known = Tariff(gateway.deployments())
    lacking = {target for each in asked if _UNKNOWN in known.of(each) for target in each.targets}
    if not lacking:
        return known
    prices = gateway.price_list()
    return replace(known, listed={target: listed_price(target, prices) for target in lacking})


def check(known: Tariff, costing: Iterable[Sequence[Askable]], question: Question, *, times: int, limit: float) -> None:
    """Refuse what can cost more than the limit in USD, or nobody knows how much.

    costing has for each model what may answer for it, of which the dearest counts, `times` times. Raises
    BudgetExceeded.
    """
    most_usd = times * sum(max(_most(known, each, question) for each in chain) for chain in costing if chain)
    if most_usd > limit:
        raise BudgetExceeded(
            f"this can cost up to {most_usd:.4f} USD, more than the budget of {limit:g} USD; nothing was asked",
            hint=f"ask for less (fewer models, --max-tokens), or allow it with `--budget {_enough(most_usd)}`",
        )


def _most(known: Tariff, asked: Askable, question: Question) -> float:
    most_usd = 0.0
    for price in known.of(asked):
        most = price.most(question)
        if most is None:
            raise BudgetExceeded(
                f"the gateway knows no price for {asked.name}, so what asking it costs cannot be bounded",
                hint="`--budget none` asks it all the same",
            )
        most_usd = max(most_usd, most)
    return most_usd


def _enough(usd: float) -> str:
    return f"{ceil(usd * 100) / 100:.2f}"
