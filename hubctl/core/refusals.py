"""What the gateway's error texts mean, in plain words with the next step.

Source: texts seen from the LiteLLM proxy 1.106.2 and 1.109.1 on real mistakes.
"""

import re
from collections.abc import Callable
from typing import Literal

Verdict = Literal["failed", "error"]

_TABLE: tuple[tuple[str, Callable[[str, "re.Match[str]"], str]], ...] = (
    (
        r"Invalid model name passed in model",
        lambda model, _: f"the gateway has no model {model}; `hubctl models` lists what it has",
    ),
    (
        r"There are no healthy deployments for this model",
        lambda model, _: f"the gateway dropped the entry of {model} when it started: its target or alias is wrong",
    ),
    (
        r"model '(?P<name>[^']+)' not found",
        lambda _, found: f"Ollama has not pulled {found['name']}: `ollama pull {found['name']}`",
    ),
    (
        r"Cannot connect to host",
        lambda _model, _: "the gateway does not reach the model's server (Ollama down?): see `hubctl status`",
    ),
    (
        r"Missing credentials|Missing (?:Anthropic|Gemini) API [Kk]ey|API key not set",
        lambda _model, _: "the provider's key is missing: set it in the gateway's env file, then start it anew",
    ),
    (
        r"AuthenticationError|invalid_api_key|API key not valid",
        lambda _model, _: "the provider refuses the key",
    ),
    (
        r"No deployments available for selected model|in cooldown",
        lambda _model, _: "cooling down after an earlier failure: ask again in 5 s to see the cause",
    ),
    (
        r"insufficient_quota|exceeded your current quota|Insufficient Balance",
        lambda _model, _: "the provider's account has no money or quota left",
    ),
    (
        r"RateLimitError|rate limit",
        lambda _model, _: "refused by a rate limit",
    ),
    (
        r"litellm\.Timeout|Timeout passed=",
        lambda _model, _: "the model's server did not answer in time",
    ),
)


def refused_key(status: int, message: str) -> bool:
    """Whether it was hubctl's own key that was refused, so that nothing was learned about the model."""
    if status == 400:  # noqa: PLR2004 - LiteLLM's answer to a wrong key without a database
        return "No connected db" in message
    return status == 401 and ("Authentication Error" in message or "No api key passed in" in message)  # noqa: PLR2004


def reason(model: str, status: int, message: str) -> str:
    """Say why a chat completion was refused. An unknown text is quoted, shortened."""
    for pattern, words in _TABLE:
        if found := re.search(pattern, message):
            return words(model, found)
    return f"HTTP {status}: {' '.join(message.split())[:200]}"
