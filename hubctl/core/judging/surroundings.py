"""What the compose file and the env files of a hub say about one of its services, and where they say it. No I/O."""

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from hubctl.core.compose.layout import Layout, Service
from hubctl.core.compose.service_text import mapping, sequence
from hubctl.core.compose.text import Text
from hubctl.core.judging.subject import Subject
from hubctl.core.text.span import Span

Place = tuple[Path, Span | None]


def described(subject: Subject, service: str) -> Mapping[str, object]:
    """What stands under the name of a service, as written: texts know their lines."""
    return mapping(mapping(subject.layout.data.get("services")).get(service)) if subject.layout else {}


def place_of(subject: Subject, name: str) -> tuple[Path, Span] | None:
    """Where a variable of the gateway is set; null where nothing known sets it."""
    file, span = place_in(subject, subject.gateway or "", name)
    return (file, span) if span is not None else None


def place_in(subject: Subject, service: str, name: str) -> Place:
    """Where a variable of a service is set: `environment:` of the compose file wins, then the last env file."""
    text = subject.written_variables.get(service, {}).get(name)
    if text is not None:
        return text.file, text.span
    for env_file in reversed(subject.env_files):
        if service in env_file.services and name in env_file.values:
            return env_file.path, env_file.span(name)
    return (subject.layout.files[0] if subject.layout else subject.config.path if subject.config else Path()), None


def _text_in(value: object, like: str | re.Pattern[str]) -> Text | None:
    """The first text in a value of the compose file that fits a pattern."""
    if isinstance(value, Text):
        return value if re.search(like, value) else None
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((text for part in parts if (text := _text_in(part, like))), None)


def has_other_names(subject: Subject) -> bool:
    """Whether hosts can have names that the compose file does not say: by networks or links of others."""
    data = subject.layout.data if subject.layout else {}
    networks = [item for item in mapping(data.get("networks")).values() if isinstance(item, Mapping)]
    if "include" in data or any("external" in network for network in networks):
        return True
    named = ("aliases", "hostname", "links", "external_links", "extends")
    return any(f"'{key}'" in str(each) for each in mapping(data.get("services")).values() for key in named)


def extra_hosts(subject: Subject) -> frozenset[str]:
    """The names that `extra_hosts` gives the gateway, and those that every engine on a desktop has."""
    given = described(subject, subject.gateway or "").get("extra_hosts")
    words = given if isinstance(given, Mapping) else map(str, sequence(given))
    return frozenset(re.split("[:=]", name)[0] for name in words)


def gateway_urls(subject: Subject, service: str) -> list[tuple[str, str, str]]:
    """The addresses that an Open WebUI asks: (name of its key's variable, address, key), in their order."""
    environment = subject.environments.get(service, {})
    urls = environment.get("OPENAI_API_BASE_URLS") or environment.get("OPENAI_API_BASE_URL") or ""
    plural = environment.get("OPENAI_API_KEYS")
    name = "OPENAI_API_KEYS" if plural else "OPENAI_API_KEY"
    keys = (plural or environment.get("OPENAI_API_KEY") or "").split(";")
    addresses = [url.strip() for url in urls.split(";") if url.strip()]
    return [(name, url, keys[i].strip() if i < len(keys) else "") for i, url in enumerate(addresses)]


def leads_to_gateway(subject: Subject, url: str) -> bool:
    """Whether an address is the gateway's: by the names it has in the Compose network, or its port on this host."""
    gateway = subject.gateway_service
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if gateway is None:
        return False
    published = {each.host for each in gateway.ports}
    on_host = host in {"host.docker.internal", "gateway.docker.internal", "172.17.0.1"} and port in published
    return host in {gateway.name, gateway.container_name, gateway.name.replace("_", "-")} or on_host


def services(subject: Subject) -> tuple[Service, ...]:
    """The services of the compose file; none where there is no such file."""
    return subject.layout.services if subject.layout else ()


def spot(subject: Subject, service: str, *keys: str, like: str | re.Pattern[str] = "") -> Place:
    """Where the value of a key of a service stands: its first text, that fits a pattern if one does.

    Where the key has no text, that of the nearest one above counts, in the end the first of the service.
    """
    value: object = described(subject, service)
    text = _text_in(value, "")
    for key in keys:
        value = mapping(value).get(key)
        text = _text_in(value, "") or text
    text = _text_in(value, like) or text
    if text is None:
        return subject.layout.files[0] if subject.layout else Path(), None
    return text.file, text.span


def kind(subject: Subject, path: Path) -> str:
    """What stands at a path; a file where nobody looked."""
    facts = subject.facts.get(path)
    return facts.kind if facts else "file"


def build_contexts(layout: Layout) -> dict[str, Path]:
    """Service -> the folder that it is built from, where that is one of this machine and named without a variable."""
    found = {}
    for name, described in mapping(layout.data.get("services")).items():
        build = mapping(described).get("build")
        context = build.get("context") if isinstance(build, dict) else build
        if isinstance(context, str) and not any(sign in context for sign in ("://", "$", "git@")):
            found[name] = Path(posixpath.normpath(layout.root / context))
    return found
