"""What adding, switching and removing a provider does to the files: plans, made of pure edits, that write nothing."""

from collections.abc import Sequence
from pathlib import Path

from hubctl.core.models import edit, model_list
from hubctl.core.models.model_list import ModelEntry, ModelList
from hubctl.core.providers import catalog
from hubctl.core.providers.catalog import Provider
from hubctl.core.text import env_edit
from hubctl.errors import BadFile, EditRefused
from hubctl.operations.change.draft import Draft
from hubctl.operations.change.plan import Plan
from hubctl.operations.providers import keys
from hubctl.operations.providers.keys import EnvFiles, GatewayFiles
from hubctl.operations.providers.listing import belongs, variable_of


def set_key(hub: GatewayFiles, provider: Provider, key: str) -> Plan:
    """Put a key where the gateway reads it. Raises EditRefused, BadFile."""
    draft = Draft()
    env = _env(hub)
    entries = _entries(hub, draft)
    variable = variable_of(provider, entries, keys.read(env))
    _assign(draft, env, variable, key)
    notes = catalog.traps(provider, {*keys.read(env), variable})
    unread = _unread(hub, entries, provider, variable)
    return Plan(f"provider set-key {provider.name}", draft.writes(), notes, frozenset({variable}), unread)


def remove_key(hub: GatewayFiles, provider: Provider) -> Plan:
    """Take a provider's key out of every env file of the gateway. Raises EditRefused when there is none."""
    draft = Draft()
    env = _env(hub)
    entries = _entries(hub, draft)
    variable = variable_of(provider, entries, keys.read(env))
    places = keys.holding(env, variable)
    if not places:
        raise EditRefused(f"no env file of the gateway sets {variable}", hint="`hubctl provider list` shows the keys")
    for place in places:
        draft.put(place, "env", env_edit.remove(draft.text(place), variable, place))
    users = [entry.name for entry in entries if entry.state == "active" and _uses(entry, provider, variable)]
    notes = [f"active and without a key from now on: {', '.join(users)}"] if users else []
    left = [name for name in provider.variables if name != variable and name in keys.read(env)]
    notes += [f"{name} is still set: LiteLLM takes it for {provider.title} too" for name in left]
    unread = _unread(hub, entries, provider, variable)
    return Plan(f"provider remove-key {provider.name}", draft.writes(), tuple(notes), unread=unread)


def enable(hub: GatewayFiles, provider: Provider, key: str | None, refs: Sequence[str]) -> Plan:
    """Make a provider's commented-out entries active, or the named ones, and set its key if one is given.

    A provider without any entry in the config gets those of its current models. Raises EditRefused, BadFile.
    """
    draft = Draft()
    config = required_config(hub)
    models = model_list.read(draft.text(config), config)
    known = keys.read(hub.env) if hub.env else {}
    variable = variable_of(provider, models.entries, known)
    if key is not None:
        _assign(draft, _env(hub), variable, key)
    mine = [entry for entry in models.entries if belongs(entry, provider)]
    chosen = _named(models, provider, refs) if refs else [entry for entry in mine if entry.state == "disabled"]
    if mine or refs:
        edited = edit.enable(draft.text(config), config, chosen)
        notes = list(edited.warnings)
        draft.put(config, "config", edited.text)
    else:
        notes = [_added(draft, config, provider, variable)]
    after = model_list.read(draft.text(config), config)
    before = {entry.name for entry in models.active}
    return Plan(
        f"provider enable {provider.name}",
        draft.writes(),
        (*notes, *catalog.traps(provider, {*known, variable})),
        frozenset({variable}),
        enabled=tuple(dict.fromkeys(entry.name for entry in after.active if entry.name not in before)),
    )


def disable(hub: GatewayFiles, provider: Provider) -> Plan:
    """Comment out every active entry of a provider. Its key stays. Raises EditRefused, BadFile."""
    draft = Draft()
    config = required_config(hub)
    entries = model_list.read(draft.text(config), config).active
    chosen = [entry for entry in entries if belongs(entry, provider)]
    edited = edit.disable(draft.text(config), config, chosen)
    draft.put(config, "config", edited.text)
    return Plan(f"provider disable {provider.name}", draft.writes(), edited.warnings)


def required_config(hub: GatewayFiles) -> Path:
    """Give the config. Raises BadFile where none was named."""
    if hub.config is None:
        raise BadFile("no litellm config was named", hint="name it with --config FILE too")
    return hub.config


def _named(models: ModelList, provider: Provider, refs: Sequence[str]) -> list[ModelEntry]:
    chosen = [edit.find(models, ref, "active") for ref in refs]
    for entry in chosen:
        if not belongs(entry, provider):
            raise EditRefused(
                f"{entry.name} (line {entry.line}) is no model of {provider.title}: its target is {entry.target}",
                hint=f"`hubctl models enable {entry.name}` makes it active without a key",
            )
    return chosen


def _added(draft: Draft, config: Path, provider: Provider, variable: str) -> str:
    names = [catalog.model_name(target) for target in provider.models]
    for name, target in zip(names, provider.models, strict=True):
        edited = edit.add(draft.text(config), config, name, target, key_variable=variable)
        draft.put(config, "config", edited.text)
    return f"{config.name} had no entry of {provider.title}: added {', '.join(names)}"


def _assign(draft: Draft, env: EnvFiles, variable: str, key: str) -> None:
    place = keys.place(env, variable)
    draft.put(place, "env", env_edit.assign(draft.text(place), variable, key, place))


def _entries(hub: GatewayFiles, draft: Draft) -> tuple[ModelEntry, ...]:
    return model_list.read(draft.text(hub.config), hub.config).entries if hub.config else ()


def _env(hub: GatewayFiles) -> EnvFiles:
    if hub.env is None:
        raise BadFile("no env file was named, so there is none for the key", hint="name it with --env-file FILE")
    return hub.env


def _uses(entry: ModelEntry, provider: Provider, variable: str) -> bool:
    """Whether an entry's calls carry the key in this variable: it names it, or names none and is the provider's."""
    return entry.key_variable == variable or (entry.key_variable is None and belongs(entry, provider))


def _unread(hub: GatewayFiles, entries: Sequence[ModelEntry], provider: Provider, variable: str) -> str | None:
    """Say why the gateway need not read a key; null when an active entry uses it."""
    used = any(entry.state == "active" and _uses(entry, provider, variable) for entry in entries)
    return None if used or hub.config is None else f"no active entry uses {variable}, so the gateway need not read it"
