"""Which service plays which role: told by image and command, and where nothing clearer is found by port and name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hubctl.core.compose.service_text import Service
from hubctl.core.compose.stack import Role


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z])")


def _runs(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s/;&])(?:{pattern})")


_NEVER = re.compile(r"(?!)")
_ALWAYS = re.compile("")


@dataclass(frozen=True, slots=True)
class _Signs:
    """What gives a role away.

    `product` counts in an image's or a service's name, `nickname` only in the name of a service without a known image.
    `client` is a command that uses the product and does not serve it: a container that pulls models or dumps a
    database. `setting` has to be found in variables or mounts before a `port` that others use as well counts.
    """

    product: re.Pattern[str]
    serves: re.Pattern[str]
    client: re.Pattern[str] = _NEVER
    nickname: re.Pattern[str] = _NEVER
    port: int | None = None
    setting: re.Pattern[str] = _ALWAYS


_SIGNS: Mapping[Role, _Signs] = {
    "gateway": _Signs(
        product=_word("litellm"),
        serves=_runs(r"litellm(?=\s+-|\s*$)|uvicorn\s+litellm\."),
        client=_runs("prisma|pytest"),
        port=4000,
        setting=_word("litellm"),
    ),
    "ui": _Signs(
        product=_word("open[-_]?webui|ollama-webui"),
        serves=_runs(r"open-webui\s+serve"),
    ),
    "ollama": _Signs(
        product=_word("ollama"),
        serves=_runs(r"ollama\s+serve"),
        client=_runs("ollama (?:pull|create|run|list|cp)"),
        port=11434,
    ),
    "cache": _Signs(
        product=_word("redis|valkey|keydb|dragonfly(?:db)?"),
        serves=_runs("(?:redis|valkey|keydb)-server"),
        client=_runs("(?:redis|valkey|keydb)-cli"),
        nickname=_word("cache"),
        port=6379,
    ),
    "database": _Signs(
        product=_word("postgres(?:ql)?|pg(?:vector|vecto|db|sql)?|timescaledb|postgis|paradedb|spilo|pgautoupgrade"),
        serves=_runs(r"postgres(?=\s+-|\s*$)"),
        client=_runs("psql|pg_dump|pg_dumpall|pg_isready|pg_basebackup"),
        nickname=_word("db|database"),
        port=5432,
    ),
}
# Things that live beside a product and carry its name.
_COMPANION = _word(
    "exporters?|ui|webui|admin|adminer|dashboard|insight|commander|backups?|sentinel|meta|bouncer|operator|mcpo?"
    "|pipelines?|docs|upgrade|init|pull(?:er)?|migrat(?:e|ions?|or)|client|bot|browser|viewer|metrics|nginx"
)


def assign(services: Iterable[Service]) -> dict[str, Role]:
    """Service name -> role. What image or command say always counts; port and name only for a role nobody else has."""
    known = list(services)
    clear = {service.name: role for service in known if (role := _by_image(service) or _by_command(service))}
    guesses = {service.name: role for service in known if (role := _by_port(service) or _by_name(service))}
    taken = set(clear.values())
    return {name: role for name, role in guesses.items() if role not in taken} | clear


def _by_image(service: Service) -> Role | None:
    repository = re.split("[:@]", (service.image or "").lower().rsplit("/", 1)[-1])[0]
    return _named(repository, service, with_nickname=False)


def _by_command(service: Service) -> Role | None:
    command = " ".join(service.command)
    return next((role for role, signs in _SIGNS.items() if signs.serves.search(command)), None)


def _by_port(service: Service) -> Role | None:
    if _has_foreign_image(service):
        return None
    ports = {port.container for port in service.ports}
    settings = " ".join((*service.environment, *(f"{mount.source} {mount.target}" for mount in service.mounts))).lower()
    return next((role for role, s in _SIGNS.items() if s.port in ports and s.setting.search(settings)), None)


def _by_name(service: Service) -> Role | None:
    with_nickname = not _has_foreign_image(service)
    names = filter(None, (service.name, service.container_name))
    return next((role for name in names if (role := _named(name.lower(), service, with_nickname=with_nickname))), None)


def _has_foreign_image(service: Service) -> bool:
    """Tell whether it runs a ready-made image: only asked once that image has shown no role."""
    return service.image is not None and not service.build


def _named(name: str, service: Service, *, with_nickname: bool) -> Role | None:
    """Give the role that the last telling word of `name` stands for: `litellm-redis` is a Redis."""
    found: list[tuple[int, int, Role]] = []
    for role, signs in _SIGNS.items():
        for pattern in (signs.product, signs.nickname) if with_nickname else (signs.product,):
            found += [(match.end(), -match.start(), role) for match in pattern.finditer(name)]
    if not found:
        return None
    end, start, role = max(found)
    is_companion = _COMPANION.search(name[:-start] + " " + name[end:])
    return None if is_companion or _is_client(service, _SIGNS[role]) else role


def _is_client(service: Service, signs: _Signs) -> bool:
    command = " ".join(service.command)
    return bool(signs.client.search(command)) and not signs.serves.search(command)
