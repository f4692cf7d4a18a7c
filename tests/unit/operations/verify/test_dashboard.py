"""The claim about the dashboard, against a scripted one that says of itself that it runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubctl.core.compose.stack import Address
from hubctl.operations.dashboard import Opened, announced, running
from hubctl.operations.verify import dashboard
from hubctl.operations.verify.finding import Finding, Unproved
from tests.real_servers import free_port
from tests.scripted_gateway import completion
from tests.servers import Script, drops_at_once, reply, routes, serving
from tests.verifying import hub


def ok(data: object) -> bytes:
    return reply(200, {"schema": 1, "ok": True, "data": data})


def chat_check(outcome: str, reason: str | None = None) -> bytes:
    return ok({"results": [{"model": "m", "outcome": outcome, "reason": reason}], "passed": 1})


WELL: dict[str, bytes | Script] = {
    "/api/status": ok({"state": "healthy"}),
    "/api/litellm/models": ok({"models": []}),
    "/api/litellm/test": chat_check("passed"),
    "/api/test/litellm": ok(None),
}
TOKEN = "t0ken"


@contextmanager
def told(root: Path, address: Address) -> Iterator[None]:
    api = f"http://{address}"
    with announced(root / ".hubctl", Opened(f"{api}/#token={TOKEN}", api, TOKEN, read_only=False)):
        yield


def verdict(root: Path, answers: Mapping[str, bytes | Script], seen: list[str] | None = None) -> Finding:
    with serving(routes(answers, seen)) as address, told(root, address), hub(root=root) as found:
        return dashboard.answers(found)


def test_a_dashboard_whose_endpoints_answer_is_proved_with_each_of_them_named(tmp_path: Path) -> None:
    seen: list[str] = []
    found = verdict(tmp_path, WELL, seen)
    assert found.state == "proved"
    for words in ("GET /api/status", "GET /api/litellm/models", "POST /api/litellm/test", "GET /api/test/litellm"):
        assert words in found.evidence
    assert len(seen) == 4
    assert all(f"Bearer {TOKEN}" in request for request in seen)
    assert '{"model": "llama3.2:3b"}' in seen[2]  # a free one
    assert TOKEN not in found.evidence


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("/api/status", reply(200, {"ok": True}), "answered no document: HTTP 200 with JSON"),
        ("/api/status", reply(200, b"<p>", "text/html"), "answered HTTP 200 with an HTML page where JSON was due"),
        ("/api/litellm/models", drops_at_once, "closed the connection"),
        ("/api/litellm/test", chat_check("failed", "HTTP 500"), "says of the model: failed, HTTP 500"),
        (
            "/api/test/litellm",
            reply(401, {"schema": 1, "ok": False, "error": {"code": "unauthorized", "message": "who?", "hint": None}}),
            "answered HTTP 401: who?",
        ),
    ],
)
def test_one_that_does_not_answer_so_is_not_proved(
    tmp_path: Path, path: str, answer: bytes | Script, words: str
) -> None:
    found = verdict(tmp_path, {**WELL, path: answer})
    assert found.state == "failed"
    assert path in found.evidence
    assert words in found.evidence


def test_without_a_dashboard_the_claim_is_not_configured(tmp_path: Path) -> None:
    with hub(root=tmp_path) as found:
        assert dashboard.answers(found).state == "not_configured"


def test_what_a_killed_dashboard_left_counts_for_nothing(tmp_path: Path) -> None:
    state = tmp_path / ".hubctl"
    with told(tmp_path, Address("127.0.0.1", free_port())):
        left = (state / "dashboard.json").read_bytes()
        assert running(state) is not None
    (state / "dashboard.json").write_bytes(left)  # as after SIGKILL: nobody holds the lock
    assert running(state) is None
    with hub(root=tmp_path) as found:
        assert dashboard.answers(found).state == "not_configured"


def test_a_damaged_file_is_no_dashboard(tmp_path: Path) -> None:
    with told(tmp_path, Address("127.0.0.1", free_port())):
        for text in ("", "[]", "{}", '{"url": "x", "token": 1}'):
            (tmp_path / ".hubctl/dashboard.json").write_text(text)
            assert running(tmp_path / ".hubctl") is None


def test_a_model_that_does_not_answer_is_told_before_the_dashboard_is_asked(tmp_path: Path) -> None:
    with (
        serving(routes(WELL)) as address,
        told(tmp_path, address),
        hub(lambda _: completion("no", status=500), root=tmp_path) as found,
        pytest.raises(Unproved) as caught,
    ):
        dashboard.answers(found)
    assert caught.value.finding.state == "failed"
