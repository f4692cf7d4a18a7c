"""Pulling a model into the hub's Ollama, and making it askable through the gateway."""

import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from hubctl import interrupts
from hubctl.adapters.files import disk
from hubctl.adapters.services import ollama_probe, ollama_pull
from hubctl.core.compose.stack import Address
from hubctl.core.models import model_list
from hubctl.core.models.model_list import ModelList
from hubctl.core.result import Result
from hubctl.errors import AmbiguousModel, HubError, UnknownModel
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.transaction import Terms
from hubctl.operations.models import change
from hubctl.operations.providers.keys import GatewayFiles
from hubctl.operations.providers.plan import required_config
from hubctl.progress import ByteProgress

LOOK_S = 5.0
_PREFIX = "ollama_chat"


@dataclass(frozen=True, slots=True)
class Pulled(Result):
    """The document of `hubctl models pull`. `model` is the name that Ollama knows.

    `size_bytes` is null where Ollama did not list it afterwards. `next_command` makes the model askable through the
    gateway; null when it is. `added` is what that did to the config, where it was asked for.
    """

    model: str
    size_bytes: int | None
    next_command: str | None
    added: Changed | None = None

    @property
    def exit_code(self) -> int:
        """0 when it is pulled; what adding it came to, where that was asked for."""
        return self.added.exit_code if self.added else 0

    @property
    def failure(self) -> HubError | None:
        """Why it did not come to an entry that was asked for."""
        return self.added.failure if self.added else None


@dataclass(frozen=True, slots=True)
class _Step:
    """What makes a pulled model askable: a command of `hubctl models`, and how to do the same from here."""

    command: str
    take: Callable[[GatewayFiles, Terms], Changed]


def pull(
    ollama: Address,
    hub: GatewayFiles,
    asked: str,
    *,
    add: Terms | None,
    silence_s: float,
    following: AbstractContextManager[ByteProgress],
) -> Pulled:
    """Pull a model by Ollama's name for it, or by a name of the config; with `add`, give it an entry there.

    silence_s bounds how long Ollama may say nothing new; `following` is entered while it pulls. Raises UnknownModel,
    AmbiguousModel, PullFailed, BadFile; with `add` what adding raises, before anything is pulled where
    that can be known.
    """
    config = required_config(hub)
    models = model_list.read(disk.read_text(config), config)
    name = _ollamas_name(asked, models)
    step = _step(asked, name, models)
    if add and step:
        step.take(hub, replace(add, dry_run=True))
    interrupts.leaves("what was downloaded is kept; the same command resumes the download")
    with following as show:
        ollama_pull.pull(
            ollama,
            name,
            silence_s=silence_s,
            on_progress=lambda now: show(now.status, now.completed_bytes, now.total_bytes),
        )
    interrupts.leaves(f"{name} is pulled")
    added = step.take(hub, add) if add and step else None
    open_step = step if step and (added is None or added.failure) else None
    return Pulled(name, _size_bytes(ollama, name), open_step.command if open_step else None, added)


def _ollamas_name(asked: str, models: ModelList) -> str:
    """Give the name that Ollama knows. A name of the config means what answers for it."""
    own = models.aliases.get(asked, asked)
    targets = [entry.target for entry in models.entries if entry.name == own and entry.state != "broken"]
    names = {name for target in targets if (name := model_list.ollama_name(target))}
    if len(names) > 1:
        raise AmbiguousModel(
            f"{asked} is answered by several models: {', '.join(sorted(names))}", hint="name one of these"
        )
    if names:
        return names.pop()
    if targets:
        raise UnknownModel(
            f"{asked} is answered by {targets[0]}, which is no model of an Ollama",
            hint=f"a model that Ollama itself calls so is {model_list.ollama_name(f'{_PREFIX}/{asked}')}",
        )
    return model_list.ollama_name(asked) or model_list.ollama_name(f"{_PREFIX}/{asked}") or asked


def _step(asked: str, name: str, models: ModelList) -> _Step | None:
    """Give what is left to do; nothing when an active entry has the model already."""
    entries = [entry for entry in models.entries if model_list.ollama_name(entry.target) == name]
    if any(entry.state == "active" for entry in entries):
        return None
    if entries:
        first = entries[0]
        is_alone = sum(entry.name == first.name for entry in models.entries) == 1
        ref = first.name if is_alone else f"{first.name}@{first.line}"
        return _Step(f"hubctl models enable {shlex.quote(ref)}", lambda hub, terms: change.enable(hub, [ref], terms))
    shown, target = asked.removeprefix(f"{_PREFIX}/").removeprefix("ollama/"), f"{_PREFIX}/{name}"
    return _Step(
        f"hubctl models add {shlex.quote(shown)} {shlex.quote(target)}",
        lambda hub, terms: change.add(hub, shown, target, None, terms),
    )


def _size_bytes(ollama: Address, name: str) -> int | None:
    pulled = ollama_probe.check(ollama, LOOK_S).models or ()
    return next((model.size_bytes for model in pulled if model.name == name), None)
