"""The live path of Open WebUI, and of the machine below it all: seen from inside Open WebUI's container."""

import json
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from hubctl.adapters.gateway import probe as gateway_probe
from hubctl.core.compose.layout import Service
from hubctl.core.gateway.hops import Hop, Severity
from hubctl.core.probe import HTTP_OK, Probe, Secret
from hubctl.operations.doctor.hop import Examination, asked, by_service, unknown
from hubctl.operations.stack.status import ServiceStatus

_GB = 1e9
_DISK_FULL, _DISK_LOW = 0.2 * _GB, 2 * _GB
_MEMORY_LOW = 0.05  # of all
_CLOCK_S = 30.0  # a token of a login is refused at about this
_URLS = ("OPENAI_API_BASE_URLS", "OPENAI_API_BASE_URL")
_KEYS = ("OPENAI_API_KEYS", "OPENAI_API_KEY")


def ui(exam: Examination) -> Iterator[Hop]:
    """Whether Open WebUI answers."""
    for service in exam.with_role("ui"):
        detail = f"{service.service}: {service.detail}"
        match service.state:
            case "healthy":
                yield Hop("ui", "well", detail)
            case "unknown":
                yield unknown("ui", detail)
            case "starting":
                yield Hop("ui", "broken", detail, f"wait for it; `hubctl logs {service.service}` shows how far it is")
            case _:
                fix = f"`hubctl logs {service.service}` shows why; `hubctl restart {service.service}`"
                yield Hop("ui", "broken", f"{detail}{exam.causes(service)}", fix)


def ui_to_gateway(exam: Examination) -> Iterator[Hop]:
    """Whether Open WebUI gets models from the gateway, at the address and with the key that it really has."""
    for status, service in by_service(exam.layout, exam.with_role("ui")):
        environment = exam.environment(service)
        urls = _split(environment, _URLS)
        mine = [index for index, url in enumerate(urls) if _leads_to_gateway(url, exam.gateway)]
        if not mine:
            named = ", ".join(urlsplit(url).netloc.rpartition("@")[2] for url in urls) or "nothing"
            yield unknown("ui to gateway", f"none of its addresses names {exam.gateway.name}: {_URLS[0]} is {named}")
            continue
        yield _listing(exam, status, urls[mine[0]], mine[0], environment)


def ui_to_database(exam: Examination) -> Iterator[Hop]:
    """Whether Open WebUI reaches the PostgreSQL that it stores everything in."""
    for status, service in by_service(exam.layout, exam.with_role("ui")):
        url = urlsplit(exam.environment(service).get("DATABASE_URL", ""))
        if not url.scheme.startswith("postgres") or not url.hostname:
            continue
        place = f"{url.hostname}:{url.port or 5432}"
        probe = Probe("postgres", f"postgresql://{place}")
        answer = asked(exam, "ui to database", status.service, probe, exam.service_of("database"))
        well = Hop("ui to database", "well", f"{place}, seen from {status.service}")
        yield answer if isinstance(answer, Hop) else well


def machine(exam: Examination) -> Iterator[Hop]:
    """How much room there is where the containers are, and whether their clock is that of this machine."""
    seen: Mapping[str, float] | None = None
    for service in (*exam.with_role("gateway"), *exam.with_role("ui")):
        began_s = time.time()
        answer = asked(exam, "disk", service.service, Probe("machine"), service.service)
        if not isinstance(answer, Hop):
            seen = json.loads(answer.body)
            break
    if seen is None:
        yield from (unknown(hop, "nothing runs that it could be seen from") for hop in ("disk", "memory", "clock"))
        return
    free = seen["disk_free"]
    severity: Severity = "error" if free < _DISK_FULL else "warning"
    yield _judged(
        "disk", f"{free / _GB:.1f} GB free", free >= _DISK_LOW, severity, "`docker system df` shows what takes it"
    )
    left, total = seen["memory_free"], seen["memory_total"]
    words = f"{left / _GB:.1f} of {total / _GB:.1f} GB available"
    yield _judged("memory", words, left >= _MEMORY_LOW * total, "warning", "`docker stats` shows what takes it")
    apart_s = max(0.0, began_s - seen["clock_s"], seen["clock_s"] - time.time())
    words = f"{apart_s:.0f} s apart" if apart_s > 1 else "the same here and there"
    yield _judged("clock", words, apart_s < _CLOCK_S, "warning", "set both by NTP; Docker Desktop: restart it")


def _judged(hop: str, detail: str, well: bool, severity: Severity, fix: str) -> Hop:
    return Hop(hop, "well", detail) if well else Hop(hop, "broken", detail, fix, severity)


def _split(environment: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    text = next((environment[name] for name in names if environment.get(name)), "")
    return [part.strip() for part in text.split(";")]


def _leads_to_gateway(url: str, gateway: Service) -> bool:
    try:
        return urlsplit(url).hostname in {gateway.name.lower(), (gateway.container_name or gateway.name).lower()}
    except ValueError:
        return False


def _listing(exam: Examination, status: ServiceStatus, url: str, index: int, environment: Mapping[str, str]) -> Hop:
    hop = "ui to gateway"
    variable = next((name for name in _KEYS if environment.get(name)), _KEYS[0])
    probe = Probe("http", f"{url.rstrip('/')}/models", Secret(variable, index))
    answer = asked(exam, hop, status.service, probe, exam.gateway.name)
    if isinstance(answer, Hop):
        return answer
    has_key = index < len(_split(environment, (variable,))) and bool(_split(environment, (variable,))[index])
    if gateway_probe.is_about_the_key(answer, has_key=has_key):
        said = f"refuses the key in {variable}" if has_key else f"wants a key, and {variable} has none"
        fix = (
            f"put the gateway's master key into {variable} of {status.service}, then `hubctl restart {status.service}`"
        )
        return Hop(hop, "broken", f"the gateway {said} of {status.service}", fix)
    if answer.status != HTTP_OK:
        fix = f"correct {_URLS[0]} of {status.service}: it ends in /v1; then `hubctl restart {status.service}`"
        return Hop(hop, "broken", f"seen from {status.service}: {url}/models answers {answer.summary()}", fix)
    saved = environment.get("ENABLE_PERSISTENT_CONFIG", "True").lower() != "false"
    but = "; what was saved on its settings page counts more, and cannot be seen from here" if saved else ""
    return Hop(hop, "well", f"{url}, with the key in {variable}{but}")
