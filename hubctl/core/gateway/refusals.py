"""What the gateway's error texts mean, in plain words with the next step.

Source: texts seen from the LiteLLM proxy 1.106.2 and 1.109.1 on real mistakes, and on a provider that plays them.
"""

import re
from collections.abc import Callable

Words = Callable[[str, "re.Match[str]", str], str]

QUOTED_CHARACTERS = 200
# LiteLLM puts the name of its error and of the provider before what the provider said, sometimes twice.
_PREFIX = re.compile(r"^(?:(?:litellm\.)?[A-Za-z]+(?:Error|Timeout): )*(?:\w+Exception - )?")
_COOLDOWN = r"No deployments available for selected model|in cooldown"


def _said(words: str) -> Words:
    return lambda _model, _found, _text: words


def _quoting(words: str) -> Words:
    return lambda _model, _found, text: f"{words}: {_quoted(text)}"


# The first that fits counts: what names a cause stands before what names a kind.
_TABLE: tuple[tuple[str, Words], ...] = (
    (
        r"Invalid model name passed in model",
        lambda model, _, _text: f"the gateway has no model {model}; `hubctl models` lists what it has",
    ),
    (
        r"There are no healthy deployments for this model",
        lambda model, _, _text: (
            f"the gateway dropped the entry of {model}, whose target or alias is wrong: see `hubctl config check`"
        ),
    ),
    (
        r"model '(?P<name>[^']+)' not found",
        lambda _, found, _text: f"Ollama has not pulled {found['name']}: `hubctl models pull {found['name']}`",
    ),
    (
        r"Cannot connect to host",
        _said("the gateway does not reach the model's server (Ollama down?): see `hubctl doctor`"),
    ),
    (
        r"Connection error\.",
        _said("the model's server is not reached, or cuts the connection: see the entry's api_base, and that server"),
    ),
    (
        r"Missing credentials|Missing (?:Anthropic|Gemini) API [Kk]ey|API key not set",
        _said("the provider's key is missing: `hubctl provider set-key` sets it"),
    ),
    (
        r"AuthenticationError|invalid_api_key|API key not valid",
        _said("the provider refuses the key: `hubctl provider set-key` takes another one"),
    ),
    (
        _COOLDOWN,
        _said("cooling down after an earlier failure: ask again in 5 s to see the cause"),
    ),
    (
        r"insufficient_quota|exceeded your current quota|Insufficient Balance",
        _said("the provider's account has no money or quota left: top it up with the provider"),
    ),
    (
        r"Model rate limit exceeded",
        _said("refused by the rate limit of its entry (rpm, tpm): ask again in a minute"),
    ),
    (
        r"RateLimitError|rate limit",
        _said("refused by the provider's rate limit: ask again later"),
    ),
    (
        r"litellm\.Timeout|Timeout passed=",
        _said("the model's server did not answer in time: see that server"),
    ),
    (
        r"Response payload is not completed|peer closed connection|incomplete chunked read",
        _said("the model's server broke its answer off: see the log of that server"),
    ),
    (
        r"Expecting (?:property name|value|',')|Unterminated string|JSONDecodeError",
        _said("the model's server sent what is not JSON: see the entry's api_base"),
    ),
    (
        r"ContentPolicyViolationError",
        _said("the provider's content filter refuses the prompt: ask something else (--prompt)"),
    ),
    (
        r"ContextWindowExceededError",
        _said("the prompt is longer than the model takes: ask something shorter (--prompt)"),
    ),
    (
        r"UnsupportedParamsError",
        _quoting("the model does not take an option that was sent"),
    ),
    (
        r"NotFoundError",
        _quoting("the provider has no such model (is the entry's target wrong or retired?)"),
    ),
    (
        r"PermissionDeniedError",
        _quoting("the provider forbids it to this account"),
    ),
    (
        r"ServiceUnavailableError",
        _quoting("the provider is overloaded or away, ask again later"),
    ),
    (
        r"InternalServerError",
        _quoting("the model's server failed"),
    ),
)


def refused_key(status: int, message: str) -> bool:
    """Whether it was hubctl's own key that was refused, so that nothing was learned about the model."""
    if status == 400:  # noqa: PLR2004 - LiteLLM's answer to a wrong key without a database
        return "No connected db" in message
    return status == 401 and ("Authentication Error" in message or "No api key passed in" in message)  # noqa: PLR2004


def cooling_down(message: str) -> bool:
    """Whether the gateway did not even ask, because of an earlier failure whose cause is not told."""
    return re.search(_COOLDOWN, message) is not None


def reason(model: str, status: int | None, message: str) -> str:
    """Say why a chat completion was refused, or ended in an error. An unknown text is quoted, shortened."""
    for pattern, words in _TABLE:
        if found := re.search(pattern, message):
            return words(model, found, message)
    return _quoted(message) if status is None else f"HTTP {status}: {_quoted(message)}"


def _quoted(message: str) -> str:
    return " ".join(_PREFIX.sub("", message).split())[:QUOTED_CHARACTERS]
