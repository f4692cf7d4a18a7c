import socket
import time

import pytest

from hubctl.adapters.gateway.probe import GatewayHealth, check, models
from hubctl.errors import GatewayRefused, GatewayUnreachable
from tests.servers import Script, drips, drops_at_once, floods, never_answers, reply, routes, serving

KEY = "sk-correct-horse-battery-staple"
NO_DATABASE = reply(400, {"error": {"message": "No connected db.", "type": "no_db_connection", "code": "400"}})
LISTED = reply(200, {"object": "list", "data": [{"id": "llama3.2:3b"}, {"id": "coder"}]})
GOOD: dict[str, bytes | Script] = {
    "/health/liveliness": reply(200, "I'm alive!"),
    "/health/readiness": reply(200, {"status": "healthy", "db": "Not connected"}),
    "/v1/models": LISTED,
    "/health/readiness/details": reply(200, {"status": "healthy", "litellm_version": "1.106.2"}),
}


def probe(changes: dict[str, bytes | Script], key: str | None = KEY, timeout_s: float = 5.0) -> GatewayHealth:
    with serving(routes(GOOD | changes)) as address:
        return check(address, key, timeout_s)


def test_a_good_gateway_is_healthy_with_version_models_and_latency() -> None:
    health = probe({})
    assert (health.state, health.detail) == ("healthy", "ready, models listed: 2")
    assert (health.version, health.models) == ("1.106.2", ("llama3.2:3b", "coder"))
    assert health.latency_ms


def test_the_key_is_sent_only_where_one_is_needed_and_nothing_that_costs_is_asked() -> None:
    seen: list[str] = []
    with serving(routes(GOOD, seen)) as address:
        check(address, KEY, 5)
    with_key = {request.split()[1]: f"Authorization: Bearer {KEY}\r\n" in request for request in seen}
    assert with_key == {
        "/health/liveliness": False,
        "/health/readiness": False,
        "/v1/models": True,
        "/health/readiness/details": True,
    }


def test_the_latency_is_that_of_the_liveliness_probe() -> None:
    def slow(peer: socket.socket) -> None:
        time.sleep(0.3)
        peer.sendall(LISTED)

    health = probe({"/v1/models": slow})
    assert health.latency_ms is not None
    assert health.latency_ms < 300


@pytest.mark.parametrize(
    "refusal",
    [
        NO_DATABASE,
        reply(401, {"error": {"type": "token_not_found_in_db"}}),
        reply(403, b"", "text/plain"),
    ],
)
def test_a_refused_key_is_unauthorized_without_models(refusal: bytes) -> None:
    health = probe({"/v1/models": refusal})
    assert (health.state, health.detail) == ("unauthorized", "alive, but it refuses the key that hubctl has")
    assert (health.models, health.version) == (None, None)
    assert health.latency_ms


@pytest.mark.parametrize("key", [None, ""])
@pytest.mark.parametrize(
    "refusal", [reply(401, {"error": {"type": "auth_error"}}), reply(500, b"Internal Server Error", "text/plain")]
)
def test_no_key_is_unauthorized_and_says_so(key: str | None, refusal: bytes) -> None:
    health = probe({"/v1/models": refusal}, key=key)
    assert (health.state, health.detail) == ("unauthorized", "alive, but it wants a key and hubctl knows none")


def test_a_gateway_that_asks_nobody_for_a_key_is_named_as_such() -> None:
    assert probe({}, key=None).detail == "ready, models listed to anybody: 2"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(400, {"error": {"type": "invalid_request_error"}}), "HTTP 400 with JSON"),
        (reply(400, b"Bad Request", "text/plain"), "HTTP 400 with text"),
        (reply(400, ["no", "error"]), "HTTP 400 with JSON"),
        (reply(500, b"Internal Server Error", "text/plain"), "HTTP 500 with text"),
        (reply(200, {"data": None}), "/v1/models"),
        (reply(200, {"data": [{"name": "no id"}]}), "/v1/models"),
        (reply(200, {"data": ["text"]}), "/v1/models"),
        (reply(200, b"[" * 200_000), "where JSON was due"),
        (drops_at_once, "alive, but then closed the connection"),
    ],
)
def test_any_other_answer_to_the_models_is_unhealthy_and_not_blamed_on_the_key(
    answer: bytes | Script, words: str
) -> None:
    health = probe({"/v1/models": answer})
    assert health.state == "unhealthy"
    assert words in health.detail


