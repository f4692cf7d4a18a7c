"""Rules about the cache (HUB221 to HUB230): whether it is on, and whether LiteLLM can reach what it keeps it in."""

from collections.abc import Iterator, Mapping

from hubctl.core.judging import surroundings
from hubctl.core.judging.config import Config, Values
from hubctl.core.judging.rule import Found, Group, Severity, scalar
from hubctl.core.judging.subject import Subject
from hubctl.core.models.model_list import section
from hubctl.core.text.os_environ import variable_of

RULES = Group()

_NO_CACHE = "nothing is cached, every repeated question goes to the model again, and nothing says so"
_REDIS = ("redis", "redis-semantic")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Ways to say where Redis is: with none of them LiteLLM's Redis client does not start.
_PLACES = ("host", "url", "startup_nodes", "redis_startup_nodes", "sentinel_nodes")


def _config(subject: Subject) -> Config | None:
    return subject.config if subject.config and subject.config.data else None


def _settings(config: Config) -> Values:
    return config.section("litellm_settings")


def _params(config: Config) -> Values:
    return section(_settings(config), "cache_params")


def _kind(config: Config) -> object:
    """What the cache is kept in: without any parameters in Redis, with some and no type in LiteLLM's own process."""
    return _params(config).get("type", "local") if _params(config) else "redis"


def _on(subject: Subject) -> Config | None:
    """The config, when its cache is on."""
    config = _config(subject)
    return config if config and _settings(config).get("cache") is True else None


@RULES.rule(
    "HUB221",
    "warning",
    "`cache` in a section where it does nothing",
    effect=_NO_CACHE,
    fix="move `cache` and `cache_params` below `litellm_settings:`",
    since="0.1.0",
)
def is_misplaced(subject: Subject) -> Iterator[Found]:
    """Under general_settings, router_settings, or at the top."""
    config = _config(subject)
    for place in ("general_settings", "router_settings", None) if config and not config.packed else ():
        keys: Mapping[str, object] = config.section(place) if place else config.data  # type: ignore[union-attr]
        for key in ("cache", "cache_params"):
            if key in keys:
                path = (place, key) if place else (key,)
                words = f"`{key}` does nothing {f'in {place}' if place else 'at the top of the file'}"
                yield Found(config.path, config.span(*path), words)  # type: ignore[union-attr]


@RULES.rule(
    "HUB222",
    "warning",
    "`cache_params` without `cache: true`",
    effect=_NO_CACHE,
    fix="add `cache: true` beside `cache_params`",
    since="0.1.0",
)
def is_off(subject: Subject) -> Iterator[Found]:
    """The cache is described and not switched on; `cache: false` says so on purpose."""
    config = _config(subject)
    if config and "cache_params" in _settings(config) and "cache" not in _settings(config):
        yield Found(config.path, config.span("litellm_settings", "cache_params"), "the cache is not switched on")


@RULES.rule(
    "HUB223",
    "warning",
    "`cache` is neither true nor false",
    effect=_NO_CACHE,
    fix="write `cache: true`",
    since="0.1.0",
    fixable=True,
)
def is_no_switch(subject: Subject) -> Iterator[Found]:
    """LiteLLM compares with `True` itself: a text in quotes or a mapping is not that."""
    config = _config(subject)
    value = _settings(config).get("cache") if config else None
    if config and value is not None and not isinstance(value, bool):
        is_text = isinstance(value, str) and value.strip().lower() in {"true", "yes", "on"}
        what = "is a text in quotes, not the value true" if is_text else "has to be true or false"
        span = config.value_span("litellm_settings", "cache")
        edits = scalar(config, ("litellm_settings", "cache"), "true") if is_text else ()
        yield Found(config.path, span, f"`cache` {what}", edits=edits)


@RULES.rule(
    "HUB224",
    "error",
    "A cache type that LiteLLM does not have",
    effect="LiteLLM ends while starting (exit 3)",
    fix="take one of: local, redis, redis-semantic, valkey-semantic, s3, gcs, qdrant-semantic, azure-blob, disk",
    since="0.1.0",
    stops_start=True,
    by_version=True,
)
def has_unknown_type(subject: Subject) -> Iterator[Found]:
    """`rediss`, `memory`."""
    config = _on(subject)
    if config and str(_kind(config)) not in subject.known.cache_types:
        near = subject.guesses.nearest(str(_kind(config)), subject.known.cache_types)
        span = config.value_span("litellm_settings", "cache_params", "type")
        fix = f"did you mean `{near}`?" if near else None
        yield Found(config.path, span, f"`{_kind(config)}` is no type of cache", fix=fix)


@RULES.rule(
    "HUB225",
    "error",
    "A key that the Redis cache does not take",
    effect="LiteLLM ends while starting (exit 3): `Redis.__init__() got an unexpected keyword argument`",
    fix="remove it, or correct its name",
    since="0.1.0",
    stops_start=True,
    by_version=True,
)
def has_unknown_key(subject: Subject) -> Iterator[Found]:
    """LiteLLM hands what it does not know on to the Redis client; with a URL it passes over it."""
    config = _on(subject)
    for key in map(str, _params(config)) if config and _kind(config) in _REDIS else ():
        if config and key not in subject.known.cache_params:
            near = subject.guesses.nearest(key, subject.known.cache_params)
            span = config.span("litellm_settings", "cache_params", key)
            fix = f"did you mean `{near}`?" if near else None
            severity: Severity = "error" if _is_by_host(subject, config) else "warning"
            yield Found(config.path, span, f"`{key}` is no key of the cache", fix=fix, severity=severity)


