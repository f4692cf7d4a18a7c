"""Rules about Open WebUI and its way to the gateway (HUB551 to HUB559)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from hubctl.core.compose.layout import Service
from hubctl.core.judging import surroundings
from hubctl.core.judging.rule import Found, Group
from hubctl.core.judging.subject import Subject
from hubctl.core.judging.surroundings import spot

RULES = Group()

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _uis(subject: Subject) -> tuple[Service, ...]:
    """The Open WebUIs of a hub whose files are all known."""
    return subject.layout.with_role("ui") if subject.layout and subject.gateway_service else ()


def _is_known(subject: Subject, service: Service) -> bool:
    return all(each.path in subject.texts for each in service.env_files)


def _off(value: str | None) -> bool:
    return (value or "").strip().lower() == "false"


@RULES.rule(
    "HUB551",
    "warning",
    "Open WebUI does not ask the gateway",
    effect="the models of the gateway do not show up in Open WebUI",
    fix="set OPENAI_API_BASE_URLS to `http://GATEWAY:4000/v1` in Open WebUI's env file, with the service's name",
    since="0.1.0",
)
def asks_others(subject: Subject) -> Iterator[Found]:
    """No address that leads to the gateway."""
    for service in _uis(subject):
        urls = surroundings.gateway_urls(subject, service.name)
        through = any(surroundings.leads_to_gateway(subject, url) for _, url, _ in urls)
        far = [url for _, url, _ in urls if (_host(url) or "").count(".") and _host(url) not in _LOOPBACK]
        if _is_known(subject, service) and not through and not (far and "api.openai.com" not in far[0]):
            name = (
                "OPENAI_API_BASE_URLS"
                if "OPENAI_API_BASE_URLS" in subject.environments[service.name]
                else "OPENAI_API_BASE_URL"
            )
            place = surroundings.place_in(subject, service.name, name)
            host = _host(urls[0][1]) if urls else None
            words = (
                f"{service.name} asks {host}, which is not the gateway"
                if host
                else f"{service.name} is not told of the gateway"
            )
            if host in _LOOPBACK:
                words = f"{service.name} asks {host}, which inside its container is itself"
            yield Found(*(place if place[1] else spot(subject, service.name)), words)


def _host(url: str) -> str | None:
    """The host of an address; null where it is none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


@RULES.rule(
    "HUB552",
    "warning",
    "Open WebUI's OpenAI side is switched off",
    effect="Open WebUI asks no OpenAI-compatible server, so not the gateway either",
    fix="remove ENABLE_OPENAI_API, or set it to True",
    since="0.1.0",
)
def is_off(subject: Subject) -> Iterator[Found]:
    """`ENABLE_OPENAI_API=False`."""
    for service in _uis(subject):
        if _off(subject.environments[service.name].get("ENABLE_OPENAI_API")):
            place = surroundings.place_in(subject, service.name, "ENABLE_OPENAI_API")
            yield Found(*place, f"{service.name} has ENABLE_OPENAI_API switched off")


@RULES.rule(
    "HUB553",
    "info",
    "Open WebUI keeps its first settings",
    effect="the first start stores them in the database; later changes to the env file do nothing, without a word",
    fix="set ENABLE_PERSISTENT_CONFIG=False, if the files are to decide",
    since="0.1.0",
)
def keeps_settings(subject: Subject) -> Iterator[Found]:
    """`ENABLE_PERSISTENT_CONFIG` is not False."""
    for service in _uis(subject):
        if _is_known(subject, service) and not _off(subject.environments[service.name].get("ENABLE_PERSISTENT_CONFIG")):
            place = surroundings.place_in(subject, service.name, "ENABLE_PERSISTENT_CONFIG")
            where = place if place[1] else spot(subject, service.name)
            yield Found(*where, f"{service.name} does not follow changes of its env file")


@RULES.rule(
    "HUB554",
    "info",
    "Open WebUI asks Ollama past the gateway",
    effect="local models are listed twice, and those asked directly bypass cache, fallbacks and limits",
    fix="set ENABLE_OLLAMA_API=False, if all models are to come through the gateway",
    since="0.1.0",
)
def asks_ollama(subject: Subject) -> Iterator[Found]:
    """Where an Ollama is in the hub and the gateway has its models."""
    entries = subject.config.entries if subject.config else ()
    is_served = any(entry.provider in {"ollama", "ollama_chat"} for entry in entries)
    for service in _uis(subject):
        environment = subject.environments[service.name]
        if is_served and _is_known(subject, service) and not _off(environment.get("ENABLE_OLLAMA_API")):
            yield Found(*spot(subject, service.name), f"{service.name} also asks Ollama itself")
