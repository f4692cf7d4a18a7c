"""Rules about what the services are and hold (HUB524 to HUB549): secrets, images, ports, and who talks to whom."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from hubctl.core.compose.layout import Port, Service
from hubctl.core.compose.service_text import mapping
from hubctl.core.judging import secrets, surroundings
from hubctl.core.judging.rule import Found, Group, Severity
from hubctl.core.judging.subject import Subject
from hubctl.core.judging.surroundings import services, spot

RULES = Group()

_MOVING = re.compile(r"latest|stable|main|master|edge|nightly|dev|cuda|rocm|main-\w+|v?\d+|\w+-latest|\w*alpine")
_UPDATERS = re.compile(r"watchtower|ouroboros|dockcheck", re.IGNORECASE)  # not those that only tell of new versions
_UPDATED = "com.centurylinklabs.watchtower.enable"
_COMPROMISED = re.compile(r"(?:litellm[^:@]*[:=]+=?|main-)v?1\.82\.[78](?![\d])")
_SOCKET = "docker.sock"
_LOCAL = ("127.", "::1", "localhost", "[::1]")


@RULES.rule(
    "HUB524",
    "warning",
    "A secret in the compose file",
    effect="everybody who can read the compose file has it: colleagues, backups, every clone of the repository",
    fix="put it into an env file with mode 0600, and name that as `env_file:`",
    since="0.1.0",
)
def is_in_clear(subject: Subject) -> Iterator[Found]:
    """Keys and passwords among a service's variables, by their shape; the value is never shown."""
    for service in services(subject):
        given = surroundings.described(subject, service.name).get("environment")
        words = given if isinstance(given, list) else [f"{key}={value}" for key, value in mapping(given).items()]
        for name, _, value in (str(word).partition("=") for word in words):
            if secrets.is_secret(name, value.strip("\"'")) and value not in secrets.PUBLIC_KEYS:
                place = surroundings.place_in(subject, service.name, name)
                yield Found(*place, f"`{name}` of {service.name} holds a secret in clear text")


@RULES.rule(
    "HUB531",
    "info",
    "An image tag that moves",
    effect="the next pull may bring another version; nobody can tell later which one ran",
    fix="name a version, or a digest",
    since="0.1.0",
)
def moves(subject: Subject) -> Iterator[Found]:
    """A warning only where something pulls by itself."""
    updater = next((each for each in services(subject) if _UPDATERS.search(f"{each.image} {each.name}")), None)
    for service in services(subject):
        image = service.image
        if image is None or service.build or "@" in image or service.role is None:
            continue
        tag = image.rpartition("/")[2].partition(":")[2]
        if not tag or _MOVING.fullmatch(tag):
            is_updated = updater is not None and _is_updated(subject, service, updater)
            more = f", and {updater.name} pulls it by itself" if updater and is_updated else ""
            severity: Severity = "warning" if is_updated else "info"
            words = f"the image of {service.name} has the tag {tag or 'latest'}, which moves{more}"
            yield Found(*spot(subject, service.name, "image"), words, severity=severity)


def _is_updated(subject: Subject, service: Service, updater: Service) -> bool:
    """Whether the updater is meant to touch a service: by its label, else by the updater's own settings."""
    labels = surroundings.described(subject, service.name).get("labels")
    words = labels if isinstance(labels, list) else [f"{key}={value}" for key, value in mapping(labels).items()]
    said = next((str(word).partition("=")[2].lower() for word in words if str(word).startswith(f"{_UPDATED}=")), None)
    settings = subject.environments.get(updater.name, updater.environment)
    is_on = {
        name: str(settings.get(f"WATCHTOWER_{name}", "")).lower() == "true" for name in ("LABEL_ENABLE", "MONITOR_ONLY")
    }
    return not is_on["MONITOR_ONLY"] and (said == "true" if is_on["LABEL_ENABLE"] else said != "false")