@pytest.mark.parametrize("key", ["sk-a\r\nX-Evil: 1", "sk-a\r\n folded", "sk-\0", "ключ"])
def test_a_key_that_no_header_can_carry_is_unauthorized(key: str) -> None:
    health = probe({}, key=key)
    assert (health.state, health.detail) == ("unauthorized", "the key holds characters that no HTTP header can carry")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(503, {"status": "healthy", "db": "disconnected"}), "alive, but its database is disconnected"),
        (reply(503, {"status": "healthy", "db": "stalled"}), "alive, but its database is stalled"),
        (reply(200, {"status": "healthy", "db": "disconnected"}), "alive, but its database is disconnected"),
        (reply(503, {"detail": "Service Unhealthy"}), "HTTP 503 with JSON"),
        (reply(200, b"<html>", "text/html"), "HTTP 200 with an HTML page"),
    ],
)
def test_a_gateway_that_is_not_ready_is_unhealthy(answer: bytes, words: str) -> None:
    health = probe({"/health/readiness": answer})
    assert health.state == "unhealthy"
    assert words in health.detail
    assert health.latency_ms


def test_a_connected_database_is_ready() -> None:
    assert probe({"/health/readiness": reply(200, {"status": "healthy", "db": "connected"})}).state == "healthy"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(200, b"<html>Open WebUI</html>", "text/html"), "HTTP 200 with an HTML page"),
        (reply(404, {"detail": "Not Found"}), "did not answer like LiteLLM's /health/liveliness: HTTP 404 with JSON"),
        (reply(200, {"status": True}), "did not answer like LiteLLM"),
        (reply(200, "I'm not LiteLLM"), "did not answer like LiteLLM"),
        (reply(503, {"status": "shutting_down"}), "is shutting down"),
        (drops_at_once, "closed the connection before it answered"),
        (b"+PONG\r\n", "not HTTP"),
        (floods(b"x" * 100_000), "not HTTP"),
    ],
)
def test_something_else_on_the_port_is_unhealthy_and_described(answer: bytes | Script, words: str) -> None:
    health = probe({"/health/liveliness": answer})
    assert health.state == "unhealthy"
    assert words in health.detail


def test_a_missing_version_does_not_matter() -> None:
    for answer in (reply(500, b""), reply(200, {"litellm_version": None}), drops_at_once):
        health = probe({"/health/readiness/details": answer})
        assert (health.state, health.version) == ("healthy", None)


@pytest.mark.parametrize("path", list(GOOD))
@pytest.mark.parametrize("hang", [never_answers, drips(b"H")])
def test_the_timeout_bounds_all_requests_together(path: str, hang: Script) -> None:
    started_at = time.monotonic()
    health = probe({path: hang}, timeout_s=0.3)
    assert time.monotonic() - started_at < 1.5
    expected = {"/health/liveliness": "unreachable", "/health/readiness/details": "healthy"}
    assert health.state == expected.get(path, "unhealthy")


def test_a_closed_port_is_unreachable() -> None:
    with serving(never_answers) as address:
        pass
    assert check(address, KEY, 5) == GatewayHealth("unreachable", f"nothing listens on {address}")


def test_models_are_listed() -> None:
    with serving(routes(GOOD)) as address:
        assert models(address, KEY, 5) == ("llama3.2:3b", "coder")


@pytest.mark.parametrize("answer", [NO_DATABASE, reply(200, {}), reply(200, b"{"), reply(500, b""), b"what?\n"])
def test_models_of_a_gateway_that_refuses_raise_with_a_hint_and_without_the_key(answer: bytes | Script) -> None:
    with serving(routes(GOOD | {"/v1/models": answer})) as address, pytest.raises(GatewayRefused) as caught:
        models(address, KEY, 5)
    assert caught.value.hint
    assert KEY not in caught.value.message


def test_models_with_a_key_that_no_header_can_carry_are_refused() -> None:
    with serving(routes(GOOD)) as address, pytest.raises(GatewayRefused, match="no HTTP header can carry"):
        models(address, "sk-\n", 5)


@pytest.mark.parametrize("script", [never_answers, drops_at_once, drips(b"H")])
def test_models_of_a_gateway_that_is_away_raise_with_a_hint(script: Script) -> None:
    with serving(script) as address, pytest.raises(GatewayUnreachable, match="no answer from the gateway") as caught:
        models(address, KEY, 0.3)
    assert caught.value.hint
