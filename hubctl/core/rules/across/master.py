"""Rules about the gateway's master key (HUB321 to HUB329)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hubctl.core.judging import secrets, surroundings
from hubctl.core.judging.rule import Edit, Found, Group, Severity
from hubctl.core.judging.subject import Subject
from hubctl.core.text.os_environ import variable_of
from hubctl.core.text.span import Span

RULES = Group()

_NAME = "LITELLM_MASTER_KEY"
_REFUSED = "LiteLLM refuses to start (exit 3): UnsafeMasterKeyError"
_KNOWN_TO_LITELLM = "sk-1234"
_SHORTEST = 20


@dataclass(frozen=True, slots=True)
class _Master:
    """The master key as the gateway gets it (null when nothing sets it; `is_known` tells whether that is certain)."""

    place: tuple[Path, Span]
    value: str | None = field(repr=False)
    is_known: bool


def _master(subject: Subject) -> _Master | None:
    """Find the key and the place that sets it; null where it makes no difference, or where there is no config."""
    config, environment = subject.config, subject.gateway_environment
    if config is None and not subject.whole:
        return _alone(subject)
    if config is None or not config.data or config.packed:
        return None
    general = config.section("general_settings")
    given = general.get("master_key")
    if "$" in str(given) or ("os.environ/" in str(given) and variable_of(given) is None):
        return None  # written in a way that other rules object to
    place = (config.path, config.value_span("general_settings", "master_key"))
    name = variable_of(given) if "master_key" in general else _NAME
    if name is None:  # what the config says counts, even if it is nothing
        return _Master(place, None if given is None else str(given), is_known=True)
    if environment is None:
        return _Master(place, None, is_known=False)
    place = surroundings.place_of(subject, name) or place
    return _Master(place, environment.get(name), is_known=True)


def _alone(subject: Subject) -> _Master | None:
    """The key that a single env file or compose file gives; an empty one is still to be filled in."""
    for env_file in subject.env_files:
        if value := env_file.values.get(_NAME):
            return _Master((env_file.path, env_file.span(_NAME)), value, is_known=True)
    services = subject.layout.services if subject.layout else ()
    value = next((each.environment.get(_NAME) for each in services if each.name == subject.gateway), None)
    place = surroundings.place_of(subject, _NAME)
    return _Master(place, value, is_known=True) if value and place else None


def _may_lack_one(subject: Subject) -> bool:
    """Whether a switch allows to start without a good key: that has a rule of its own."""
    key = "dangerously_permit_weak_or_unset_master_key"
    general = subject.config.section("general_settings") if subject.config else {}
    environment = subject.gateway_environment or {}
    return general.get(key) is True or environment.get(f"LITELLM_{key.upper()}", "").lower() == "true"


@RULES.rule(
    "HUB321",
    "error",
    "No master key",
    effect=f"{_REFUSED}: no master key is set",
    fix=f"set {_NAME} in the gateway's env file: `sk-` and 64 random hex digits (`hubctl init` makes one)",
    since="0.1.0",
    stops_start=True,
    by_version=True,
)
def is_missing(subject: Subject) -> Iterator[Found]:
    """Neither config nor environment sets it. A config on its own may get it from the environment: that is a note."""
    master, config = _master(subject), subject.config
    if master is None or config is None or master.value is not None or subject.lacks_env_file:
        return
    if master.is_known and not _may_lack_one(subject):
        yield Found(*master.place, "nothing sets the master key", severity=subject.doubt)
    elif not master.is_known and "master_key" not in config.section("general_settings") and config.entries:
        words = f"the config sets no `master_key`: the environment has to have {_NAME}"
        yield Found(config.path, config.span("general_settings"), words, severity="info")


@RULES.rule(
    "HUB322",
    "error",
    "An empty master key",
    effect=f"{_REFUSED}: the master key is empty",
    fix="give it a value: `sk-` and 64 random hex digits",
    since="0.1.0",
    stops_start=True,
    by_version=True,
)
def is_empty(subject: Subject) -> Iterator[Found]:
    """Set to nothing."""
    master = _master(subject)
    if master and master.value is not None and not master.value.strip() and not _may_lack_one(subject):
        yield Found(*master.place, "the master key is empty")


@RULES.rule(
    "HUB323",
    "error",
    "The master key sk-1234",
    effect=f"{_REFUSED}: it is a publicly known default",
    fix="take another one: `sk-` and 64 random hex digits",
    since="0.1.0",
    stops_start=True,
    by_version=True,
)
def is_the_default(subject: Subject) -> Iterator[Found]:
    """The key of LiteLLM's own documentation, which it refuses."""
    master = _master(subject)
    if master and master.value == _KNOWN_TO_LITELLM and not _may_lack_one(subject):
        yield Found(*master.place, f"the master key is `{_KNOWN_TO_LITELLM}`, as in LiteLLM's documentation")


