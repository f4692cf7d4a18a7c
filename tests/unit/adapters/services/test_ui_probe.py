import time

import pytest

from hubctl.adapters.services.health import Health
from hubctl.adapters.services.ui_probe import check
from tests.servers import Script, drips, drops_at_once, never_answers, reply, routes, serving

GOOD: dict[str, bytes | Script] = {
    "/health": reply(200, {"status": True}),
    "/api/version": reply(200, {"version": "0.12.4"}),
}


def probe(changes: dict[str, bytes | Script], timeout_s: float = 5.0) -> Health:
    with serving(routes(GOOD | changes)) as address:
        return check(address, timeout_s)


def test_a_good_open_webui_is_healthy_with_version_and_latency() -> None:
    health = probe({})
    assert (health.state, health.detail, health.version) == ("healthy", "up", "0.12.4")
    assert health.latency_ms


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(200, {"status": False}), "did not answer like Open WebUI's /health: HTTP 200 with JSON"),
        (reply(503, {"status": True}), "HTTP 503 with JSON"),
        (reply(200, {"status": "healthy", "db": "Not connected"}), "did not answer like Open WebUI"),
        (reply(200, b"<html>", "text/html"), "HTTP 200 with an HTML page"),
        (drops_at_once, "closed the connection before it answered"),
    ],
)
def test_any_other_answer_is_unhealthy_and_described(answer: bytes | Script, words: str) -> None:
    health = probe({"/health": answer})
    assert (health.state, health.version) == ("unhealthy", None)
    assert words in health.detail


@pytest.mark.parametrize("answer", [reply(404, {}), reply(200, b"<html>"), reply(200, {"version": 1}), drops_at_once])
def test_a_missing_version_does_not_matter(answer: bytes | Script) -> None:
    health = probe({"/api/version": answer})
    assert (health.state, health.version) == ("healthy", None)


@pytest.mark.parametrize("hang", [never_answers, drips(b"H")])
@pytest.mark.parametrize(("path", "state"), [("/health", "unreachable"), ("/api/version", "healthy")])
def test_the_timeout_bounds_both_requests_together(path: str, state: str, hang: Script) -> None:
    started_at = time.monotonic()
    assert probe({path: hang}, timeout_s=0.3).state == state
    assert time.monotonic() - started_at < 1.5


def test_a_closed_port_is_unreachable() -> None:
    with serving(never_answers) as address:
        pass
    assert check(address, 5) == Health("unreachable", f"nothing listens on {address}")
