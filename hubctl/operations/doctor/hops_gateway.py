"""The live path from the gateway to the models: how it answers, and what it uses, seen from inside it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from urllib.parse import urlsplit

from hubctl import parallel
from hubctl.adapters.gateway import probe as gateway_probe
from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services import http_probe, ollama_probe
from hubctl.core.doctor.hops import Hop
from hubctl.core.gateway.derived import Derived, redis_login
from hubctl.core.models.askable import Names
from hubctl.core.models.model_list import ollama_name, resolved, section
from hubctl.core.probe import HTTP_OK, NoAnswer, Probe, Secret
from hubctl.core.text.os_environ import variable_of
from hubctl.errors import HubError
from hubctl.operations.doctor.hop import Examination, asked, unknown
from hubctl.operations.stack.status import ServiceStatus

_PORT = re.compile(r"--port[= ](\d+)")
_DEFAULT_PORT = 4000
_OLLAMA_DEFAULT = "http://localhost:11434"
_SILENT = "the gateway does not answer"
_ADDRESS = "correct the api_base in the litellm config, then `hubctl restart`"


def gateway(exam: Examination) -> Iterator[Hop]:
    """Whether the gateway answers here, and takes the key that its files give."""
    for service in exam.with_role("gateway"):
        detail = f"{service.service}: {service.detail}"
        match service.state:
            case "healthy" | "unauthorized" if service.url:
                yield Hop("gateway", "well", detail)
                yield _key(exam, service)
            case "healthy" | "unknown" if not service.url:
                yield _alive_inside(exam, service)
                yield unknown("key", f"{_no_address(exam, service)}, so hubctl cannot try its key")
            case "starting":
                yield Hop(
                    "gateway", "broken", detail, f"wait for it; `hubctl logs {service.service}` shows how far it is"
                )
                yield unknown("key", _SILENT)
            case _:
                aside = _only_inside(exam, service)
                logs = f"`hubctl logs {service.service}` shows why; `hubctl restart`"
                fix = "`docker ps` shows what it publishes; a firewall may stand before it" if aside else logs
                yield Hop("gateway", "broken", f"{detail}{aside or exam.causes(service)}", fix)
                yield unknown("key", _SILENT)


def models(exam: Examination) -> Iterator[Hop]:
    """Whether the gateway lists every name that its config has."""
    for service in exam.with_role("gateway"):
        at = exam.addresses.get(service.service)
        if at is None or exam.models is None:
            yield unknown("models", "there is no config to compare" if at else _no_address(exam, service))
            continue
        try:
            listed = frozenset(gateway_probe.models(at, exam.credentials.gateway_key, exam.limit_s))
        except HubError as error:
            yield unknown("models", error.message)
            continue
        wanted = [name for name in Names(exam.models, exam.config).all if name not in exam.models.hidden]
        lacking = [name for name in wanted if name not in listed]
        if not lacking:
            yield Hop("models", "well", f"{len(wanted)} names")
            continue
        path = exam.config_path
        stale = path is not None and exam.drifted("gateway", path.name)
        fix = "`hubctl restart`" if stale else "`hubctl logs` shows why LiteLLM left them out"
        why = f"; {path.name} was changed after the gateway read it" if stale and path else ""
        yield Hop("models", "broken", f"configured and not listed: {', '.join(lacking)}{why}", fix)


def ollama(exam: Examination) -> Iterator[Hop]:
    """Whether the gateway reaches each Ollama that its config names, and finds the models there."""
    wanted = sorted(_local_models(exam))
    if not wanted:
        return
    reached, lacking, trouble = [], [], None
    for base, names in groupby(wanted, key=lambda pair: pair[0]):
        probe = Probe("http", f"{base.rstrip('/')}/api/tags")
        answer = asked(exam, "ollama", exam.gateway.name, probe, exam.service_of("ollama"))
        if isinstance(answer, Hop):
            trouble = trouble or answer
            continue
        try:
            there = {model.name for model in ollama_probe.parse_models(answer)}
        except NoAnswer as failure:
            trouble = trouble or Hop(
                "ollama", "broken", f"seen from {exam.gateway.name}: {base} {failure.detail}", _ADDRESS
            )
            continue
        reached.append(base)
        lacking += [name for _, name in names if name not in there]
    yield trouble or Hop("ollama", "well", f"{', '.join(reached)}, seen from {exam.gateway.name}")
    yield _pulled(lacking, [name for _, name in wanted], known=trouble is None)


def cache(exam: Examination) -> Iterator[Hop]:
    """Whether the gateway reaches its Redis: LiteLLM's own word for it, and where it has none a PING from its side."""
    environment = exam.environment(exam.gateway)
    login = redis_login(Derived(exam.config, environment))
    in_hub = any(service.role == "cache" for service in exam.layout.services)
    if login is None or (in_hub and not exam.with_role("cache")):
        return
    params = section(section(exam.config, "litellm_settings"), "cache_params")
    variable = variable_of(params.get("password")) or "REDIS_PASSWORD"
    service = exam.service_of("cache")
    probe = Probe("redis", f"redis://{login.address}", Secret(variable))
    # At once: a Redis that does not answer costs each of them its whole time.
    usable, answer = parallel.both(
        lambda: _cache_ping(exam), lambda: asked(exam, "cache", exam.gateway.name, probe, service)
    )
    if usable and isinstance(answer, Hop) and answer.state == "broken":
        why = f"the connection that LiteLLM has still works, and a new one would not: {answer.detail}"
        yield replace(answer, detail=why, severity="warning")
    elif usable:
        yield Hop("cache", "well", f"redis://{login.address}, by LiteLLM's own /cache/ping")
    elif isinstance(answer, Hop):
        yield answer
    elif answer.body in (b"-WRONGPASS", b"-NOAUTH", b"-ERR"):
        said = "wants a password" if answer.body == b"-NOAUTH" else "refuses the password of"
        fix = f"make {variable} of {exam.gateway.name} and {service} the same, then `hubctl restart` the changed one"
        yield Hop("cache", "broken", f"Redis at {login.address} {said} {exam.gateway.name}", fix)
    elif answer.body == b"+PONG" and usable is None:
        yield Hop("cache", "well", f"redis://{login.address}, by a PING from {exam.gateway.name}")
    elif answer.body == b"+PONG":
        why = f"Redis at {login.address} answers {exam.gateway.name}, and LiteLLM cannot use it all the same"
        yield Hop("cache", "broken", why, f"`hubctl logs {exam.gateway.name}` shows why; `hubctl restart`")
    else:
        yield Hop(
            "cache", "broken", f"Redis at {login.address} answers with an error", f"`hubctl logs {service}` shows it"
        )


