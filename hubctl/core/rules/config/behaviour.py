"""Rules about callbacks, limits in time and dangerous switches (HUB261 to HUB289)."""

from collections.abc import Iterator

from hubctl.core.judging import surroundings
from hubctl.core.judging.config import Config
from hubctl.core.judging.rule import Found, Group, Severity, scalar
from hubctl.core.judging.subject import Subject

RULES = Group()

_LISTS = ("callbacks", "success_callback", "failure_callback", "service_callback", "audit_log_callbacks")
_LITELLM, _GENERAL = "litellm_settings", "general_settings"
# Callbacks that name a package, or that other parts of LiteLLM read.
_ALSO = frozenset({"prometheus_system", "langfuse", "otel", "opentelemetry", "redis_cache", "generic"})


def _config(subject: Subject) -> Config | None:
    return subject.config if subject.config and subject.config.data else None


def _callbacks(config: Config) -> Iterator[tuple[str, int, str]]:
    for key in _LISTS:
        value = config.section(_LITELLM).get(key)
        for index, name in enumerate(value if isinstance(value, list) else ()):
            if isinstance(name, str):
                yield key, index, name


@RULES.rule(
    "HUB261",
    "error",
    "Callbacks that are not a list",
    effect="LiteLLM takes the text letter by letter as names of callbacks: none works, and nothing says so",
    fix="put the name in brackets: `[langfuse]`",
    since="0.1.0",
    fixable=True,
)
def is_no_list(subject: Subject) -> Iterator[Found]:
    """`success_callback: langfuse`; of `callbacks` that is HUB264's."""
    config = _config(subject)
    for key in _LISTS[1:] if config else ():
        value = config.section(_LITELLM).get(key)  # type: ignore[union-attr]
        if isinstance(value, str):
            span = config.value_span(_LITELLM, key)  # type: ignore[union-attr]
            edits = scalar(config, (_LITELLM, key), f"[{value}]")  # type: ignore[arg-type]
            yield Found(config.path, span, f"`{key}` is a text and has to be a list", edits=edits)  # type: ignore[union-attr]


@RULES.rule(
    "HUB262",
    "warning",
    "A callback that LiteLLM does not have",
    effect="nothing is called, and nothing says so",
    fix="correct the name, or name a module of your own with a dot: `my_module.my_class`",
    since="0.1.0",
    by_version=True,
)
def is_unknown(subject: Subject) -> Iterator[Found]:
    """Names that are neither LiteLLM's nor modules; in `callbacks` they are HUB264's."""
    config = _config(subject)
    known = subject.known.callbacks | subject.known.event_callbacks
    for key, index, name in _callbacks(config) if config else ():
        if config and key != "callbacks" and "." not in name and name not in known | _ALSO and "/" not in name:
            near = subject.guesses.nearest(name, known)
            span = config.span(_LITELLM, key, index)
            fix = f"did you mean `{near}`?" if near else None
            if name == "redis":
                fix = "remove it: the cache is switched on by `cache: true`, not by a callback"
            yield Found(config.path, span, f"`{name}` is no callback of LiteLLM's", fix=fix)


@RULES.rule(
    "HUB263",
    "error",
    "A callback whose package is missing",
    effect="LiteLLM ends while starting (exit 3)",
    fix="install the package beside LiteLLM, or remove the callback",
    since="0.1.0",
    stops_start=True,
)
def lacks_package(subject: Subject) -> Iterator[Found]:
    """Where it is known which packages the gateway lacks."""
    config = _config(subject)
    for key, index, name in _callbacks(config) if config else ():
        package = subject.known.callback_packages.get(name)
        if config and package in subject.missing_packages:
            words = f"`{name}` needs the Python package `{package}`, which this gateway lacks"
            yield Found(config.path, config.span(_LITELLM, key, index), words)


@RULES.rule(
    "HUB264",
    "error",
    "A name that `callbacks` does not take",
    effect="LiteLLM ends while starting: it takes the name for a module of yours, `ValueError: Empty module name`",
    fix="correct the name, or name an instance in a module of your own: `[my_module.my_instance]`",
    since="0.1.0",
    stops_start=True,
    fixable=True,
    by_version=True,
)
def is_not_taken(subject: Subject) -> Iterator[Found]:
    """An unknown name, one for `success_callback` only, or a good one that is not in a list."""
    config = _config(subject)
    value = config.section(_LITELLM).get("callbacks") if config else None
    known = subject.known.callbacks
    if config and isinstance(value, str) and not _is_module(value):
        edits = scalar(config, (_LITELLM, "callbacks"), f"[{value}]") if value in known else ()
        fix = f"write `callbacks: [{value}]`" if value in known else None
        span = config.value_span(_LITELLM, "callbacks")
        yield Found(config.path, span, "`callbacks` has to be a list", fix, edits=edits)
    for key, index, name in _callbacks(config) if config else ():
        if config and key == "callbacks" and name not in known and not _is_module(name):
            near = subject.guesses.nearest(name, known)
            fix = f"did you mean `{near}`?" if near else None
            if name in subject.known.event_callbacks:
                fix = "move it to `success_callback` and `failure_callback`"
            yield Found(config.path, config.span(_LITELLM, key, index), f"`callbacks` takes no `{name}`", fix)


