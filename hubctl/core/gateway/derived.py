"""What an embedded gateway is started on, and which neighbours on this host that leads it to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from hubctl.core.compose.stack import Address
from hubctl.core.gateway.relocation import Relocation
from hubctl.core.models.model_list import ollama_name, resolved, section

Values = Mapping[str, object]

_HTTP_PORT, _REDIS_PORT = 80, 6379


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


def ollama_addresses(derived: Derived) -> tuple[Address, ...]:
    """List where local models are looked for; without those over TLS or below a path, which cannot be probed."""
    found = (ollama_address(entry, derived.environment) for entry in entries(derived.config))
    return tuple(dict.fromkeys(address for address in found if address))


def named_ollamas(config: Values, environment: Mapping[str, str]) -> frozenset[Address]:
    """Give the addresses of local models that the hub's files say themselves, by no name of a Compose service."""
    moving = Relocation({}, environment)
    kept = moving.environment(environment)
    told = Derived({key: moving.value(value) for key, value in config.items()}, kept)
    found = {ollama_address(entry, kept) for entry in entries(told.config)}
    if base := kept.get("OLLAMA_API_BASE"):
        found.add(_address(base))
    return frozenset(address for address in found if address)


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


def entries(config: Values) -> list[Values]:
    """Give the entries; none where one is not a mapping: LiteLLM stops at that, and the operator is to hear of it."""
    items = config.get("model_list")
    return items if isinstance(items, list) and all(isinstance(item, dict) for item in items) else []


def is_local(entry: Values) -> bool:
    """Whether a local model answers for it."""
    return ollama_name(target(entry)) is not None


def target(entry: Values) -> str:
    """Give what answers for it."""
    return str(section(entry, "litellm_params").get("model"))


def api_base_of(entry: Values, environment: Mapping[str, str]) -> str | None:
    """Give where its server is, as the entry says."""
    return resolved(section(entry, "litellm_params").get("api_base"), environment)


def ollama_address(entry: Values, environment: Mapping[str, str]) -> Address | None:
    """Give where a local model is looked for; null for all others, and where it cannot be probed."""
    if not is_local(entry) or "mock_response" in section(entry, "litellm_params"):
        return None
    return _address(api_base_of(entry, environment) or "")


def _address(base: str) -> Address | None:
    """Give the address of a server that can be probed; null for one over TLS or below a path."""
    url = _split(base)
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


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
