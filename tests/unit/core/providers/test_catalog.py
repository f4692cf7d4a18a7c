"""The catalog: whole entries, the right provider for a target or a key, and no key shown."""

from urllib.parse import urlsplit

import pytest

from hubctl.core.providers import catalog
from hubctl.core.providers.catalog import PROVIDERS, Provider
from hubctl.errors import UnknownProvider

BY_NAME = {provider.name: provider for provider in PROVIDERS}
SECRET = "0123456789abcdefghijWXYZ"


def name(provider: Provider | None) -> str | None:
    return provider.name if provider else None


@pytest.mark.parametrize("provider", PROVIDERS, ids=BY_NAME)
def test_every_entry_is_whole_and_agrees_with_itself(provider: Provider) -> None:
    assert provider.variable in provider.variables
    assert provider.models
    for model in provider.models:
        assert name(catalog.of_target(model, None)) == provider.name
    assert urlsplit(provider.check.url).scheme == "https"
    assert urlsplit(provider.check.url).hostname in provider.hosts
    assert "{}" in provider.check.form
    for start in provider.key_starts:
        assert name(catalog.looks_like(start + SECRET)) == provider.name


def test_no_two_providers_share_a_name_a_variable_or_the_start_of_a_key() -> None:
    for values in (
        [each for p in PROVIDERS for each in (p.name, *p.also_called)],
        [each for p in PROVIDERS for each in p.variables],
        [each for p in PROVIDERS for each in p.key_starts],
        [each for p in PROVIDERS for each in p.prefixes],
    ):
        assert len(values) == len(set(values))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("openai", "openai"), ("OpenAI", "openai"), (" gemini ", "google"), ("claude", "anthropic"), ("grok", "xai")],
)
def test_a_provider_is_found_by_its_names(asked: str, expected: str) -> None:
    assert catalog.find(asked).name == expected


def test_an_unknown_provider_is_named_with_a_near_one_or_all() -> None:
    with pytest.raises(UnknownProvider, match="'antropic'") as caught:
        catalog.find("antropic")
    assert caught.value.hint == "did you mean anthropic?"
    with pytest.raises(UnknownProvider) as caught:
        catalog.find("zzz")
    assert "openrouter" in (caught.value.hint or "")


def test_a_key_in_the_place_of_a_name_is_not_repeated() -> None:
    with pytest.raises(UnknownProvider) as caught:
        catalog.find(f"sk-proj-{SECRET}")
    assert SECRET[:8] not in caught.value.sentence


@pytest.mark.parametrize(
    ("target", "api_base", "expected"),
    [
        ("openai/gpt-4o", None, "openai"),
        ("gpt-4o", None, "openai"),
        ("claude-sonnet-5-5", None, "anthropic"),
        ("gemini/gemini-pro", None, "google"),
        ("cohere/command-r", None, "cohere"),
        ("groq/openai/gpt-oss-20b", None, "groq"),
        ("openai/gpt-4o", "https://api.openai.com/v1", "openai"),
        ("openai/gpt-4o", "os.environ/OPENAI_BASE_URL", "openai"),
        ("openai/local", "http://vllm:8000/v1", None),
        ("openai/local", "os.environ/VLLM_URL", None),
        ("openai/x", "http://[", None),
        ("azure/gpt-4o", None, None),
        ("vertex_ai/gemini-pro", None, None),
        ("ollama_chat/llama3", None, None),
        ("gemini-pro", None, None),  # LiteLLM takes the bare name for Vertex
        ("llama3", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_an_entry_belongs_to_the_provider_that_its_calls_go_to(
    target: str | None, api_base: str | None, expected: str | None
) -> None:
    assert name(catalog.of_target(target, api_base)) == expected


@pytest.mark.parametrize("key", [f"sk-{SECRET}", SECRET, "", "sk-", "AIz" + SECRET])
def test_a_key_that_could_be_anybodys_is_nobodys(key: str) -> None:
    assert catalog.looks_like(key) is None


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (f"sk-proj-{SECRET}", "sk-proj-…WXYZ"),
        (f"sk-ant-api03-{SECRET}", "sk-ant-…WXYZ"),
        (f"sk-{SECRET}", "sk-…WXYZ"),
        (SECRET, "…WXYZ"),
        ("AIza" + SECRET, "AIza…WXYZ"),
        ("sk-short12345", "sk-…"),
        ("short", "…"),
        ("", "…"),
    ],
)
def test_a_key_is_shown_by_its_known_start_and_its_last_four(key: str, shown: str) -> None:
    assert catalog.masked(key) == shown
    assert catalog.masked(key, catalog.looks_like(key)) == shown


@pytest.mark.parametrize("start", ["sk-", "sk-proj-", "sk-ant-api03-", "sk-or-v1-", "gsk_", "AIza", "xai-", "tgp_v1_"])
def test_keys_in_a_text_are_hidden(start: str) -> None:
    text = f'Incorrect API key provided: "{start}{SECRET}". See https://example.com/sk-help.'
    shown = catalog.scrub(text)
    assert SECRET[:6] not in shown
    assert shown.startswith('Incorrect API key provided: "')
    assert shown.endswith('…". See https://example.com/sk-help.')


def test_traps_are_told_only_where_they_are() -> None:
    google, openai = BY_NAME["google"], BY_NAME["openai"]
    assert catalog.traps(google, {"GEMINI_API_KEY"}) == ()
    (note,) = catalog.traps(google, {"GEMINI_API_KEY", "GOOGLE_API_KEY"})
    assert note.startswith("GOOGLE_API_KEY is set too, and wins over GEMINI_API_KEY")
    assert catalog.traps(google, {"GOOGLE_API_KEY"}) == ()
    assert catalog.traps(openai, {"OPENAI_BASE_URL"}) == ("OPENAI_BASE_URL is set: calls to OpenAI go to that address",)
