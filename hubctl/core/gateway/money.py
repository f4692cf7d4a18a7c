"""What model calls cost: at most, before they are made, and really, by what they used. Everything in USD."""

from collections.abc import Mapping
from dataclasses import dataclass

from hubctl.core.gateway.chat import Question

# Roles and separators, which every message of a prompt costs beside its text.
TOKENS_PER_MESSAGE = 16
_ALWAYS_SEARCHING = "perplexity"  # every question to its models is a paid search of the web, too


@dataclass(frozen=True, slots=True)
class Price:
    """What a deployment costs; null where the gateway does not know. Reasoning counts as output, the dearer of both."""

    per_input_token: float | None
    per_output_token: float | None
    per_request: float = 0.0

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """Give the cost of one call; null when the price is not known."""
        if self.per_input_token is None or self.per_output_token is None:
            return None
        return self.per_request + input_tokens * self.per_input_token + output_tokens * self.per_output_token

    def most(self, question: Question) -> float | None:
        """Give what one call can cost at most: a token is at least one byte of the prompt."""
        texts = [text for text in (question.prompt, question.system) if text is not None]
        input_tokens = sum(len(text.encode("utf-8", "replace")) + TOKENS_PER_MESSAGE for text in texts)
        return self.cost(input_tokens, question.max_tokens)


def price(info: object) -> Price:
    """Read a price as LiteLLM keeps it, in /model/info and in its public list."""
    known: Mapping[str, object] = info if isinstance(info, dict) else {}
    output, reasoning = _usd(known.get("output_cost_per_token")), _usd(known.get("output_cost_per_reasoning_token"))
    per_request = _usd(known.get("input_cost_per_request")) or 0.0
    searches = known.get("search_context_cost_per_query")
    if known.get("litellm_provider") == _ALWAYS_SEARCHING and isinstance(searches, dict):
        per_request += max((_usd(cost) or 0.0 for cost in searches.values()), default=0.0)
    per_output = max(output, reasoning or 0.0) if output is not None else None
    return Price(_usd(known.get("input_cost_per_token")), per_output, per_request)


def listed_price(target: str, prices: Mapping[str, object]) -> Price:
    """Give what LiteLLM's public list says that a target costs."""
    return price(listed(target, prices))


def retirement(target: str, prices: Mapping[str, object]) -> str | None:
    """Give the date (YYYY-MM-DD) on which a target's provider ends it, as LiteLLM's public list knows it."""
    date = listed(target, prices).get("deprecation_date")
    return date if isinstance(date, str) else None


def listed(target: str, prices: Mapping[str, object]) -> Mapping[str, object]:
    """Look a target up in LiteLLM's public list, where most providers' models stand without their prefix."""
    provider, _, name = target.partition("/")
    whole, bare = prices.get(target), prices.get(name)
    if isinstance(whole, dict):
        return whole
    return bare if isinstance(bare, dict) and bare.get("litellm_provider") == provider else {}


def _usd(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and 0 <= value < float("inf") else None
