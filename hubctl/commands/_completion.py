"""What the shell may complete: names of models, providers and services, read from the files alone.

Nothing is asked over the network and no process is started; whatever cannot be read completes to nothing.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer

from hubctl.settings import Settings

Complete = Callable[[typer.Context, str], list[str]]


def _completing(names: Callable[[typer.Context], Iterable[str]]) -> Complete:
    """Offer the names that begin with what was typed and stand not on the line yet."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        try:
            found = list(names(context))
        except Exception:  # noqa: BLE001 - the shell's prompt is no place for an error
            return []
        given = {word for value in context.params.values() if isinstance(value, (list, tuple)) for word in value}
        return [name for name in dict.fromkeys(found) if name.startswith(incomplete) and name not in given]

    return complete


def _services(context: typer.Context) -> Iterable[str]:
    return (service.name for service in _layout(context).services)


def _providers(_context: typer.Context) -> Iterable[str]:
    from hubctl.core.providers import catalog

    return (provider.name for provider in catalog.PROVIDERS)


def _models(*states: str) -> Callable[[typer.Context], Iterable[str]]:
    """Names of entries in these states; one that stands for several is offered with each line."""

    def names(context: typer.Context) -> Iterable[str]:
        listed = _listed(context)
        fitting = [entry for entry in listed.entries if entry.state in states]
        plain = [entry.name for entry in fitting]
        lines = [f"{entry.name}@{entry.line}" for entry in fitting if plain.count(entry.name) > 1]
        return [*plain, *lines, *(listed.aliases if "alias" in states else ())]

    return names


def _local(context: typer.Context) -> Iterable[str]:
    """Names of entries, in any state, that an Ollama answers for, and their aliases."""
    from hubctl.core.models.model_list import ollama_name

    listed = _listed(context)
    names = [entry.name for entry in listed.entries if ollama_name(entry.target)]
    return [*names, *(alias for alias, name in listed.aliases.items() if name in names)]


def _listed(context: typer.Context) -> Any:
    from hubctl.adapters.files import disk
    from hubctl.core.models import model_list

    config = _config(context)
    return model_list.read(disk.read_text(config), config)


def _layout(context: typer.Context) -> Any:
    from hubctl.adapters.files import hub_files

    settings = Settings.read()
    named = context.params.get("hub_folder") or settings.hub
    if named:
        return hub_files.load(settings.cwd / named, settings.environment)
    return hub_files.find(settings.cwd, settings.environment)


def _config(context: typer.Context) -> Path:
    from hubctl.core.compose import layout

    if named := context.params.get("config"):
        return Path(named)
    found = _layout(context)
    path = layout.config_path(found.service("gateway", context.params.get("service_name")))
    if path is None:
        raise LookupError
    return path


services = _completing(_services)
providers = _completing(_providers)
active_models = _completing(_models("active"))
disabled_models = _completing(_models("disabled"))
askable_models = _completing(_models("active", "alias"))
local_models = _completing(_local)