def _no_address(exam: Examination, service: ServiceStatus) -> str:
    if exam.seen.engine.state == "unreachable":
        return "without the engine, no port is known to be this hub's"
    return f"{service.service} publishes no port"


def _key(exam: Examination, service: ServiceStatus) -> Hop:
    if service.state == "healthy":
        return Hop("key", "well", "the key of its env file")
    general = section(exam.config, "general_settings")
    variable = variable_of(general.get("master_key")) or "LITELLM_MASTER_KEY"
    if exam.drifted("gateway", variable):
        why = f"{variable} was changed after the container was created"
        return Hop("key", "broken", f"{service.detail}: {why}", "`hubctl restart`")
    return Hop("key", "broken", service.detail, f"set {variable} in the gateway's env file, then `hubctl restart`")


def _alive_url(exam: Examination) -> str:
    port = _PORT.search(" ".join(exam.gateway.command))
    return f"http://127.0.0.1:{port[1] if port else _DEFAULT_PORT}/health/liveliness"


def _alive_inside(exam: Examination, service: ServiceStatus) -> Hop:
    answer = asked(exam, "gateway", service.service, Probe("http", _alive_url(exam)), service.service)
    well = Hop("gateway", "well", f"{service.service} answers inside its container")
    return answer if isinstance(answer, Hop) else well


def _only_inside(exam: Examination, service: ServiceStatus) -> str:
    """Say it where the gateway answers itself and nobody else: then it is the way to it that is broken."""
    if not service.instances:
        return ""
    try:
        exam.ask(service.service, Probe("http", _alive_url(exam)))
    except (NoAnswer, HubError):
        return ""
    return "; inside its container it answers, so the way to it is broken: its network, its published port, a firewall"


def _local_models(exam: Examination) -> set[tuple[str, str]]:
    """Give each Ollama by its base URL, with the name of a model that is to be there."""
    environment, demo = exam.environment(exam.gateway), exam.runtime.demo_models()
    found = set()
    for entry in exam.models.active if exam.models else ():
        name = ollama_name(entry.target)
        if name is not None and entry.name not in demo and "*" not in name:
            base = resolved(entry.api_base, environment) or environment.get("OLLAMA_API_BASE") or _OLLAMA_DEFAULT
            found.add((base, name))
    return {pair for pair in found if urlsplit(pair[0]).scheme in {"http", "https"}}


def _pulled(lacking: list[str], wanted: list[str], *, known: bool) -> Hop:
    if lacking:
        names = ", ".join(dict.fromkeys(lacking))
        fix = f"`hubctl models pull {lacking[0]}`"
        return Hop("pulled", "broken", f"Ollama does not have {names}", fix)
    return Hop("pulled", "well", ", ".join(dict.fromkeys(wanted))) if known else unknown("pulled", "not to be asked")


def _cache_ping(exam: Examination) -> bool | None:
    """Ask LiteLLM whether it can use its cache; null where it could not be asked. Source: GET /cache/ping.

    It writes one entry of its own to find out.
    """
    for service in exam.with_role("gateway"):
        at, key = exam.addresses.get(service.service), exam.credentials.gateway_key
        if at is None or service.state != "healthy":
            continue
        try:
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            answer = http_probe.get(at, "/cache/ping", deadline=Deadline(exam.limit_s), headers=headers)
        except (NoAnswer, http_probe.UnsendableHeader):
            continue
        return answer.status == HTTP_OK
    return None
