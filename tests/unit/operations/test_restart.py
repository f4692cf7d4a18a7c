"""Restarting one service and seeing it ready again."""

import time
from pathlib import Path

import pytest

from hubctl.core.stack import LogLine, ServiceRun
from hubctl.errors import EngineRefused, NotReady, UnknownService
from hubctl.operations import restart
from hubctl.operations.credentials import Credentials
from hubctl.operations.restart import Restarted
from tests.fakes import FakeRuntime, instance, run_of, well

KEYS = Credentials("sk-right", None)
AFTER = "2026-01-01T00:01:00Z"


def again(
    runtime: FakeRuntime, service: str = "litellm", timeout_s: float = 5, said: list[str] | None = None
) -> Restarted:
    heard: list[str] = said if said is not None else []
    return restart.restart(Path("/hub"), runtime, KEYS, service, timeout_s=timeout_s, progress=heard.append)


def coming(started_at: str = AFTER, restarts: int = 0) -> ServiceRun:
    return run_of("litellm", "gateway", instance(health="starting", started_at=started_at, restarts=restarts))


def test_a_service_is_restarted_once_and_waited_for() -> None:
    said: list[str] = []
    runtime = FakeRuntime([[well()], [coming()], [well(started_at=AFTER)]])
    done = again(runtime, said=said)
    assert runtime.done == ["restart litellm"]
    assert (done.service, done.change.effect, done.rolled_back, done.exit_code) == ("litellm", "restarted", False, 0)
    assert [(proof.check, proof.ok) for proof in done.proof] == [("ready", True), ("started again", True)]
    assert done.proof[1].detail == "hub-litellm-1: the same one (0123456789ab), new start"
    assert said == [
        "restarting litellm",
        "waiting for litellm: starting, its health check has not passed yet",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"),
        ("2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.123456789Z"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"),
        ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:01Z"),
        ("0001-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    ],
)
def test_a_later_start_is_proof_however_the_engine_writes_the_time(before: str, after: str) -> None:
    done = again(FakeRuntime([[well(started_at=before)], [well(started_at=after)]]))
    assert (done.proof[1].ok, done.exit_code) == (True, 0)


@pytest.mark.parametrize("after", ["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.4Z", "2025-12-31T23:59:59Z"])
def test_a_service_that_was_not_started_again_is_no_success(after: str) -> None:
    done = again(FakeRuntime([[well()], [well(started_at=after)]]))
    assert [(proof.check, proof.ok) for proof in done.proof] == [("ready", True), ("started again", False)]
    assert done.exit_code == 4
    assert "new start" not in done.proof[1].detail


def test_a_service_that_was_down_counts_as_started_again() -> None:
    down = run_of("litellm", "gateway", instance(status="exited", exit_code=1, started_at="2025-01-01T00:00:00Z"))
    assert again(FakeRuntime([[down], [well(started_at=AFTER)]])).exit_code == 0


def test_an_unknown_service_is_refused_before_anything_is_done() -> None:
    runtime = FakeRuntime([[well()]])
    with pytest.raises(UnknownService, match=r"no service is called nosuch"):
        again(runtime, "nosuch")
    assert runtime.done == []


def test_a_service_that_does_not_come_back_ends_at_the_limit_with_the_cause() -> None:
    log = (LogLine("litellm", "ERROR: cannot read config"), LogLine("litellm", "bye"))
    began = time.monotonic()
    with pytest.raises(NotReady) as caught:
        again(FakeRuntime([[well()], [coming()]], log=log), timeout_s=0.5)
    assert 0.5 <= time.monotonic() - began < 1.5
    assert caught.value.message == (
        "litellm is not ready 0.5 s after its restart: starting, its health check has not passed yet\n"
        "  ERROR: cannot read config"
    )


def test_a_service_that_ends_right_after_its_start_is_not_waited_for() -> None:
    began = time.monotonic()
    with pytest.raises(NotReady, match=r"^litellm ends right after its start: unhealthy, ends and is started again"):
        again(FakeRuntime([[well()], [coming(restarts=1)]]), timeout_s=60)
    assert time.monotonic() - began < 5


def test_what_the_engine_refuses_is_told() -> None:
    with pytest.raises(EngineRefused, match=r"port is already allocated"):
        again(FakeRuntime([[well()]], fault=EngineRefused("port is already allocated")))
