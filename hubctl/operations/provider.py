"""Providers: which keys the gateway gets, whether they are good, and what uses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from hubctl import parallel
from hubctl.adapters import files, key_check
from hubctl.core import catalog, model_list
from hubctl.core.catalog import Provider
from hubctl.core.model_list import ModelEntry
from hubctl.core.result import Result
from hubctl.errors import BadKey
from hubctl.operations import keys
from hubctl.operations.keys import GatewayFiles, Source
from hubctl.progress import Progress

KeyState = Literal["valid", "invalid", "unverified", "unchecked"]
CHECK_S = 10.0


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


@dataclass(frozen=True, slots=True)
class KeyChecks(Providers):
    """The document of `hubctl provider check`: the same, each key asked about."""

    @property
    def exit_code(self) -> int:
        """1 when a key is invalid or missing, else 4 where no verdict could be had, or there was no key to check."""
        if any(row.state == "invalid" or row.key == "missing" for row in self.providers):
            return 1
        return 4 if not self.providers or any(row.state != "valid" for row in self.providers) else 0


def listing(hub: GatewayFiles) -> Providers:
    """Show every provider of the catalog. Raises BadFile."""
    sources = keys.read(hub.env) if hub.env else {}
    entries = entries_of(hub.config)
    rows = tuple(_row(provider, sources, entries) for provider in catalog.PROVIDERS)
    notes = [
        note for provider in catalog.PROVIDERS if _uses(provider, entries) for note in catalog.traps(provider, sources)
    ]
    return Providers(rows, tuple(notes))


def check(
    hub: GatewayFiles, names: Sequence[str], *, shell: Mapping[str, str], timeout_s: float, progress: Progress
) -> KeyChecks:
    """Ask the named providers, or all whose key is set, whether they take it: all at once, free of charge."""
    wanted = [catalog.find(name).name for name in names]
    found = listing(hub)
    rows = [row for row in found.providers if row.provider in wanted or (not wanted and row.key == "present")]
    sources = keys.read(hub.env) if hub.env else {}
    progress(f"asking {', '.join(row.provider for row in rows) or 'nobody'}")
    checked = parallel.each(
        lambda row: _checked(row, sources, shell, timeout_s),
        rows,
        timeout_s=timeout_s + 1,
        late=lambda row: replace(row, state="unverified", detail=f"no answer within {timeout_s:g} s"),
    )
    return KeyChecks(tuple(checked), found.notes)


def approve_key(
    provider: Provider,
    key: str,
    sources: Mapping[str, Source],
    *,
    shell: Mapping[str, str],
    force: bool,
    timeout_s: float,
) -> tuple[str, ...]:
    """Check a key before it is used. Gives notes for the operator; raises BadKey for one that will not work.

    force lets a bad one pass with a note.
    """
    looks_like = catalog.looks_like(key)
    if looks_like is not None and looks_like.name != provider.name:
        trouble = f"this looks like a key of {looks_like.title}, not of {provider.title}"
    else:
        verdict = key_check.check(
            provider, key, timeout_s=timeout_s, shell=shell, base_url=_base_url(provider, sources)
        )
        if verdict.state == "valid":
            return (f"{provider.title} takes the key",)
        if verdict.state == "unverified":
            return (f"the key could not be checked: {verdict.detail}",)
        trouble = f"{provider.title} refuses the key: {verdict.detail}"
    if not force:
        raise BadKey(f"{trouble}; nothing was written", hint="correct the key, or use it all the same with --force")
    return (f"used all the same: {trouble}",)


def entries_of(config: Path | None) -> tuple[ModelEntry, ...]:
    """Read the entries of a config; none without one."""
    return model_list.read(files.read_text(config), config).entries if config else ()


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


def _checked(
    row: ProviderRow, sources: Mapping[str, Source], shell: Mapping[str, str], timeout_s: float
) -> ProviderRow:
    if row.key == "missing":
        return replace(row, detail=f"no env file of the gateway sets {row.variable}")
    provider = catalog.find(row.provider)
    verdict = key_check.check(
        provider, sources[row.variable].value, timeout_s=timeout_s, shell=shell, base_url=_base_url(provider, sources)
    )
    return replace(row, state=verdict.state, detail=verdict.detail)


def _base_url(provider: Provider, sources: Mapping[str, Source]) -> str | None:
    """Where LiteLLM sends this provider's calls, when the gateway's variables say so."""
    set_ones = (sources[name].value for name in provider.base_variables if name in sources)
    return next((value for value in set_ones if value), None)


def _uses(provider: Provider, entries: Sequence[ModelEntry]) -> bool:
    return any(belongs(entry, provider) for entry in entries)
