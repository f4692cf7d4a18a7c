"""Providers: which keys the gateway gets, and what uses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hubctl.adapters.files import disk
from hubctl.core.models import model_list
from hubctl.core.models.model_list import ModelEntry
from hubctl.core.providers import catalog
from hubctl.core.providers.catalog import Provider
from hubctl.core.result import Result
from hubctl.operations.providers import keys
from hubctl.operations.providers.keys import GatewayFiles, Source

KeyState = Literal["valid", "invalid", "unverified", "unchecked"]


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider: the variable that counts, its key, and the model names that are active or commented out."""

    provider: str
    variable: str
    key: Literal["present", "missing"]
    masked: str | None
    source: str | None
    state: KeyState
    models: tuple[str, ...]
    disabled: tuple[str, ...]
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Providers(Result):
    """The document of `hubctl provider list`."""

    providers: tuple[ProviderRow, ...]
    notes: tuple[str, ...]


def listing(hub: GatewayFiles) -> Providers:
    """Show every provider of the catalog. Raises BadFile."""
    sources = keys.read(hub.env) if hub.env else {}
    entries = entries_of(hub.config)
    rows = tuple(_row(provider, sources, entries) for provider in catalog.PROVIDERS)
    notes = [
        note for provider in catalog.PROVIDERS if _uses(provider, entries) for note in catalog.traps(provider, sources)
    ]
    return Providers(rows, tuple(notes))


def entries_of(config: Path | None) -> tuple[ModelEntry, ...]:
    """Read the entries of a config; none without one."""
    return model_list.read(disk.read_text(config), config).entries if config else ()


def belongs(entry: ModelEntry, provider: Provider) -> bool:
    """Whether an entry's calls go to this provider."""
    of = catalog.of_target(entry.target, entry.api_base)
    return of is not None and of.name == provider.name


def variable_of(provider: Provider, entries: Sequence[ModelEntry], sources: Mapping[str, Source]) -> str:
    """Choose the variable a provider's key belongs in: what its entries name, else what is set, else the usual one."""
    named = {entry.key_variable for entry in entries if belongs(entry, provider) and entry.key_variable}
    if len(named) == 1:
        return named.pop()
    known = [variable for variable in provider.variables if variable in sources and variable in (named or {variable})]
    return known[0] if known else provider.variable


def _row(provider: Provider, sources: Mapping[str, Source], entries: Sequence[ModelEntry]) -> ProviderRow:
    variable = variable_of(provider, entries, sources)
    source = sources.get(variable)
    present = source is not None and bool(source.value)
    mine = [entry for entry in entries if belongs(entry, provider)]
    return ProviderRow(
        provider=provider.name,
        variable=variable,
        key="present" if present else "missing",
        masked=catalog.masked(source.value, provider) if source and present else None,
        source=str(source) if source and present else None,
        state="unchecked",
        models=tuple(dict.fromkeys(entry.name for entry in mine if entry.state == "active")),
        disabled=tuple(dict.fromkeys(entry.name for entry in mine if entry.state == "disabled")),
    )


def _uses(provider: Provider, entries: Sequence[ModelEntry]) -> bool:
    return any(belongs(entry, provider) for entry in entries)