@RULES.rule(
    "HUB532",
    "error",
    "A compromised version of LiteLLM",
    effect="1.82.7 and 1.82.8 were published by an attacker and send away every secret that they can read",
    fix="remove the container and image, take another version, and make new keys for everything that it could read",
    since="0.1.0",
)
def is_compromised(subject: Subject) -> Iterator[Found]:
    """In an image's tag, a command, or what is built."""
    for service in services(subject):
        build = mapping(surroundings.described(subject, service.name).get("build"))
        for key, text in (
            ("image", service.image or ""),
            ("command", " ".join(service.command)),
            ("build", str(build)),
        ):
            if _COMPROMISED.search(text):
                place = spot(subject, service.name, key, like=_COMPROMISED)
                yield Found(*place, f"{service.name} runs a compromised LiteLLM")


@RULES.rule(
    "HUB541",
    "warning",
    "A port that is open to the network",
    effect="every machine that reaches this one can use it; Docker's ports go past most firewalls",
    fix="publish it on this machine only: `127.0.0.1:PORT:PORT`, or not at all",
    since="0.1.0",
)
def is_open(subject: Subject) -> Iterator[Found]:
    """Services without a login of their own; the gateway and Open WebUI ask for a key, so that is worth a note."""
    for service in services(subject):
        ports = [port for port in service.ports if not (port.host_ip or "").startswith(_LOCAL)]
        if not ports or service.role is None:
            continue
        severity: Severity = "info" if service.role in {"gateway", "ui"} else "warning"
        words = f"port {ports[0].host or ports[0].container} of {service.name} is published on every address"
        yield Found(*spot(subject, service.name, "ports", like=_open(ports[0])), words, severity=severity)


def _open(port: Port) -> str:
    """What an item of `ports` looks like that publishes this port, and on every address."""
    return rf"^(?!{'|'.join(map(re.escape, _LOCAL))}).*\b{port.container}\b"


@RULES.rule(
    "HUB542",
    "warning",
    "The Docker socket inside a container",
    effect="whoever controls that container controls this machine, read-only mount or not",
    fix="remove the mount, or put a proxy that filters requests before it",
    since="0.1.0",
)
def mounts_socket(subject: Subject) -> Iterator[Found]:
    """`/var/run/docker.sock` among the volumes."""
    for service in services(subject):
        if any(str(mount.source or "").endswith(_SOCKET) for mount in service.mounts):
            place = spot(subject, service.name, "volumes", like=re.escape(_SOCKET))
            yield Found(*place, f"{service.name} gets the Docker socket")


def _redis_of(subject: Subject, service: Service) -> str | None:
    environment = subject.environments.get(service.name, {})
    for name in ("REDIS_URL", "WEBSOCKET_REDIS_URL"):
        try:
            if host := urlsplit(environment.get(name, "")).hostname:
                return host
        except ValueError:
            continue
    return environment.get("REDIS_HOST")


def _cache_host(subject: Subject) -> str | None:
    """The Redis that the config itself names for the cache."""
    params = mapping(subject.config.section("litellm_settings").get("cache_params")) if subject.config else {}
    try:
        return subject.resolved(params.get("host")) or urlsplit(subject.resolved(params.get("url")) or "").hostname
    except ValueError:
        return None


@RULES.rule(
    "HUB543",
    "warning",
    "One Redis for the gateway and Open WebUI",
    effect="emptying the gateway's cache (`/cache/flushall`) empties every database of that Redis, sessions included",
    fix="give Open WebUI a Redis of its own, or none",
    since="0.1.0",
)
def shares_redis(subject: Subject) -> Iterator[Found]:
    """The same host in both environments."""
    gateway = subject.gateway_service
    host = (_cache_host(subject) or _redis_of(subject, gateway)) if gateway else None
    for service in services(subject) if host and gateway else ():
        if service.role == "ui" and _redis_of(subject, service) == host:
            name = next(
                n
                for n in ("REDIS_URL", "WEBSOCKET_REDIS_URL", "REDIS_HOST")
                if subject.environments[service.name].get(n)
            )
            place = surroundings.place_in(subject, service.name, name)
            yield Found(*place, f"{service.name} and {gateway.name} use the Redis at {host}")  # type: ignore[union-attr]
