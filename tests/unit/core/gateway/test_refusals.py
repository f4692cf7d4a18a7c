"""Error texts of the gateway, as the LiteLLM proxy really writes them, and what they mean."""

import pytest

from hubctl.core.gateway.refusals import cooling_down, reason, refused_key

LIMITED = "refused by the provider's rate limit: ask again later"
CASES = [
    (
        "Invalid model name passed in model",
        400,
        "/chat/completions: Invalid model name passed in model=gpt-9. Call `/v1/models` to view available models",
        "the gateway has no model m; `hubctl models` lists what it has",
    ),
    (
        "no healthy deployments",
        400,
        "litellm.BadRequestError: You passed in model=m. There are no healthy deployments for this model.",
        "the gateway dropped the entry of m, whose target or alias is wrong: see `hubctl config check`",
    ),
    (
        "model not found",
        404,
        'litellm.APIConnectionError: Ollama_chatException - {"error":"model \'llama9:3b\' not found"}',
        "Ollama has not pulled llama9:3b: `hubctl models pull llama9:3b`",
    ),
    (
        "cannot connect",
        500,
        "litellm.APIConnectionError: Ollama_chatException - Cannot connect to host ollama:11434 ssl:default",
        "the gateway does not reach the model's server (Ollama down?): see `hubctl doctor`",
    ),
    (
        "missing credentials",
        500,
        "litellm.AuthenticationError: Missing credentials. Please pass an `api_key`, `workload_identity`",
        "the provider's key is missing: `hubctl provider set-key` sets it",
    ),
    (
        "missing Anthropic key",
        401,
        "litellm.AuthenticationError: Missing Anthropic API Key - A call is being made to anthropic but no key is set",
        "the provider's key is missing: `hubctl provider set-key` sets it",
    ),
    (
        "missing Gemini key",
        401,
        "litellm.AuthenticationError: Missing Gemini API key. Set the GEMINI_API_KEY",
        "the provider's key is missing: `hubctl provider set-key` sets it",
    ),
    (
        "key not set",
        401,
        "API key not set",
        "the provider's key is missing: `hubctl provider set-key` sets it",
    ),
    (
        "refused by OpenAI",
        401,
        "litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect API key provided: sk-bad.",
        "the provider refuses the key: `hubctl provider set-key` takes another one",
    ),
    (
        "invalid_api_key",
        401,
        '{"code": "invalid_api_key"}',
        "the provider refuses the key: `hubctl provider set-key` takes another one",
    ),
    (
        "refused by Google",
        400,
        "API key not valid. Please pass a valid API key.",
        "the provider refuses the key: `hubctl provider set-key` takes another one",
    ),
    (
        "cooldown",
        429,
        "No deployments available for selected model, Try again in 5 seconds.",
        "cooling down after an earlier failure: ask again in 5 s to see the cause",
    ),
    (
        "in cooldown",
        429,
        "all deployments in cooldown",
        "cooling down after an earlier failure: ask again in 5 s to see the cause",
    ),
    (
        "quota",
        429,
        "litellm.RateLimitError: OpenAIException - You exceeded your current quota, please check your plan",
        "the provider's account has no money or quota left: top it up with the provider",
    ),
    (
        "quota code",
        429,
        '{"type": "insufficient_quota"}',
        "the provider's account has no money or quota left: top it up with the provider",
    ),
    (
        "balance",
        402,
        "Insufficient Balance",
        "the provider's account has no money or quota left: top it up with the provider",
    ),
    ("rate limit error", 429, "litellm.RateLimitError: slow down", LIMITED),
    (
        "rate limit of the entry",
        429,
        "Model rate limit exceeded: rpm limit=1",
        "refused by the rate limit of its entry (rpm, tpm): ask again in a minute",
    ),
    (
        "no connection",
        500,
        "litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.",
        "the model's server is not reached, or cuts the connection: see the entry's api_base, and that server",
    ),
    (
        "cut off",
        500,
        "litellm.APIConnectionError: APIConnectionError: OpenAIException - Response payload is not completed: <Tr",
        "the model's server broke its answer off: see the log of that server",
    ),
    (
        "not JSON",
        500,
        "litellm.InternalServerError: InternalServerError: OpenAIException - Expecting property name enclosed in dou",
        "the model's server sent what is not JSON: see the entry's api_base",
    ),
    (
        "no such model",
        404,
        "litellm.NotFoundError: NotFoundError: OpenAIException - The model `gpt-9` does not exist",
        "the provider has no such model (is the entry's target wrong or retired?): The model `gpt-9` does not exist",
    ),
    (
        "overloaded",
        503,
        "litellm.ServiceUnavailableError: ServiceUnavailableError: OpenAIException - overloaded",
        "the provider is overloaded or away, ask again later: overloaded",
    ),
    (
        "server error",
        500,
        "litellm.InternalServerError: InternalServerError: OpenAIException - The server had an error",
        "the model's server failed: The server had an error",
    ),
    (
        "any other error",
        403,
        "litellm.APIError: APIError: OpenAIException - Your project may not use this model.",
        "HTTP 403: Your project may not use this model.",
    ),
    (
        "timeout",
        408,
        "litellm.Timeout: Connection timed out",
        "the model's server did not answer in time: see that server",
    ),
    ("passed timeout", 408, "Timeout passed=20.0", "the model's server did not answer in time: see that server"),
]


@pytest.mark.parametrize(("status", "message", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_known_text_is_put_in_plain_words(status: int, message: str, words: str) -> None:
    assert reason("m", status, message) == words


@pytest.mark.parametrize(
    "message",
    [
        "Internal Server Error",
        "the model is fine",
        "connect to host",
        "model not found",
        "a model name passed in",
        "healthy deployments",
        "API key",
        "deployments available",
        "quota",
        "Balance",
        "rate",
        "time out",
        "",
    ],
)
def test_an_unknown_text_is_quoted_with_its_status(message: str) -> None:
    assert reason("m", 418, message) == f"HTTP 418: {message}"


def test_a_long_text_is_quoted_on_one_line_and_shortened() -> None:
    assert reason("m", 500, "a\n  b\r\n" + "x" * 1000) == "HTTP 500: a b " + "x" * 196


@pytest.mark.parametrize(
    ("status", "message", "refused"),
    [
        (400, "No connected db.", True),
        (401, "Authentication Error, Invalid proxy server token passed.", True),
        (401, "Authentication Error, No api key passed in.", True),
        (401, "litellm.AuthenticationError: OpenAIException - Incorrect API key provided", False),
        (400, "Invalid model name passed in model=x", False),
        (500, "No connected db.", False),
        (429, "Authentication Error", False),
        (401, "", False),
    ],
)
def test_hubctls_own_key_is_told_from_the_providers(status: int, message: str, refused: bool) -> None:
    assert refused_key(status, message) is refused


@pytest.mark.parametrize(
    ("message", "cooling"),
    [
        ("No deployments available for selected model, Try again in 5 seconds.", True),
        ("All deployments for selected model are in cooldown. Passed model=m", True),
        ("litellm.RateLimitError: slow down", False),
        ("", False),
    ],
)
def test_a_cooldown_is_known_by_its_words(message: str, cooling: bool) -> None:
    assert cooling_down(message) is cooling
