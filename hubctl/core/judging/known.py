"""What the pinned LiteLLM accepts, as `tools/litellm_facts.py` asked it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, Self
from urllib.parse import urlsplit

# About two seconds of comparing; 300 unknown variables are compared with all of LiteLLM's.
_MOST_COMPARISONS = 500_000
_LONGEST_WORD = 200
_SECTIONS = ("general_settings", "litellm_settings", "router_settings")


@dataclass(frozen=True, slots=True)
class Known:
    """The names that one version of LiteLLM accepts. `retired` has a date (YYYY-MM-DD) for each model with an end.

    `callbacks` are for all three lists of callbacks, `event_callbacks` for `success_callback` and `failure_callback`.
    """

    version: str
    sections: frozenset[str]
    general_settings: frozenset[str]
    litellm_settings: frozenset[str]
    router_settings: frozenset[str]
    litellm_params: frozenset[str]
    cache_params: frozenset[str]
    cache_types: frozenset[str]
    routing_strategies: frozenset[str]
    providers: frozenset[str]
    endpoints: tuple[str, ...]
    callbacks: frozenset[str]
    event_callbacks: frozenset[str]
    callback_packages: Mapping[str, str]
    bare_models: frozenset[str]
    bare_patterns: tuple[str, ...]
    retired: Mapping[str, str]
    environment: frozenset[str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Take the facts out of the generated file."""
        makers = {"version": str, "endpoints": tuple, "bare_patterns": tuple}
        makers |= dict.fromkeys(("callback_packages", "retired"), dict)
        return cls(**{f.name: makers.get(f.name, frozenset)(data[f.name]) for f in fields(cls)})

    def keys_of(self, section: str) -> frozenset[str]:
        """The keys that LiteLLM reads from one of the three sections of settings."""
        keys: frozenset[str] = getattr(self, section)
        return keys

    def homes(self, key: str) -> tuple[str, ...]:
        """The sections in which a key has an effect."""
        return tuple(section for section in _SECTIONS if key in self.keys_of(section))

    def is_bare_model(self, name: str) -> bool:
        """Whether LiteLLM finds the provider of a model name that has no prefix."""
        if name in self.bare_models or name == "*" or name.startswith(("gpt-image", "amazon_nova")):
            return True
        if "ft:gpt-3.5-turbo" in name or "ft:gpt-4" in name:
            return True
        return any(re.search(pattern, name) for pattern in self.bare_patterns)

    def is_endpoint(self, api_base: str) -> bool:
        """Whether LiteLLM tells the provider by this address."""
        return any(_lies_below(api_base, endpoint) for endpoint in self.endpoints)


class Guesses:
    """Guesses what unknown words were meant to be, as long as they are few.

    Each word is compared with all known ones, which thousands of words in a file would not be worth: they are no typos.
    """

    def __init__(self) -> None:
        self._left = _MOST_COMPARISONS
        self._near: dict[tuple[str, frozenset[str]], str | None] = {}

    def nearest(self, word: str, words: frozenset[str]) -> str | None:
        """The known word that this one was probably meant to be."""
        asked = (word, words)
        if asked not in self._near and len(word) <= _LONGEST_WORD:
            self._left -= len(words)
            if self._left < 0:
                return None
            near = get_close_matches(word, sorted(words), n=1, cutoff=0.8)
            self._near[asked] = near[0] if near else None
        return self._near.get(asked)


def _lies_below(api_base: str, endpoint: str) -> bool:
    try:
        asked, known = (urlsplit(url if "://" in url else f"https://{url}") for url in (api_base, endpoint))
    except ValueError:
        return False
    path, start = asked.path.rstrip("/"), known.path.rstrip("/")
    return asked.hostname == known.hostname and (not start or path == start or path.startswith(f"{start}/"))
