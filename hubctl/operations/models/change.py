"""Making single model entries active, commenting them out, adding one."""

from collections.abc import Callable, Sequence
from pathlib import Path

from hubctl.core.models import edit as model_edit
from hubctl.core.models import model_list
from hubctl.core.models.edit import Edited
from hubctl.core.models.model_list import ModelEntry, ModelList
from hubctl.core.providers import catalog
from hubctl.operations.change import transaction
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.draft import Draft
from hubctl.operations.change.plan import Plan
from hubctl.operations.change.transaction import Terms
from hubctl.operations.providers import keys
from hubctl.operations.providers.keys import GatewayFiles
from hubctl.operations.providers.plan import required_config

TextEdit = Callable[[str, Path], Edited]


def enable(hub: GatewayFiles, refs: Sequence[str], terms: Terms) -> Changed:
    """Make the named entries active, all or none. Raises UnknownModel, AmbiguousModel, EditRefused, BadFile, Busy."""
    command = f"models enable {' '.join(refs)}"
    return transaction.run(
        terms, command, lambda: plan(hub, command, lambda text, path: model_edit.enable(text, path, refs), enables=True)
    )


def disable(hub: GatewayFiles, refs: Sequence[str], terms: Terms) -> Changed:
    """Comment the named entries out, all or none. Raises as `enable` does."""
    command = f"models disable {' '.join(refs)}"
    return transaction.run(
        terms,
        command,
        lambda: plan(hub, command, lambda text, path: model_edit.disable(text, path, refs), enables=False),
    )


def add(hub: GatewayFiles, name: str, target: str, api_base: str | None, terms: Terms) -> Changed:
    """Append one active entry in the file's own style. A provider of the catalog gets its variable as key.

    Raises EditRefused, BadFile, Busy.
    """
    provider = catalog.of_target(target, api_base)

    def edit(text: str, config: Path) -> Edited:
        base = api_base or _base_of_neighbours(model_list.read(text, config), target)
        variable = provider.variable if provider else None
        return model_edit.add(text, config, name, target, api_base=base, key_variable=variable)

    command = f"models add {name} {target}"
    return transaction.run(terms, command, lambda: plan(hub, command, edit, enables=True))


def plan(hub: GatewayFiles, command: str, edit: TextEdit, *, enables: bool) -> Plan:
    """Plan an edit of the config alone. Raises BadFile, and what the edit raises."""
    config = required_config(hub)
    draft = Draft()
    edited = edit(draft.text(config), config)
    draft.put(config, "config", edited.text)
    enabled = edited.entries if enables else ()
    names = tuple(dict.fromkeys(entry.name for entry in enabled))
    return Plan(command, draft.writes(), (*edited.warnings, *_without_key(hub, enabled)), enabled=names)


def _base_of_neighbours(models: ModelList, target: str) -> str | None:
    """Give the api_base of the other local models: without one, LiteLLM would start an Ollama of its own."""
    if model_list.ollama_name(target) is None:
        return None
    return next((e.api_base for e in models.entries if e.api_base and model_list.ollama_name(e.target)), None)


def _without_key(hub: GatewayFiles, enabled: Sequence[ModelEntry]) -> list[str]:
    """Name the keys that entries want and no env file has."""
    wanted = {entry.key_variable: entry.name for entry in enabled if entry.key_variable}
    if hub.env is None or not wanted:
        return []
    known = keys.read(hub.env)
    return [
        f"{name} wants {variable}, which no env file of the gateway sets"
        for variable, name in wanted.items()
        if variable not in known or not known[variable].value
    ]
