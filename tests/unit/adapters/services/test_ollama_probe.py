import time

import pytest

from hubctl.adapters.services.ollama_probe import OllamaHealth, PulledModel, check
from tests.servers import Script, drips, drops_at_once, floods, never_answers, reply, routes, serving

GOOD: dict[str, bytes | Script] = {
    "/api/version": reply(200, {"version": "0.12.3"}),
    "/api/tags": reply(200, {"models": [{"name": "llama3.2:3b", "size": 2019393189, "digest": "a80c"}]}),
}


def probe(changes: dict[str, bytes | Script], timeout_s: float = 5.0) -> OllamaHealth:
    with serving(routes(GOOD | changes)) as address:
        return check(address, timeout_s)


def test_a_good_ollama_is_healthy_with_version_models_and_latency() -> None:
    health = probe({})
    assert (health.state, health.detail, health.version) == ("healthy", "models pulled: 1", "0.12.3")
    assert health.models == (PulledModel("llama3.2:3b", 2019393189),)
    assert health.latency_ms


@pytest.mark.parametrize("models", [[], None])
def test_an_ollama_without_models_is_healthy(models: list[object] | None) -> None:
    health = probe({"/api/tags": reply(200, {"models": models})})
    assert (health.state, health.models) == ("healthy", ())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(200, b"Ollama is running", "text/plain"), "HTTP 200 with text"),
        (reply(200, b"<html>", "text/html"), "HTTP 200 with an HTML page"),
        (reply(404, {"detail": "Not Found"}), "did not answer like Ollama's /api/version: HTTP 404 with JSON"),
        (reply(200, {"version": None}), "did not answer like Ollama's /api/version"),
        (reply(200, ["0.12.3"]), "did not answer like Ollama's /api/version"),
        (drops_at_once, "closed the connection before it answered"),
    ],
)
def test_something_else_on_the_port_is_unhealthy_and_described(answer: bytes | Script, words: str) -> None:
    health = probe({"/api/version": answer})
    assert (health.state, health.models) == ("unhealthy", None)
    assert words in health.detail


@pytest.mark.parametrize(
    "answer",
    [
        reply(500, {"error": "disk"}),
        reply(200, {"models": "many"}),
        reply(200, {"models": [{"name": "llama3.2:3b"}]}),
        reply(200, {"models": [None]}),
        reply(200, b"[" * 200_000),
        floods(b"x" * 100_000),
        drops_at_once,
    ],
)
def test_a_bad_list_of_models_is_unhealthy_and_keeps_the_version(answer: bytes | Script) -> None:
    health = probe({"/api/tags": answer})
    assert (health.state, health.version, health.models) == ("unhealthy", "0.12.3", None)
    assert health.detail.startswith("alive, but then ")


@pytest.mark.parametrize("hang", [never_answers, drips(b"H")])
@pytest.mark.parametrize(("path", "state"), [("/api/version", "unreachable"), ("/api/tags", "unhealthy")])
def test_the_timeout_bounds_both_requests_together(path: str, state: str, hang: Script) -> None:
    started_at = time.monotonic()
    assert probe({path: hang}, timeout_s=0.3).state == state
    assert time.monotonic() - started_at < 1.5


def test_a_closed_port_is_unreachable() -> None:
    with serving(never_answers) as address:
        pass
    assert check(address, 5) == OllamaHealth("unreachable", f"nothing listens on {address}")
