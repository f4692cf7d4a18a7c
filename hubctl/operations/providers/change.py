"""Adding, switching and removing providers: each planned, its key checked, shown, and made as one change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hubctl.core.providers import catalog
from hubctl.core.providers.catalog import Provider
from hubctl.errors import BadKey
from hubctl.operations.change import transaction
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.plan import Plan
from hubctl.operations.change.transaction import Terms
from hubctl.operations.providers import keys
from hubctl.operations.providers import plan as provider_plan
from hubctl.operations.providers.check import CHECK_S, approve_key
from hubctl.operations.providers.keys import GatewayFiles
from hubctl.operations.providers.listing import entries_of, variable_of

_LINE_ENDS = ("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """How a key comes in and is checked. `given` is null when none was; `ask` then asks a person, if there is one."""

    given: str | None = field(repr=False)
    ask: Callable[[Provider], str | None]
    shell: Mapping[str, str] = field(repr=False)
    force: bool = False
    timeout_s: float = CHECK_S


def set_key(hub: GatewayFiles, name: str, key_terms: KeyTerms, terms: Terms) -> Changed:
    """Put a provider's key where the gateway reads it, once the provider takes it.

    Raises UnknownProvider, BadKey, EditRefused, BadFile, Busy, HalfDone.
    """
    provider = catalog.find(name)
    key = _key(provider, key_terms)
    return transaction.run(
        terms,
        f"provider set-key {provider.name}",
        lambda: provider_plan.set_key(hub, provider, key),
        check=lambda: _approve(hub, provider, key, key_terms),
    )


def remove_key(hub: GatewayFiles, name: str, terms: Terms) -> Changed:
    """Take a provider's key out of the env files. Raises as `set_key` does."""
    provider = catalog.find(name)
    doing = f"provider remove-key {provider.name}"
    return transaction.run(terms, doing, lambda: provider_plan.remove_key(hub, provider))


def enable(hub: GatewayFiles, name: str, refs: Sequence[str], key_terms: KeyTerms, terms: Terms) -> Changed:
    """Set a provider's key, make its entries active, and see one of them answer: one change.

    Without a key, the one that is set already is used and checked; without that one, a person is asked. Raises as
    `set_key` does.
    """
    provider = catalog.find(name)
    present = _present(hub, provider)
    new = key_terms.given if key_terms.given is not None or present or hub.env is None else _key(provider, key_terms)
    key = new or present

    def check() -> tuple[str, ...]:
        if key is None:
            return ("no env file was named, so the key was not looked at",)
        return _approve(hub, provider, key, key_terms)

    def plan() -> Plan:
        return provider_plan.enable(hub, provider, cleaned(new) if new else None, refs)

    return transaction.run(terms, f"provider enable {provider.name}", plan, check=check)


def disable(hub: GatewayFiles, name: str, terms: Terms) -> Changed:
    """Comment out every active entry of a provider. Raises as `set_key` does."""
    provider = catalog.find(name)
    return transaction.run(terms, f"provider disable {provider.name}", lambda: provider_plan.disable(hub, provider))


def cleaned(key: str) -> str:
    """Give a key as it is to be written: without the line end that came with it. Raises BadKey."""
    for end in _LINE_ENDS:
        if key.endswith(end):
            key = key.removesuffix(end)
            break
    if not key.strip():
        raise BadKey("the key is empty", hint="give it with --stdin or --from-env NAME")
    if any(character in key for character in "\r\n\0"):
        raise BadKey("the key spans several lines, which no key does", hint="give the key alone")
    return key


def _key(provider: Provider, terms: KeyTerms) -> str:
    key = terms.given if terms.given is not None else terms.ask(provider)
    if key is None:
        raise BadKey(
            f"there is no key for {provider.title}, and no terminal to ask on",
            hint='give it with --stdin (`printf %s "$KEY" | hubctl provider ...`) or --from-env NAME',
        )
    return cleaned(key)


def _present(hub: GatewayFiles, provider: Provider) -> str | None:
    sources = keys.read(hub.env) if hub.env else {}
    source = sources.get(variable_of(provider, entries_of(hub.config), sources))
    return source.value or None if source else None


def _approve(hub: GatewayFiles, provider: Provider, key: str, terms: KeyTerms) -> tuple[str, ...]:
    sources = keys.read(hub.env) if hub.env else {}
    return approve_key(provider, key, sources, shell=terms.shell, force=terms.force, timeout_s=terms.timeout_s)
