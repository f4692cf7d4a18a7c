"""The models of the hub: what the config says, beside what the gateway lists and what Ollama has pulled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.adapters.gateway import price_list, probe
from hubctl.adapters.services import ollama_probe
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.money import retirement
from hubctl.core.models import model_list
from hubctl.core.models.askable import Names
from hubctl.core.models.model_list import EntryState, ModelEntry, ModelList
from hubctl.core.reports.smoke_record import Usable, Verdict
from hubctl.core.result import Result
from hubctl.errors import HubError
from hubctl.operations.models.usable import rate
from hubctl.operations.providers.credentials import Credentials

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Key:
    """The variable an entry takes its key from, and whether the gateway's env files set it."""

    variable: str
    present: bool


@dataclass(frozen=True, slots=True)
class Model:
    """One name that clients can ask for, or could if its entry were active.

    `listed` and `pulled` are null where nobody could be asked, or where they have no meaning. `retired` is the day
    (YYYY-MM-DD) on which its provider ends it, past or to come. `usable` is what its last smoke test said, and `reason`
    when, or why nothing is known.
    """

    name: str
    state: EntryState
    line: int | None
    provider: str | None
    target: str | None
    alias_of: str | None
    listed: bool | None
    key: Key | None
    pulled: bool | None
    size_bytes: int | None
    demo: bool
    retired: str | None = None
    usable: Usable = "unknown"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Models(Result):
    """The document of `hubctl models`. `notes` say what could not be asked, and what does not fit together."""

    config: Path
    models: tuple[Model, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What runs around the config: null addresses where nothing is to be asked, `unasked` says why not the gateway."""

    gateway: Address | None
    ollama: Address | None
    credentials: Credentials
    environment: Mapping[str, str]
    demo: frozenset[str]
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    unasked: str | None = None


def read_config(config: Path) -> ModelList:
    """Read the entries of a config file. Raises BadFile."""
    return model_list.read(disk.read_text(config), config)


def listing(config: Path, around: Surroundings | None) -> Models:
    """List every entry and alias of the config; what runs around it is asked when it is given."""
    entries = read_config(config)
    listed, gateway_note = _listed(around)
    pulled, ollama_note = _pulled(around)
    rows = [_model(entry, listed, pulled, around) for entry in entries.entries]
    rows += [
        _alias(alias, target, None if alias in entries.hidden else listed, around)
        for alias, target in entries.aliases.items()
    ]
    ratings = _Ratings(Names(entries, {}), around)
    rows = _dated([_rated(row, ratings) for row in rows], around)
    known = {row.name for row in rows}
    strangers = sorted(listed - known) if listed is not None else []
    extra = f"the gateway also lists {', '.join(strangers)}: not in this config" if strangers else None
    notes = [note for note in (gateway_note, ollama_note, extra) if note]
    return Models(config, tuple(rows), (*_ambiguous(entries), *notes))


def _ambiguous(entries: ModelList) -> Iterator[str]:
    """Tell which names stand for several entries: the gateway spreads requests, and an edit has to name the line."""
    for name, same in entries.by_name.items():
        active = sum(entry.state == "active" for entry in same)
        if len(same) > 1:
            spread = f"; requests are spread over its {active} active ones" if active > 1 else ""
            yield f"{name} stands in lines {', '.join(str(entry.line) for entry in same)}: say NAME@LINE{spread}"


def _dated(rows: list[Model], around: Surroundings | None) -> list[Model]:
    """Add the dates on which providers end models, where a model of one is among them."""
    if not any(row.target and model_list.ollama_name(row.target) is None for row in rows):
        return rows
    prices = price_list.read(around.gateway if around else None, timeout_s=TIMEOUT_S)
    return [replace(row, retired=retirement(row.target, prices)) if row.target else row for row in rows]


def _listed(around: Surroundings | None) -> tuple[frozenset[str] | None, str | None]:
    if around is None:
        return None, None
    if around.gateway is None:
        return None, f"what the gateway lists is unknown: {around.unasked}"
    try:
        return frozenset(probe.models(around.gateway, around.credentials.gateway_key, TIMEOUT_S)), None
    except HubError as error:
        return None, error.message


def _pulled(around: Surroundings | None) -> tuple[Mapping[str, int | None] | None, str | None]:
    if around is None:
        return None, None
    if around.ollama is None:
        return None, "what Ollama has pulled is unknown: none that is known to be this hub's can be asked"
    health = ollama_probe.check(around.ollama, TIMEOUT_S)
    if health.models is None:
        return None, f"Ollama at {around.ollama}: {health.detail}"
    return {model.name: model.size_bytes for model in health.models}, None


def _model(
    entry: ModelEntry,
    listed: frozenset[str] | None,
    pulled: Mapping[str, int | None] | None,
    around: Surroundings | None,
) -> Model:
    local = model_list.ollama_name(entry.target) or ""
    in_ollama = pulled if local else None
    return Model(
        name=entry.name,
        state=entry.state,
        line=entry.line,
        provider=entry.provider,
        target=entry.target,
        alias_of=None,
        listed=entry.name in listed if listed is not None and entry.state == "active" else None,
        key=_key(entry, around),
        pulled=local in in_ollama if in_ollama is not None else None,
        size_bytes=in_ollama.get(local) if in_ollama is not None else None,
        demo=around is not None and entry.state == "active" and entry.name in around.demo,
    )


def _alias(alias: str, target: str, listed: frozenset[str] | None, around: Surroundings | None) -> Model:
    return Model(
        name=alias,
        state="active",
        line=None,
        provider=None,
        target=None,
        alias_of=target,
        listed=alias in listed if listed is not None else None,
        key=None,
        pulled=None,
        size_bytes=None,
        demo=around is not None and alias in around.demo,
    )


class _Ratings(dict[str, tuple[Usable, str | None]]):
    """What the last smoke test of each name said, worked out once: many entries may have one name."""

    def __init__(self, names: Names, around: Surroundings | None) -> None:
        super().__init__()
        self._names, self._around = names, around

    def __missing__(self, name: str) -> tuple[Usable, str | None]:
        self[name] = self._rated(name)
        return self[name]

    def _rated(self, name: str) -> tuple[Usable, str | None]:
        if not self._names.entries(name):
            return "no", self._names.why_not(name)
        if self._around is None:
            return "unknown", None
        return rate(name, self._names, self._around.environment, self._around.verdicts)


def _rated(row: Model, ratings: _Ratings) -> Model:
    """Add what the last smoke test said; an entry that is not active can be used by nobody."""
    usable, reason = ratings[row.name] if row.state == "active" else ("no", f"{row.state} entry")
    return replace(row, usable=usable, reason=reason)


def _key(entry: ModelEntry, around: Surroundings | None) -> Key | None:
    if entry.key_variable is None or around is None:
        return None
    return Key(entry.key_variable, present=bool(around.environment.get(entry.key_variable)))