@RULES.rule(
    "HUB324",
    "error",
    "A master key that everybody knows",
    effect="whoever reaches the gateway can use every model, at your cost, and change its settings",
    fix="take another one: `sk-` and 64 random hex digits",
    since="0.1.0",
)
def is_public(subject: Subject) -> Iterator[Found]:
    """Keys of tutorials, which LiteLLM itself does not refuse."""
    master = _master(subject)
    known = secrets.PUBLIC_KEYS - {_KNOWN_TO_LITELLM}
    if master and master.value and master.value.strip().lower() in known:
        yield Found(*master.place, "the master key is one that stands in tutorials")


@RULES.rule(
    "HUB325",
    "warning",
    "A short master key",
    effect="it can be guessed: the gateway does not slow down those who try",
    fix="take a longer one: `sk-` and 64 random hex digits",
    since="0.1.0",
)
def is_short(subject: Subject) -> Iterator[Found]:
    """Fewer than 20 characters."""
    master = _master(subject)
    value = master.value.strip() if master and master.value else ""
    if master and value and len(value) < _SHORTEST and value.lower() not in secrets.PUBLIC_KEYS:
        yield Found(*master.place, f"the master key has {len(value)} characters")


@RULES.rule(
    "HUB326",
    "error",
    "Open WebUI has another key than the gateway",
    effect="Open WebUI shows an empty list of models and no error",
    fix="give OPENAI_API_KEYS of Open WebUI the gateway's master key",
    since="0.1.0",
)
def differs(subject: Subject) -> Iterator[Found]:
    """Without a database the gateway knows the master key alone; with one, it may be a key of its own."""
    master, environment = _master(subject), subject.gateway_environment
    if master is None or not master.value or environment is None or subject.layout is None:
        return
    general = subject.config.section("general_settings") if subject.config else {}
    severity: Severity = "info" if environment.get("DATABASE_URL") or "database_url" in general else "error"
    for service in subject.layout.with_role("ui"):
        for name, url, key in surroundings.gateway_urls(subject, service.name):
            if surroundings.leads_to_gateway(subject, url) and key != master.value:
                place = surroundings.place_in(subject, service.name, name)
                words = f"`{name}` of {service.name} does not hold the gateway's master key"
                yield Found(*place, words, severity=severity)


@RULES.rule(
    "HUB327",
    "error",
    "A master key that is a number",
    effect="LiteLLM ends while starting (exit 3): `'int' object has no attribute 'startswith'`",
    fix="put it in quotes, or better: into the env file",
    since="0.1.0",
    stops_start=True,
    fixable=True,
)
def is_a_number(subject: Subject) -> Iterator[Found]:
    """`master_key: 1234`, which YAML reads as a number."""
    config = subject.config
    key = config.section("general_settings").get("master_key") if config else None
    if config and key and not isinstance(key, str):
        token = config.token("general_settings", "master_key")
        edits = (Edit(*token, f'"{token[2]}"'),) if token and token[2].isdecimal() else ()
        span = config.value_span("general_settings", "master_key")
        yield Found(config.path, span, "YAML reads this key as no text", edits=edits)
