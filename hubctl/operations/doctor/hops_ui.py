"""The live path of Open WebUI, seen from inside its container."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from hubctl.adapters.gateway import probe as gateway_probe
from hubctl.core.compose.layout import Service
from hubctl.core.doctor.hops import Hop
from hubctl.core.probe import HTTP_OK, Probe, Secret
from hubctl.operations.doctor.hop import Examination, asked, by_service, unknown
from hubctl.operations.stack.status import ServiceStatus

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
            named = ", ".join(_netloc(url) for url in urls) or "nothing"
            yield unknown("ui to gateway", f"none of its addresses names {exam.gateway.name}: {_URLS[0]} is {named}")
            continue
        yield _listing(exam, status, urls[mine[0]], mine[0], environment)


def ui_to_database(exam: Examination) -> Iterator[Hop]:
    """Whether Open WebUI reaches the PostgreSQL that it stores everything in."""
    for status, service in by_service(exam.layout, exam.with_role("ui")):
        try:
            url = urlsplit(exam.environment(service).get("DATABASE_URL", ""))
            place = f"{url.hostname}:{url.port or 5432}"
        except ValueError:  # its words hold a part of the password
            why = f"DATABASE_URL of {status.service} is not a valid address: percent-encode its password"
            yield unknown("ui to database", why)
            continue
        if not url.scheme.startswith("postgres") or not url.hostname:
            continue
        probe = Probe("postgres", f"postgresql://{place}")
        answer = asked(exam, "ui to database", status.service, probe, exam.service_of("database"))
        well = Hop("ui to database", "well", f"{place}, seen from {status.service}")
        yield answer if isinstance(answer, Hop) else well


def _split(environment: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    text = next((environment[name] for name in names if environment.get(name)), "")
    return [part.strip() for part in text.split(";")]


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return "no valid address"


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
