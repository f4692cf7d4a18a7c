"""Rules about what the compose file says and nobody meant (HUB508 to HUB519): Compose takes it without a word."""

import re
from collections.abc import Iterator

from hubctl.core.compose import layout as layouts
from hubctl.core.compose.layout import Service
from hubctl.core.compose.service_text import mapping
from hubctl.core.compose.text import Text
from hubctl.core.judging import surroundings
from hubctl.core.judging.rule import Found, Group
from hubctl.core.judging.subject import Subject
from hubctl.core.judging.surroundings import kind, services, spot

RULES = Group()

# Images without a health check of their own.
_CHECKLESS = re.compile(r"^(?:docker\.io/)?(?:library/)?(?:ollama/ollama|redis|postgres)(?:[:@]|$)")
_TOLD = re.compile(r"--config\b|(?:^|\s)-c\b|\$")
_VARIABLES = ("CONFIG_FILE_PATH", "LITELLM_CONFIG")


@RULES.rule(
    "HUB508",
    "warning",
    "Quotes that become part of a value",
    effect="in a list of `environment:` the quotes are part of the value: a key with them is refused",
    fix='put no quotes, or put them around the whole item: `- "NAME=value"`',
    since="0.1.0",
)
def quotes_a_value(subject: Subject) -> Iterator[Found]:
    """`- NAME="value"`, which only a mapping, or an env file, takes as people mean it."""
    for service in services(subject):
        given = surroundings.described(subject, service.name).get("environment")
        for word in given if isinstance(given, list) else ():
            name, _, value = str(word).partition("=")
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                place = (word.file, word.span) if isinstance(word, Text) else spot(subject, service.name, "environment")
                yield Found(*place, f"`{name}` of {service.name} has quotes in its value")


@RULES.rule(
    "HUB509",
    "warning",
    "A config that the gateway is not told to read",
    effect="LiteLLM starts without it: it lists no model and has none of the settings",
    fix='add `command: ["--config", "/app/config.yaml", "--port", "4000"]`, with the path inside the container',
    since="0.1.0",
)
def is_not_told(subject: Subject) -> Iterator[Found]:
    """A config that is mounted into LiteLLM's own image, without `--config` and without a variable for it."""
    for service in services(subject):
        ours = service.role == "gateway" and not service.build and "litellm" in (service.image or "")
        if not ours or layouts.config_path(service) is None or _is_told(subject, service):
            continue
        words = f"{service.name} has a config mounted, and nothing tells LiteLLM to read it"
        yield Found(*spot(subject, service.name, "volumes", like=r"\.y"), words)


def _is_told(subject: Subject, service: Service) -> bool:
    """Whether the command or a variable names the config, or may do so in a way that is not seen from here."""
    environment = subject.environments.get(service.name, service.environment)
    lacks_file = not subject.whole or any(kind(subject, each.path) != "file" for each in service.env_files)
    written = surroundings.described(subject, service.name).keys()
    is_unseen = bool({"entrypoint", "extends"} & written) or ("command" in written and not any(service.command))
    return (
        bool(_TOLD.search(" ".join(service.command)) or is_unseen)
        or any(name in environment for name in _VARIABLES)
        or (lacks_file and bool(service.env_files))
    )


@RULES.rule(
    "HUB510",
    "error",
    "A wait for a health check that is not there",
    effect="`docker compose up` ends: the container has no healthcheck configured",
    fix="give that service a `healthcheck:`, or wait with `condition: service_started`",
    since="0.1.0",
)
def waits_for_no_check(subject: Subject) -> Iterator[Found]:
    """`condition: service_healthy` on Ollama, Redis or PostgreSQL, whose images bring no check of their own."""
    by_name = {service.name: service for service in reversed(services(subject))}
    for service in services(subject):
        waits = mapping(surroundings.described(subject, service.name).get("depends_on"))
        for name, how in waits.items():
            awaited = by_name.get(name)
            if awaited is None or awaited.build or not _CHECKLESS.search(awaited.image or ""):
                continue
            own = surroundings.described(subject, name)
            if mapping(how).get("condition") == "service_healthy" and not {"healthcheck", "extends"} & own.keys():
                place = spot(subject, service.name, "depends_on", str(name))
                yield Found(*place, f"{service.name} waits until {name} is healthy, and nothing checks that")
