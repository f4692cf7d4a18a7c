"""Whether providers take the keys that the gateway gets, or one that is about to be set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hubctl import parallel
from hubctl.adapters.net import key_check
from hubctl.core.providers import catalog
from hubctl.core.providers.catalog import Provider
from hubctl.errors import BadKey
from hubctl.operations.providers import keys
from hubctl.operations.providers.keys import GatewayFiles, Source
from hubctl.operations.providers.listing import ProviderRow, Providers, listing
from hubctl.progress import Progress

CHECK_S = 10.0


@dataclass(frozen=True, slots=True)
class KeyChecks(Providers):
    """The document of `hubctl provider check`: the same, each key asked about."""

    @property
    def exit_code(self) -> int:
        """1 when a key is invalid or missing, else 4 where no verdict could be had, or there was no key to check."""
        if any(row.state == "invalid" or row.key == "missing" for row in self.providers):
            return 1
        return 4 if not self.providers or any(row.state != "valid" for row in self.providers) else 0


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
