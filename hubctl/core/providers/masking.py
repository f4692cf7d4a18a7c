"""Hides in a text every secret that a hub's environments hold, and what looks like a provider's key."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from hubctl.core.providers.catalog import HIDDEN, scrub

_SECRET_NAME = re.compile(r"(?i)key|passw|secret|token|credential")
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")
# Shorter ones stand in any text by chance.
_SHORTEST = 6


def masker(environments: Iterable[Mapping[str, str]]) -> Callable[[str], str]:
    """Give a function that hides them."""
    secrets = {secret for environment in environments for secret in _secrets(environment)}
    ordered = sorted(secrets, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def masked(text: str) -> str:
        without = pattern.sub(HIDDEN, text) if pattern else text
        return scrub(_LOGIN.sub(f"{HIDDEN}@", without))

    return masked


def _secrets(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        found = value.split(";") if _SECRET_NAME.search(name) else _passwords(value)
        yield from (each.strip() for each in found if len(each.strip()) >= _SHORTEST)


def _passwords(value: str) -> list[str]:
    """Take the password out of an address, as it stands there and as it is meant."""
    try:
        password = urlsplit(value).password if "://" in value else None
    except ValueError:
        return []
    return [password, unquote(password)] if password else []