def _is_by_host(subject: Subject, config: Config) -> bool:
    """Whether Redis is certainly reached by host and port, with all keys handed to its client."""
    params, environment = _params(config), subject.gateway_environment
    if any(name in params for name in _PLACES[1:]):
        return False
    is_url_set = environment is None or bool(environment.get("REDIS_URL"))
    return bool(params.get("host")) or not is_url_set


@RULES.rule(
    "HUB226",
    "error",
    "A Redis cache without an address",
    effect="LiteLLM ends while starting (exit 3): `Either 'host' or 'url' must be specified for redis`",
    fix="set REDIS_HOST and REDIS_PORT in the gateway's env file, or `host:` in cache_params",
    since="0.1.0",
    stops_start=True,
)
def has_no_address(subject: Subject) -> Iterator[Found]:
    """Neither the config nor the gateway's environment says where Redis is."""
    config, environment = _on(subject), subject.gateway_environment
    if config is None or environment is None or subject.lacks_env_file or _kind(config) not in _REDIS:
        return
    given = (subject.resolved(_params(config).get(name)) or _listed(_params(config).get(name)) for name in _PLACES)
    variables = ("REDIS_HOST", "REDIS_URL", "REDIS_CLUSTER_NODES", "REDIS_SENTINEL_NODES")
    own = config.section("environment_variables")  # which LiteLLM sets before it makes the cache
    if not any(given) and not any(environment.get(name) or own.get(name) for name in variables):
        words = "nothing says where Redis is"
        yield Found(config.path, config.span("litellm_settings", "cache"), words, severity=subject.doubt)


def _listed(value: object) -> object:
    return value if isinstance(value, list) else None


@RULES.rule(
    "HUB227",
    "warning",
    "A Redis port that is no number",
    effect="LiteLLM starts and quietly talks to port 6379",
    fix="write the port's number",
    since="0.1.0",
)
def has_no_port(subject: Subject) -> Iterator[Found]:
    """In the config, or in the variable that it names."""
    config = _on(subject)
    port = subject.resolved(_params(config).get("port")) if config else None
    if config and port is not None and not port.isdecimal() and not port.startswith("$"):
        span = config.value_span("litellm_settings", "cache_params", "port")
        yield Found(config.path, span, "the Redis port is no number")


@RULES.rule(
    "HUB228",
    "warning",
    "A Redis cache without `type: redis`",
    effect="LiteLLM caches in its own process and never talks to Redis: the cache is lost at every restart",
    fix="add `type: redis` to `cache_params`",
    since="0.1.0",
)
def has_no_type(subject: Subject) -> Iterator[Found]:
    """Where an address says that Redis is meant."""
    config = _on(subject)
    if config and "type" not in _params(config) and any(name in _params(config) for name in (*_PLACES, "port")):
        span = config.span("litellm_settings", "cache_params")
        yield Found(config.path, span, "`cache_params` names a server and no type")


@RULES.rule(
    "HUB229",
    "error",
    "`cache_params` without anything below",
    effect="LiteLLM ends while starting: `'NoneType' object is not iterable`",
    fix="remove `cache_params:`, or indent its keys below it",
    since="0.1.0",
    stops_start=True,
)
def has_no_params(subject: Subject) -> Iterator[Found]:
    """The cache is on, and the key holds no mapping."""
    config = _on(subject)
    if config and "cache_params" in _settings(config) and not isinstance(_settings(config)["cache_params"], dict):
        span = config.value_span("litellm_settings", "cache_params")
        yield Found(config.path, span, "`cache_params` holds no keys")


@RULES.rule(
    "HUB230",
    "error",
    "A Redis at localhost, inside a container",
    effect="in the gateway's container, localhost is the container itself: nothing is cached, and only the log tells",
    fix="name the Compose service of Redis, or `host.docker.internal` for one on the host",
    since="0.1.0",
)
def is_at_loopback(subject: Subject) -> Iterator[Found]:
    """In the config, or in the variable that LiteLLM reads; not where the gateway shares the host's network."""
    config, environment = _on(subject), subject.gateway_environment
    if config is None or not subject.in_container or environment is None or _kind(config) not in _REDIS:
        return
    given = _params(config).get("host")
    host = subject.resolved(given) or environment.get("REDIS_HOST")
    by_url = any(_params(config).get(name) for name in _PLACES[1:]) or (not given and environment.get("REDIS_URL"))
    if host in _LOOPBACK and not by_url:
        place = surroundings.place_of(subject, variable_of(given) or "REDIS_HOST")
        is_written = given is not None and variable_of(given) is None
        written = (config.path, config.value_span("litellm_settings", "cache_params", "host"))
        where = written if is_written or place is None else place
        yield Found(*where, f"the gateway asks Redis at {host}, from inside its container")
