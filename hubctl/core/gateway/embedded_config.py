"""What differs from the hub's config and environment when the gateway runs on this host, outside Compose's network."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from hubctl.core.compose.stack import Address
from hubctl.core.gateway.relocation import Places, Relocation
from hubctl.core.models.model_list import ollama_name, resolved, section

Values = Mapping[str, object]

DEMO_ANSWER = "This is a demo answer of hubctl; no model was asked."

_LOCAL_OLLAMA = "http://127.0.0.1:11434"  # where LiteLLM looks when nothing says where
_HTTP_PORT, _REDIS_PORT = 80, 6379
_ANY_CACHE = frozenset({"ttl", "mode", "supported_call_types"})  # what to cache, whatever it is kept in
# Set to a path inside the container, it would win over `--config`.
_CONFIG_PATH = "CONFIG_FILE_PATH"
# Any of these makes LiteLLM look for the client of its database, and end where there is none.
_DATABASE = frozenset({"DATABASE_URL", "DIRECT_URL", "DATABASE_HOST"})

# What any program needs of the operator's shell. The keys in it are not the hub's, so nothing else goes in.
_FROM_SHELL = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)
_OWN_SETTINGS = {
    "LITELLM_MODE": "PRODUCTION",  # else it loads the nearest .env above its package
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it fetches prices from the network at every start
    "PYTHONUNBUFFERED": "1",  # else the log is out of order
}


@dataclass(frozen=True, slots=True)
class Derived:
    """A config and an environment on their way to the gateway. `notes` are sentences for the operator.

    `demo_models` are the model names, aliases included, whose answers are canned.
    """

    config: Values = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)
    notes: tuple[str, ...] = ()
    demo_models: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RedisLogin:
    """How the gateway gets into its cache."""

    address: Address
    username: str | None
    password: str | None = field(repr=False)
    database: int = 0


def relocate(config: Values, environment: Mapping[str, str], places: Places, *, folder: Path) -> Derived:
    """Put addresses of this host where values name services of the Compose network, and drop the database.

    `folder` is where the operator's config lies: files that it includes are found from there.
    """
    moving = Relocation(places, environment)
    kept = {name: value for name, value in environment.items() if name not in _DATABASE | {_CONFIG_PATH}}
    moved = {key: moving.value(value) for key, value in _without_database(config).items()}
    notes = []
    if _DATABASE & environment.keys() or "database_url" in section(config, "general_settings"):
        notes.append("the embedded gateway runs without its database: no virtual keys, no record of spending")
    included = config.get("include")
    if isinstance(included, list):
        moved["include"] = [str(folder / str(name)) for name in included]
        notes.append("included files are read as they are: names of Compose services in them lead nowhere here")
    kept = moving.environment(kept)
    notes += [f"{name} is not published on this host, so the gateway cannot reach it" for name in moving.unpublished]
    return Derived(_with_api_bases(moved, kept), kept, tuple(sorted(notes)))


def ollama_addresses(derived: Derived) -> tuple[Address, ...]:
    """List where local models are looked for; without those over TLS or below a path, which cannot be probed."""
    found = (_ollama_address(entry, derived.environment) for entry in _entries(derived.config))
    return tuple(dict.fromkeys(address for address in found if address))


def redis_login(derived: Derived) -> RedisLogin | None:
    """Tell which Redis the gateway caches in; null when it does not, or over TLS or in a cluster, which go unprobed."""
    settings = section(derived.config, "litellm_settings")
    given = section(settings, "cache_params")
    if not settings.get("cache") or not str(given.get("type", "redis")).startswith("redis") or given.get("ssl"):
        return None

    def read(name: str) -> str | None:
        return resolved(given.get(name), derived.environment) or derived.environment.get(f"REDIS_{name.upper()}")

    url = _split("" if given.get("host") else read("url") or "")
    host = url.hostname or read("host")
    if not host or url.scheme not in {"", "redis"}:
        return None
    return RedisLogin(
        Address(host, url.port or _number(read("port")) or _REDIS_PORT),
        username=unquote(url.username or "") or read("username"),
        password=unquote(url.password or "") or read("password"),
        database=_number(url.path.strip("/") or read("db")) or 0,
    )


def derive(
    relocated: Derived, troubles: Mapping[Address, str], pulled: Mapping[Address, frozenset[str]], *, demo: bool
) -> Derived:
    """Make do without the neighbours that gave no good answer; `troubles` says of each what was found there.

    `pulled` has the models of each Ollama that did answer: with `demo`, the answers of all others are canned.
    """
    derived = relocated
    login = redis_login(derived)
    if login and login.address in troubles:
        derived = _with_local_cache(derived, f"Redis at {login.address}: {troubles[login.address]}")
    for address in ollama_addresses(derived):
        if address in troubles and not demo:
            note = f"no Ollama at {address}: {troubles[address]}; local models fail until one answers there"
            derived = replace(derived, notes=(*derived.notes, note))
    return _with_canned_answers(derived, pulled) if demo else derived


def process_environment(hub: Mapping[str, str], shell: Mapping[str, str]) -> dict[str, str]:
    """Compose the environment of the process on this host: the hub's own, and of the shell what any program needs."""
    values = {name: shell[name] for name in _FROM_SHELL if name in shell}
    # The neighbours are on loopback, where no proxy of the shell gets.
    values["NO_PROXY"] = values["no_proxy"] = ",".join(
        filter(None, (shell.get("NO_PROXY") or shell.get("no_proxy"), "127.0.0.1,localhost"))
    )
    return {**values, **_OWN_SETTINGS, **hub}


