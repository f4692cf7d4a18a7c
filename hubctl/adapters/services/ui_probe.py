"""Ask an Open WebUI whether it is up."""

from contextlib import suppress

from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services.health import Health
from hubctl.adapters.services.http_probe import get
from hubctl.core.compose.stack import Address
from hubctl.core.probe import Answer, NoAnswer


def check(address: Address, timeout_s: float) -> Health:
    """Ask for its health, then for its version; a bad answer is a value, not an error.

    "Up" is all it says: Open WebUI shows a wrong gateway key as an empty model list. Source: GET /health and
    GET /api/version, both open.
    """
    deadline = Deadline(timeout_s)
    try:
        answer = get(address, "/health", deadline=deadline)
        _require_healthy(answer)
    except NoAnswer as failure:
        return Health.unanswered(failure)
    return Health("healthy", "up", _ask_version(address, deadline), answer.latency_ms)


def _require_healthy(answer: Answer) -> None:
    match answer.status, answer.json():
        case 200, {"status": True}:
            return
    raise answer.unlike("Open WebUI's /health")


def _ask_version(address: Address, deadline: Deadline) -> str | None:
    with suppress(NoAnswer):  # a version is nice to have
        match get(address, "/api/version", deadline=deadline).json():
            case {"version": str(version)}:
                return version
    return None
