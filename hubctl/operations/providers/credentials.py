"""The keys that the hub's own files give its services: what hubctl needs to ask them anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hubctl import parallel
from hubctl.adapters.files import disk
from hubctl.core.change.drift import Fresh
from hubctl.core.compose import layout
from hubctl.core.compose.layout import Service
from hubctl.core.models import model_list
from hubctl.core.text import env_text
from hubctl.errors import BadFile


@dataclass(frozen=True, slots=True)
class Credentials:
    """Secrets stay out of repr. A value is null where the hub's files give none."""

    gateway_key: str | None = field(repr=False)
    cache_password: str | None = field(repr=False)
    cache_user: str | None = None


def service_environment(service: Service, variables: Mapping[str, str]) -> dict[str, str]:
    """Compute the environment that Compose gives a new container of the service, from its env files and entries.

    variables is what Compose itself sees: .env and the shell. Raises BadFile for a required env file that is missing.
    """
    values: dict[str, str] = {}
    for env_file in service.env_files:
        if not env_file.required and not env_file.path.exists():
            continue
        values.update(env_text.read(disk.read_text(env_file.path), {**variables, **values}).values())
    for name, value in service.environment.items():
        if value is not None:
            values[name] = value
        elif name in variables:
            values[name] = variables[name]
    return values


def fresh_environment(service: Service, variables: Mapping[str, str]) -> Fresh:
    """Compute the same environment together with the names that have no value here. Raises BadFile."""
    values = service_environment(service, variables)
    paths = [env_file.path for env_file in service.env_files if env_file.path.exists()]
    alone = {
        assignment.name
        for path in paths
        for assignment in env_text.read(disk.read_text(path), variables).assignments
        if assignment.value is None
    }
    alone |= {name for name, value in service.environment.items() if value is None}
    return Fresh(values, frozenset(alone - values.keys()))


def lenient_environment(service: Service, variables: Mapping[str, str]) -> dict[str, str]:
    """Compute the same environment, or nothing where a file is missing: for looking, not for starting."""
    try:
        return service_environment(service, variables)
    except BadFile:
        return {}


def of_gateway(gateway: Service, variables: Mapping[str, str]) -> Credentials:
    """Collect the keys as the gateway's files have them now."""
    return read(layout.config_path(gateway), lenient_environment(gateway, variables))


def within(timeout_s: float, reading: Callable[[], Credentials]) -> tuple[Credentials, tuple[str, ...]]:
    """Give the keys; none of them, and a note that says so, where their files take longer to read."""
    keys = parallel.within(timeout_s, reading)
    late = f"keys not read from the hub's files within {timeout_s:.1f} s: services are asked without them"
    return (keys, ()) if keys else (Credentials(None, None), (late,))


def read(config: Path | None, environment: Mapping[str, str]) -> Credentials:
    """Collect the keys from the gateway's config and environment. A config that cannot be read gives nothing here."""
    data = _lenient_config(config)
    cache = model_list.section(model_list.section(data, "litellm_settings"), "cache_params")
    user, password = _login(environment.get("REDIS_URL", ""))
    return Credentials(
        gateway_key=_key(model_list.section(data, "general_settings").get("master_key"), environment)
        or environment.get("LITELLM_MASTER_KEY"),
        cache_password=_key(cache.get("password"), environment) or environment.get("REDIS_PASSWORD") or password,
        cache_user=environment.get("REDIS_USERNAME") or user,
    )


def _login(url: str) -> tuple[str | None, str | None]:
    """Take user and password out of an address; nulls where there are none, or where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None, None
    return unquote(parts.username or "") or None, unquote(parts.password or "") or None


def _key(value: object, environment: Mapping[str, str]) -> str | None:
    """Read a key of the config: written as a number it is none, since what a client sends is text."""
    return model_list.resolved(value, environment) if isinstance(value, str) else None


def _lenient_config(path: Path | None) -> dict[str, object]:
    try:
        return model_list.load(disk.read_text(path), path) if path else {}
    except BadFile:
        return {}
