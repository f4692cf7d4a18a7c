"""Ask an Ollama which version it is and what it has pulled; loads no model."""

from dataclasses import dataclass

from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services.health import Health
from hubctl.adapters.services.http_probe import get
from hubctl.core.compose.stack import Address
from hubctl.core.probe import Answer, NoAnswer


@dataclass(frozen=True, slots=True)
class PulledModel:
    """A model on Ollama's disk; the name carries its tag (`llama3.2:3b`)."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class OllamaHealth(Health):
    """The health of an Ollama, and what it has pulled: null when it did not say."""

    models: tuple[PulledModel, ...] | None = None


def check(address: Address, timeout_s: float) -> OllamaHealth:
    """Ask for the version, then for the pulled models; a bad answer is a value, not an error.

    Source: GET /api/version and GET /api/tags, Ollama API reference.
    """
    deadline = Deadline(timeout_s)
    try:
        answer = get(address, "/api/version", deadline=deadline)
        version = _parse_version(answer)
    except NoAnswer as failure:
        return OllamaHealth.unanswered(failure)
    try:
        models = parse_models(get(address, "/api/tags", deadline=deadline))
    except NoAnswer as failure:
        return OllamaHealth("unhealthy", f"alive, but then {failure.detail}", version, answer.latency_ms)
    return OllamaHealth("healthy", f"models pulled: {len(models)}", version, answer.latency_ms, models)


def _parse_version(answer: Answer) -> str:
    match answer.status, answer.json():
        case 200, {"version": str(version)}:
            return version
    raise answer.unlike("Ollama's /api/version")


def parse_models(answer: Answer) -> tuple[PulledModel, ...]:
    """Read the answer to /api/tags. Raises NoAnswer for what is none."""
    match answer.status, answer.json():
        case 200, {"models": None}:  # before May 2024 an empty list was null: github.com/ollama/ollama/pull/4424
            return ()
        case 200, {"models": [*entries]}:
            return tuple(_parse_model(entry, answer) for entry in entries)
    raise answer.unlike("Ollama's /api/tags")


def _parse_model(entry: object, answer: Answer) -> PulledModel:
    match entry:
        case {"name": str(name), "size": int(size_bytes)}:
            return PulledModel(name, size_bytes)
    raise answer.unlike("Ollama's /api/tags")
