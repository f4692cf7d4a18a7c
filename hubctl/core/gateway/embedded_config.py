"""What differs from the hub's config and environment when the gateway runs on this host, outside Compose's network."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hubctl.core.compose.stack import Address
from hubctl.core.gateway.derived import (
    Derived,
    Values,
    api_base_of,
    entries,
    is_local,
    ollama_address,
    ollama_addresses,
    redis_login,
    target,
)
from hubctl.core.gateway.relocation import Places, Relocation
from hubctl.core.models.model_list import ollama_name, section

DEMO_ANSWER = "This is a demo answer of hubctl; no model was asked."

_LOCAL_OLLAMA = "http://127.0.0.1:11434"  # where LiteLLM looks when nothing says where
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
    derived = Derived(_with_api_bases(moved, kept), kept)
    cache = redis_login(derived)
    unreached = moving.unpublished - {str(cache.address) if cache else ""}  # of the cache more is said
    notes += [
        f"no container of this hub is known to have {name} on this host: the gateway cannot reach it"
        for name in unreached
    ]
    return replace(derived, notes=tuple(sorted(notes)))


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
    items = entries(derived.config)
    canned = [_is_unanswerable(entry, derived.environment, pulled) for entry in items]
    names = {str(entry.get("model_name")) for entry, is_canned in zip(items, canned, strict=True) if is_canned}
    if not names:
        return derived
    aliases = section(section(derived.config, "router_settings"), "model_group_alias")
    names |= {alias for alias, target in aliases.items() if _alias_target(target) in names}
    model_list = [
        _with_params(entry, mock_response=DEMO_ANSWER) if is_canned else entry
        for entry, is_canned in zip(items, canned, strict=True)
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
    address = ollama_address(entry, environment)
    return address is not None and ollama_name(target(entry)) not in pulled.get(address, frozenset())


def _without_database(config: Values) -> Values:
    general = section(config, "general_settings")
    if "database_url" not in general:
        return config
    return {**config, "general_settings": {key: value for key, value in general.items() if key != "database_url"}}


def _with_api_bases(config: Values, environment: Mapping[str, str]) -> Values:
    """Give every local entry an address: for one without, LiteLLM starts an Ollama that nobody would ever stop."""
    base = environment.get("OLLAMA_API_BASE") or _LOCAL_OLLAMA
    items = [
        _with_params(entry, api_base=base) if is_local(entry) and not api_base_of(entry, environment) else entry
        for entry in entries(config)
    ]
    return {**config, "model_list": items} if items else config


def _with_params(entry: Values, **params: str) -> Values:
    return {**entry, "litellm_params": {**section(entry, "litellm_params"), **params}}


def _alias_target(target: object) -> str:
    return str(target.get("model")) if isinstance(target, dict) else str(target)
