"""The providers that hubctl knows, one short entry each: adding a provider is adding an entry.

Source: LiteLLM 1.106.2 and 1.109.1 (variables, prefixes, models); each provider's API reference (addresses, answers).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A request that costs nothing and needs a good key. `form` is the header's value, with the key for the braces."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    header: str = "Authorization"
    form: str = "Bearer {}"
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """How the answers to that request read.

    `good` is the key of a good answer's object, or `[]` for a bare array. `refused` are the statuses that mean a bad
    key, each with what its text has to contain; with one of the `excused` words in it, a refusal is about something
    else than a wrong key. Whatever is neither proves nothing.
    """

    good: str = "data"
    refused: tuple[tuple[int, str], ...] = ((401, ""),)
    excused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    `variables` are in the order in which LiteLLM takes them, `variable` is the one hubctl writes; `base_variables` send
    its calls elsewhere. `hosts` are its own API's. `bare` begins the model names that LiteLLM takes for this provider's
    without a prefix. `key_starts` tell its keys from everybody else's. `models` are LiteLLM targets of today.
    """

    name: str
    title: str
    variable: str
    variables: tuple[str, ...]
    prefixes: tuple[str, ...]
    hosts: tuple[str, ...]
    models: tuple[str, ...]
    check: KeyRequest
    answers: Answers = Answers()
    base_variables: tuple[str, ...] = ()
    key_starts: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    also_called: tuple[str, ...] = ()


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        name="openai",
        title="OpenAI",
        variable="OPENAI_API_KEY",
        variables=("OPENAI_API_KEY",),
        base_variables=("OPENAI_BASE_URL", "OPENAI_API_BASE"),
        prefixes=("openai",),
        bare=("gpt-", "o1", "o3", "o4", "chatgpt-", "text-embedding-"),
        hosts=("api.openai.com",),
        models=("openai/gpt-6.1-sol", "openai/gpt-6-luna"),
        key_starts=("sk-proj-", "sk-svcacct-", "sk-admin-"),
        check=KeyRequest("https://api.openai.com/v1/models"),
        # A restricted key that may not list models, and a good key from an address that is not allowed, get 401 too.
        answers=Answers(excused=("Missing scopes", "IP not authorized", "IP allowlist")),
    ),
    Provider(
        name="anthropic",
        title="Anthropic",
        variable="ANTHROPIC_API_KEY",
        variables=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
        base_variables=("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"),
        prefixes=("anthropic",),
        bare=("claude-",),
        hosts=("api.anthropic.com",),
        models=("anthropic/claude-sonnet-5-5", "anthropic/claude-haiku-5-5"),
        key_starts=("sk-ant-",),
        check=KeyRequest(
            "https://api.anthropic.com/v1/models",
            header="x-api-key",
            form="{}",
            also=(("anthropic-version", "2023-06-01"),),
        ),
        also_called=("claude",),
    ),
    Provider(
        name="google",
        title="Google",
        variable="GEMINI_API_KEY",
        variables=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        base_variables=("GEMINI_API_BASE",),
        prefixes=("gemini",),
        hosts=("generativelanguage.googleapis.com",),
        models=("gemini/gemini-3.8-flash", "gemini/gemini-2.5-flash-lite"),
        key_starts=("AIza",),
        check=KeyRequest("https://generativelanguage.googleapis.com/v1beta/models", header="x-goog-api-key", form="{}"),
        answers=Answers(
            "models", ((400, "API key not valid"), (400, "API_KEY_INVALID"), (401, ""), (403, "reported as leaked"))
        ),
        also_called=("gemini",),
    ),
    Provider(
        name="groq",
        title="Groq",
        variable="GROQ_API_KEY",
        variables=("GROQ_API_KEY",),
        base_variables=("GROQ_API_BASE",),
        prefixes=("groq",),
        hosts=("api.groq.com",),
        models=("groq/openai/gpt-oss-120b", "groq/openai/gpt-oss-20b"),
        key_starts=("gsk_",),
        check=KeyRequest("https://api.groq.com/openai/v1/models"),
    ),
    Provider(
        name="mistral",
        title="Mistral",
        variable="MISTRAL_API_KEY",
        variables=("MISTRAL_API_KEY",),
        base_variables=("MISTRAL_API_BASE",),
        prefixes=("mistral",),
        hosts=("api.mistral.ai",),
        models=("mistral/mistral-large-latest", "mistral/codestral-latest"),
        check=KeyRequest("https://api.mistral.ai/v1/models"),
    ),
    Provider(
        name="deepseek",
        title="DeepSeek",
        variable="DEEPSEEK_API_KEY",
        variables=("DEEPSEEK_API_KEY",),
        base_variables=("DEEPSEEK_API_BASE",),
        prefixes=("deepseek",),
        hosts=("api.deepseek.com",),
        models=("deepseek/deepseek-v4-flash", "deepseek/deepseek-v4-pro"),
        check=KeyRequest("https://api.deepseek.com/models"),
    ),
    Provider(
        name="openrouter",
        title="OpenRouter",
        variable="OPENROUTER_API_KEY",
        variables=("OPENROUTER_API_KEY", "OR_API_KEY"),
        base_variables=("OPENROUTER_API_BASE",),
        prefixes=("openrouter",),
        hosts=("openrouter.ai",),
        models=("openrouter/openai/gpt-oss-120b",),
        key_starts=("sk-or-",),
        # Its list of models is public: this one tells about the key itself.
        check=KeyRequest("https://openrouter.ai/api/v1/key"),
    ),
    Provider(
        name="xai",
        title="xAI",
        variable="XAI_API_KEY",
        variables=("XAI_API_KEY",),
        base_variables=("XAI_API_BASE",),
        prefixes=("xai",),
        hosts=("api.x.ai",),
        models=("xai/grok-4.7",),
        key_starts=("xai-",),
        check=KeyRequest("https://api.x.ai/v1/models"),
        answers=Answers(refused=((400, "API key"), (401, ""))),
        also_called=("grok",),
    ),
    Provider(
        name="cohere",
        title="Cohere",
        variable="COHERE_API_KEY",
        variables=("COHERE_API_KEY", "CO_API_KEY"),
        base_variables=("COHERE_API_BASE",),
        prefixes=("cohere_chat", "cohere"),
        hosts=("api.cohere.com", "api.cohere.ai"),
        models=("cohere_chat/command-a-plus-05-2026",),
        check=KeyRequest("https://api.cohere.com/v1/check-api-key", method="POST"),
        answers=Answers(good="valid"),
    ),
    Provider(
        name="together",
        title="Together",
        variable="TOGETHER_API_KEY",
        variables=("TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"),
        base_variables=("TOGETHER_AI_API_BASE",),
        prefixes=("together_ai",),
        hosts=("api.together.ai", "api.together.xyz"),
        models=("together_ai/openai/gpt-oss-120b",),
        key_starts=("tgp_v1_",),
        check=KeyRequest("https://api.together.ai/v1/models"),
        answers=Answers(good="[]"),
        also_called=("together_ai", "togetherai"),
    ),
)
