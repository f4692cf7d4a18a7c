"""The claim about the dashboard: it gives the documents of the command line, and a real answer of a free model."""

from collections.abc import Mapping

from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services import http_probe
from hubctl.core.probe import Answer, NoAnswer
from hubctl.operations import dashboard
from hubctl.operations.verify.finding import Finding, failed, not_configured, proved
from hubctl.operations.verify.running import Running


def answers(hub: Running) -> Finding:
    """Its endpoints answer, where it runs."""
    place = dashboard.running(hub.state_folder)
    if place is None:
        return not_configured("no dashboard runs")
    asked: tuple[tuple[str, object], ...] = (
        ("/api/status", None),
        ("/api/litellm/models", None),
        ("/api/litellm/test", {"model": hub.answering}),
        ("/api/test/litellm", None),
    )
    texts = []
    for path, body in asked:
        words = f"{'GET' if body is None else 'POST'} {path}"
        try:
            told = http_probe.ask(
                place.address,
                path,
                deadline=Deadline(hub.timeout_s),
                headers={"Authorization": f"Bearer {place.token}"},
                body=body,
            )
            trouble = _trouble(told, told.json())
        except NoAnswer as silence:
            return failed(f"{words} at {place.address} {silence.detail}")
        if trouble:
            return failed(f"{words} at {place.address} {trouble}")
        texts.append(f"{words} {told.latency_ms:.0f} ms")
    return proved(f"{place.address}: {', '.join(texts)}")


def _trouble(told: Answer, document: object) -> str | None:
    """Say why an answer is not what was asked for; null for one that is."""
    match document:
        case {"ok": True, "data": {"results": [{"outcome": "passed"}]}} | {"ok": True, "data": None}:
            return None
        case {"ok": True, "data": {"results": [{"outcome": str(outcome), **rest}]}}:
            return f"says of the model: {outcome}, {rest.get('reason')}"
        case {"ok": True, "data": Mapping()}:
            return None
        case {"ok": False, "error": {"message": str(message)}}:
            return f"answered HTTP {told.status}: {message}"
    return f"answered no document: {told.summary()}"
