"""Claims about services and models: healthy, listed, completing, streaming, and aliases."""

from hubctl.adapters.gateway import probe
from hubctl.operations.verify.cache import judged_service
from hubctl.operations.verify.finding import Finding, failed, not_configured, proved
from hubctl.operations.verify.running import STATUS_S, Running


def healthy(hub: Running) -> Finding:
    """Every service is well; the Redis that the gateway caches in is judged by the claim about the cache."""
    seen = hub.status
    cache = judged_service(hub)
    judged = [service for service in seen.services if service.service != cache]
    ill = [f"{service.service} is {service.state}: {service.detail}" for service in judged if not service.well]
    if seen.engine.state == "unreachable":
        ill.insert(0, seen.engine.detail)
    apart = f"; {cache} is judged by the claim about the cache" if cache else ""
    names = ", ".join(service.service for service in judged)
    if ill:
        return failed(f"{'; '.join(ill)}{apart}")
    return proved(f"{len(judged)} of {len(judged)} healthy: {names}{apart}")


def listed(hub: Running) -> Finding:
    """The gateway lists every active model and alias of the config: what it loaded."""
    wanted = [name for name in hub.names.all if name not in hub.models.hidden]
    if not wanted:
        return not_configured("the config has no active model")
    seen = probe.models(hub.gateway.address, hub.credentials.gateway_key, STATUS_S)
    if missing := [name for name in wanted if name not in seen]:
        return failed(f"{len(missing)} of {len(wanted)} not in /v1/models: {', '.join(missing)}")
    return proved(f"{len(wanted)} of {len(wanted)} in /v1/models: {', '.join(wanted)}")


def complete(hub: Running) -> Finding:
    """Each free model gives a whole answer with text in it."""
    return _each(hub, stream=False)


def stream(hub: Running) -> Finding:
    """Each free model streams: text comes in pieces, to a proper end."""
    return _each(hub, stream=True)


def aliases(hub: Running) -> Finding:
    """Each alias of a free model is answered by an entry of that model."""
    if not hub.models.aliases:
        return not_configured("the config has no aliases")
    known = {alias: hub.names.find(alias) for alias in hub.models.aliases}
    lost = [f"{alias}: {hub.names.why_not(alias)}" for alias, found in known.items() if found is None]
    free = [alias for alias, found in known.items() if found and found.free]
    if not free and not lost:
        return not_configured("the models of all aliases cost money, and verify never pays")
    return _all([*((False, text) for text in lost), *(_alias(hub, alias) for alias in free)])


def _alias(hub: Running, alias: str) -> tuple[bool, str]:
    check = hub.check(alias, stream=False)
    if check.outcome != "passed":
        return False, f"{alias}: {check.reason}"
    if not check.answered_by:
        return False, f"{alias} was answered, and nobody says by which model"
    return True, f"{alias} was answered by {check.answered_by} (= {hub.models.aliases[alias]})"


def _each(hub: Running, *, stream: bool) -> Finding:
    return _all([_answer(hub, name, stream=stream) for name in hub.free])


def _all(findings: list[tuple[bool, str]]) -> Finding:
    """Tell everything when all is well, else only what is not."""
    if wrong := [text for ok, text in findings if not ok]:
        return failed("; ".join(wrong))
    return proved("; ".join(text for _, text in findings))


def _answer(hub: Running, name: str, *, stream: bool) -> tuple[bool, str]:
    check = hub.check(name, stream=stream)
    if check.outcome != "passed":
        return False, f"{name}: {check.reason}"
    if stream and check.ttft_s is None:
        return False, f"{name}: asked for a stream, it answered in one piece"
    tokens = f"{check.completion_tokens} tokens in " if check.completion_tokens else ""
    first = f", first text after {check.ttft_s:.2f} s" if check.ttft_s is not None else ""
    demo = ", demo: the answer is canned" if name in hub.demo else ""
    return True, f"{name}: HTTP {check.http_status}, {tokens}{check.latency_s:.2f} s{first}{demo}"
