"""Rules about health checks in the compose file (HUB521 to HUB523): whether they can work, and what they cost."""

import re
from collections.abc import Iterator

from hubctl.core.compose.layout import Service
from hubctl.core.compose.service_text import mapping
from hubctl.core.judging import secrets, surroundings
from hubctl.core.judging.rule import Found, Group, Severity
from hubctl.core.judging.subject import Subject
from hubctl.core.judging.surroundings import services, spot

RULES = Group()

# Tools that the ready-made images of the stack certainly lack.
_LACKS = {"gateway": ("curl", "wget"), "ollama": ("curl", "wget"), "cache": ("curl",), "database": ("curl",)}
_OFFICIAL = re.compile(r"(?:^|/)(?:berriai/litellm[\w-]*|ollama/ollama|redis|postgres)(?:[:@]|$)")
_COSTLY = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\$\{?HOSTNAME\}?)(?::\d+)?/health(?![\w/-])")
_BEARER = re.compile(r"(?:Bearer|api-key:)\s+(?P<key>[^\s\"'$\\]{6,})")


def _health(subject: Subject, service: Service) -> str:
    """The words of a service's health check."""
    test = mapping(surroundings.described(subject, service.name).get("healthcheck")).get("test")
    return " ".join(map(str, test)) if isinstance(test, list) else str(test or "")


@RULES.rule(
    "HUB521",
    "error",
    "A health check with a tool that the image lacks",
    effect="the container is never healthy, and what waits for it never starts",
    fix="use what the image has: `python3 -c` in LiteLLM's, `ollama list` in Ollama's",
    since="0.1.0",
)
def lacks_tool(subject: Subject) -> Iterator[Found]:
    """`curl` in an image without it; not where the image is built here."""
    for service in services(subject):
        words = _health(subject, service)
        first = re.sub(r"^(?:CMD(?:-SHELL)?|NONE)\s+", "", words)
        ready_made = not service.build and _OFFICIAL.search(service.image or "")
        for tool in _LACKS.get(service.role or "", ()) if ready_made else ():
            alone = re.match(rf"(?:/usr/bin/)?{tool}\b", first) and not re.search(r"\|\|\s*(?!exit|false)\w", first)
            if alone:
                what = f"the image of {service.name} has no `{tool}`"
                severity: Severity = "error" if _is_certain(service, tool) else "warning"
                where = spot(subject, service.name, "healthcheck", "test", like=rf"\b{tool}\b")
                yield Found(*where, what, severity=severity)


def _is_certain(service: Service, tool: str) -> bool:
    """Whether no version of the image has the tool: LiteLLM's had it at times."""
    return service.role != "gateway" and (service.role, tool) != ("cache", "wget")


@RULES.rule(
    "HUB522",
    "warning",
    "A health check that costs money",
    effect="every check asks every model for a real answer; without a key it gets a 401 and is never healthy",
    fix="ask `/health/liveliness`, which needs no key and calls no model",
    since="0.1.0",
)
def asks_models(subject: Subject) -> Iterator[Found]:
    """`/health` of the gateway."""
    for service in services(subject):
        if service.role == "gateway" and _COSTLY.search(_health(subject, service)):
            where = spot(subject, service.name, "healthcheck", "test", like=_COSTLY)
            yield Found(*where, f"the health check of {service.name} asks /health")


@RULES.rule(
    "HUB523",
    "error",
    "A key in a health check",
    effect="everybody who can read the compose file, or `docker inspect`, has the key",
    fix="ask `/health/liveliness`, which needs no key",
    since="0.1.0",
)
def holds_a_key(subject: Subject) -> Iterator[Found]:
    """`Authorization: Bearer sk-...` in clear text."""
    for service in services(subject):
        found = _BEARER.search(_health(subject, service))
        if found and not secrets.is_placeholder(found["key"]):
            where = spot(subject, service.name, "healthcheck", "test", like=_BEARER)
            yield Found(*where, f"the health check of {service.name} holds a key in clear text")
