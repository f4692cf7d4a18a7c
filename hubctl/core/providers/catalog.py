"""What hubctl knows of providers: which one is meant, whose entry or key this is, and how a key is shown."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from urllib.parse import urlsplit

from hubctl.core.providers.table import PROVIDERS, Provider
from hubctl.core.text.os_environ import variable_of
from hubctl.errors import UnknownProvider

__all__ = ["PROVIDERS", "Provider", "find", "looks_like", "masked", "model_name", "of_target", "scrub", "traps"]

HIDDEN = "…"
# Several providers' keys begin so: it may be shown, and tells nothing.
_COMMON_START = "sk-"
_TAIL = 4
# Of a key that is hardly longer, its last characters would give away too much.
_SHORTEST_WITH_TAIL = 12
_STARTS = sorted((start for provider in PROVIDERS for start in provider.key_starts), key=len, reverse=True)
# The longest start that fits, and no shorter one: what is masked already stays as it is.
_KEY = re.compile(rf"(?<![A-Za-z0-9])(?>({'|'.join(map(re.escape, [*_STARTS, _COMMON_START]))}))[A-Za-z0-9_*.-]{{6,}}")


def find(name: str) -> Provider:
    """Give the provider that is called so. Raises UnknownProvider, which shows nothing that could be a key."""
    wanted = name.strip().lower()
    names = {each: provider for provider in PROVIDERS for each in (provider.name, *provider.also_called)}
    if wanted in names:
        return names[wanted]
    near = get_close_matches(wanted, names, n=1)
    known = ", ".join(provider.name for provider in PROVIDERS)
    raise UnknownProvider(
        f"no provider is called {scrub(name[:40])!r}",
        hint=f"did you mean {names[near[0]].name}?" if near else f"there are {known}",
    )


def of_target(target: str | None, api_base: str | None) -> Provider | None:
    """Tell whose model an entry asks for; null where its calls go elsewhere.

    `openai/` with an address of its own is a server that speaks OpenAI's protocol, and not OpenAI.
    """
    prefix, slash, _ = (target or "").partition("/")
    for provider in PROVIDERS:
        mine = prefix in provider.prefixes if slash else bool(provider.bare) and prefix.startswith(provider.bare)
        if mine:
            return provider if api_base is None or _is_own(provider, api_base) else None
    return None


def model_name(target: str) -> str:
    """Give the name under which clients ask for a target of the catalog."""
    return target.rpartition("/")[2]


def looks_like(key: str) -> Provider | None:
    """Tell whose key this must be by its first characters; null where several could be."""
    fitting = [start for start in _STARTS if key.startswith(start)]
    return next((provider for provider in PROVIDERS if fitting and fitting[0] in provider.key_starts), None)


def masked(key: str, provider: Provider | None = None) -> str:
    """Show a key by its known first characters and its last four, as far as that gives nothing away."""
    starts = [*(provider.key_starts if provider else _STARTS), _COMMON_START]
    start = next((each for each in starts if key.startswith(each)), "")
    rest = key.removeprefix(start)
    return f"{start}{HIDDEN}{rest[-_TAIL:] if len(rest) >= _SHORTEST_WITH_TAIL else ''}"


def scrub(text: str) -> str:
    """Hide in a text everything that looks like a provider's key."""
    return _KEY.sub(rf"\g<1>{HIDDEN}", text)


def traps(provider: Provider, names: Collection[str]) -> tuple[str, ...]:
    """Tell which of these variables make the provider's key or calls another than one would think."""
    before = provider.variables[: provider.variables.index(provider.variable)]
    notes = [
        f"{name} is set too, and wins over {provider.variable} for entries that name no api_key of their own"
        for name in before
        if name in names and provider.variable in names
    ]
    notes += [
        f"{name} is set: calls to {provider.title} go to that address"
        for name in provider.base_variables
        if name in names
    ]
    return tuple(notes)


def _is_own(provider: Provider, api_base: str) -> bool:
    named = variable_of(api_base)
    if named is not None:
        return named in provider.base_variables
    try:
        return urlsplit(api_base).hostname in provider.hosts
    except ValueError:
        return False
