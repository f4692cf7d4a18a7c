"""What of the running embedded gateway no longer fits the files: told by digests that were noted at its start."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from hubctl.adapters.files import digests
from hubctl.core.change import drift
from hubctl.core.change.drift import Drift, Fresh
from hubctl.core.compose.layout import Service, config_path
from hubctl.core.gateway import embedded_run
from hubctl.core.gateway.embedded_run import Origin
from hubctl.errors import BadFile

COMMAND = "hubctl restart"


def origin(config: str, environment: Mapping[str, str]) -> Origin:
    """Note what a start is made from."""
    salt = secrets.token_hex(16)
    return Origin(digests.of_text(config), _installed(), salt, embedded_run.digests(environment, salt))


def compare(
    started: Origin, gateway: Service, environment: Callable[[], Mapping[str, str]]
) -> tuple[tuple[Drift, ...], tuple[str, ...]]:
    """Compare the files and the installed package with a start: what differs, and notes on what cannot be known."""
    try:
        fresh = Fresh(embedded_run.digests(environment(), started.salt))
    except BadFile as error:
        note = f"whether the environment of {gateway.name} is still right is unknown: {error.message}"
        return tuple(_files(started, gateway)), (note,)
    by_name = drift.environment(started.environment, fresh, {}, COMMAND)
    return (*by_name, *_files(started, gateway)), ()


def _files(started: Origin, gateway: Service) -> Iterator[Drift]:
    path = config_path(gateway)
    if path is not None and digests.of_file(path) != started.config:
        yield Drift("config", path.name, f"{path.name} was changed after the gateway read it: `{COMMAND}`")
    if _installed() != started.version:
        detail = f"litellm {_installed()} is installed, and {started.version} runs: `{COMMAND}`"
        yield Drift("image", "litellm", detail)


def _installed() -> str:
    try:
        return version("litellm")
    except PackageNotFoundError:
        return "(unknown)"