def _is_module(name: str) -> bool:
    return "." in name and not name.startswith("os.environ/")


@RULES.rule(
    "HUB271",
    "info",
    "No request timeout",
    effect="a model that hangs keeps its callers waiting for up to 6000 s, LiteLLM's default",
    fix="add `request_timeout: 300` (seconds) below `litellm_settings:`",
    since="0.1.0",
)
def has_no_timeout(subject: Subject) -> Iterator[Found]:
    """Neither in the settings nor in every entry."""
    config = _config(subject)
    if config is None or not config.entries or config.packed:
        return
    timeouts = (config.section(_LITELLM).get("request_timeout"), config.section("router_settings").get("timeout"))
    if not any(timeouts) and not all("timeout" in entry.params for entry in config.entries):
        section = _LITELLM if _LITELLM in config.data else "model_list"
        yield Found(config.path, config.span(section), "nothing bounds how long a model may take")


@RULES.rule(
    "HUB272",
    "warning",
    "`allow_requests_on_db_unavailable`",
    effect="while the database does not answer, any key is accepted; without a database, that is always",
    fix="remove it",
    since="0.1.0",
)
def lets_everybody_in(subject: Subject) -> Iterator[Found]:
    """An error where no database is configured at all."""
    config = _config(subject)
    general = config.section(_GENERAL) if config else {}
    if config and general.get("allow_requests_on_db_unavailable") is True:
        environment = subject.gateway_environment
        has_database = "database_url" in general or bool(environment and environment.get("DATABASE_URL"))
        severity: Severity = "error" if environment is not None and not has_database else "warning"
        words = "any key will do" if severity == "error" else "any key will do while the database is away"
        yield Found(config.path, config.span(_GENERAL, "allow_requests_on_db_unavailable"), words, severity=severity)


@RULES.rule(
    "HUB273",
    "error",
    "A gateway that may run without a key",
    effect="with this switch LiteLLM starts without a master key, or with a known one, and answers everybody",
    fix="remove it and set LITELLM_MASTER_KEY",
    since="0.1.0",
)
def permits_weak_keys(subject: Subject) -> Iterator[Found]:
    """In the config, or in the gateway's environment."""
    config = _config(subject)
    key = "dangerously_permit_weak_or_unset_master_key"
    if config and config.section(_GENERAL).get(key) is True:
        yield Found(config.path, config.span(_GENERAL, key), f"`{key}` is on")
    name = f"LITELLM_{key.upper()}"
    place = surroundings.place_of(subject, name)
    if place and (subject.gateway_environment or {}).get(name, "").lower() == "true":
        yield Found(*place, f"`{name}` is on")


@RULES.rule(
    "HUB274",
    "warning",
    "Background health checks of paid models",
    effect="every round is a real chat with every entry: it costs money, day and night",
    fix="remove `background_health_checks`, or set `disable_background_health_check: true` in each `model_info`",
    since="0.1.0",
)
def costs_money(subject: Subject) -> Iterator[Found]:
    """Where an entry is neither local nor canned."""
    config = _config(subject)
    if config is None or config.section(_GENERAL).get("background_health_checks") is not True:
        return
    paid = [
        e for e in config.entries if e.provider not in {"ollama", "ollama_chat"} and not _is_spared(e.params, e.fields)
    ]
    if paid:
        names = ", ".join(dict.fromkeys(f"{entry.name}" for entry in paid[:3]))
        span = config.span(_GENERAL, "background_health_checks")
        yield Found(config.path, span, f"{len(paid)} entries that may cost money are asked every round: {names}, ...")


def _is_spared(params: object, fields: object) -> bool:
    return (
        "mock_response" in str(params) or "disable_background_health_check" in str(fields) or "api_base" in str(params)
    )


@RULES.rule(
    "HUB275",
    "warning",
    "Models in a database that is not there",
    effect="LiteLLM keeps no models without a database: what is added on the admin page is gone",
    fix="set `database_url`, or remove `store_model_in_db`",
    since="0.1.0",
)
def stores_nowhere(subject: Subject) -> Iterator[Found]:
    """`store_model_in_db` without any database."""
    config, environment = _config(subject), subject.gateway_environment
    general = config.section(_GENERAL) if config else {}
    has_database = "database_url" in general or environment is None or bool(environment.get("DATABASE_URL"))
    if config and general.get("store_model_in_db") is True and not has_database:
        yield Found(config.path, config.span(_GENERAL, "store_model_in_db"), "no database is configured")