def _with_local_cache(derived: Derived, found: str) -> Derived:
    settings, router = (section(derived.config, name) for name in ("litellm_settings", "router_settings"))
    kept = {key: value for key, value in section(settings, "cache_params").items() if key in _ANY_CACHE}
    local = {"type": "local", **kept}
    config = {**derived.config, "litellm_settings": {**settings, "cache_params": local}}
    if router:
        config["router_settings"] = {k: v for k, v in router.items() if not str(k).startswith("redis_")}
    return replace(
        derived,
        config=config,
        environment={k: v for k, v in derived.environment.items() if not k.startswith("REDIS_")},
        notes=(*derived.notes, f"{found}; the gateway caches in its own process instead, until it ends"),
    )


def _with_canned_answers(derived: Derived, pulled: Mapping[Address, frozenset[str]]) -> Derived:
    entries = list(_entries(derived.config))
    canned = [_is_unanswerable(entry, derived.environment, pulled) for entry in entries]
    names = {str(entry.get("model_name")) for entry, is_canned in zip(entries, canned, strict=True) if is_canned}
    if not names:
        return derived
    aliases = section(section(derived.config, "router_settings"), "model_group_alias")
    names |= {alias for alias, target in aliases.items() if _alias_target(target) in names}
    model_list = [
        _with_params(entry, mock_response=DEMO_ANSWER) if is_canned else entry
        for entry, is_canned in zip(entries, canned, strict=True)
    ]
    note = f"demo: no Ollama has them, so the answers of {', '.join(sorted(names))} are canned"
    return replace(
        derived,
        config={**derived.config, "model_list": model_list},
        notes=(*derived.notes, note),
        demo_models=frozenset(names),
    )


def _is_unanswerable(entry: Values, environment: Mapping[str, str], pulled: Mapping[Address, frozenset[str]]) -> bool:
    """Whether this is a local model that no Ollama here has; one that cannot be looked for is left alone."""
    address = _ollama_address(entry, environment)
    return address is not None and ollama_name(_target(entry)) not in pulled.get(address, frozenset())


def _without_database(config: Values) -> Values:
    general = section(config, "general_settings")
    if "database_url" not in general:
        return config
    return {**config, "general_settings": {key: value for key, value in general.items() if key != "database_url"}}


def _with_api_bases(config: Values, environment: Mapping[str, str]) -> Values:
    """Give every local entry an address: for one without, LiteLLM starts an Ollama that nobody would ever stop."""
    base = environment.get("OLLAMA_API_BASE") or _LOCAL_OLLAMA
    entries = [
        _with_params(entry, api_base=base) if _is_local(entry) and not _api_base(entry, environment) else entry
        for entry in _entries(config)
    ]
    return {**config, "model_list": entries} if entries else config


def _entries(config: Values) -> list[Values]:
    """Give the entries; none where one is not a mapping: LiteLLM stops at that, and the operator is to hear of it."""
    items = config.get("model_list")
    return items if isinstance(items, list) and all(isinstance(item, dict) for item in items) else []


def _with_params(entry: Values, **params: str) -> Values:
    return {**entry, "litellm_params": {**section(entry, "litellm_params"), **params}}


def _is_local(entry: Values) -> bool:
    return ollama_name(_target(entry)) is not None


def _target(entry: Values) -> str:
    return str(section(entry, "litellm_params").get("model"))


def _api_base(entry: Values, environment: Mapping[str, str]) -> str | None:
    return resolved(section(entry, "litellm_params").get("api_base"), environment)


def _ollama_address(entry: Values, environment: Mapping[str, str]) -> Address | None:
    url = _split(_api_base(entry, environment) or "")
    if not _is_local(entry) or "mock_response" in section(entry, "litellm_params"):
        return None
    if url.scheme != "http" or not url.hostname or url.path not in {"", "/"}:
        return None
    return Address(url.hostname, url.port or _HTTP_PORT)


def _split(text: str) -> SplitResult:
    """Read a URL; one that is none is for LiteLLM to complain about, and reads as empty."""
    try:
        url = urlsplit(text)
        _ = url.port  # checked when it is asked for
    except ValueError:
        return urlsplit("")
    return url


def _alias_target(target: object) -> str:
    return str(target.get("model")) if isinstance(target, dict) else str(target)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
