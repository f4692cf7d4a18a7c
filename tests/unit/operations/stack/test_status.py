"""What is said of a service: its runtime's view beside the answer to its probe. The answers come over real sockets."""

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from hubctl.core.compose.stack import Address, Instance, Role, ServiceRun
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack import status
from hubctl.operations.stack.status import ServiceStatus, StackStatus
from tests.fakes import AWAY, GATEWAY, LONG_AGO, FakeRuntime, instance, run_of, well
from tests.real_servers import free_port
from tests.servers import Script, drops_at_once, never_answers, reply, routes, sends, serving

KEYS = Credentials("sk-right", "redis-password")
READY: Script = routes(GATEWAY)
REFUSES_KEY: Script = routes({**GATEWAY, "/v1/models": reply(401, {"error": {}})})
NOT_READY: Script = routes({**GATEWAY, "/health/readiness": reply(503, {"db": "disconnected"})})
# Ages of an instance, turned into times when the test runs: the table is made long before.
AGES_S = {"just now": 0, "a minute ago": 61}


def check(*runs: ServiceRun, timeout_s: float = 5, runtime: FakeRuntime | None = None) -> StackStatus:
    return status.check(Path("/hub"), runtime or FakeRuntime([runs]), KEYS, timeout_s=timeout_s)


def judged(run: ServiceRun, answer: Script | None, *, engine_away: bool = False) -> ServiceStatus:
    """Judge one service, whose address answers in this way; null: nothing listens there."""
    with ExitStack() as stack:
        address = stack.enter_context(serving(answer)) if answer else Address("127.0.0.1", free_port())
        shown = replace(run, address=address, instances=tuple(_aged(each) for each in run.instances))
        runtime = FakeRuntime([[shown]], engine=AWAY) if engine_away else FakeRuntime([[shown]])
        (service,) = check(timeout_s=1, runtime=runtime).services
    return service


def _aged(one: Instance) -> Instance:
    if one.started_at not in AGES_S:
        return one
    return replace(one, started_at=(datetime.now(UTC) - timedelta(seconds=AGES_S[one.started_at])).isoformat())


UP = instance()
PORT = "nothing listens on 127.0.0.1:"
TABLE: list[tuple[str, ServiceRun, Script | None, str, str]] = [
    ("answers well", run_of("g", "gateway", UP), READY, "healthy", "ready, models listed: 2"),
    ("refuses the key", run_of("g", "gateway", UP), REFUSES_KEY, "unauthorized", "alive, but it refuses the key"),
    ("is not ready", run_of("g", "gateway", UP), NOT_READY, "unhealthy", "alive, but its database is disconnected"),
    ("runs and nothing listens", run_of("g", "gateway", UP), None, "unreachable", PORT),
    ("hangs", run_of("g", "gateway", UP), never_answers, "unreachable", "did not answer within"),
    ("drops", run_of("g", "gateway", UP), drops_at_once, "unhealthy", "closed the connection before it answered"),
    (
        "says garbage",
        run_of("g", "gateway", UP),
        sends(reply(200, b"<html>hi</html>", "text/html")),
        "unhealthy",
        "answered HTTP 200 with an HTML page where JSON was due",
    ),
    (
        "young by Docker's check",
        run_of("g", "gateway", instance(health="starting")),
        None,
        "starting",
        f"not there yet: {PORT}",
    ),
    (
        "young by age",
        run_of("g", "gateway", instance(started_at="just now")),
        None,
        "starting",
        f"not there yet: {PORT}",
    ),
    ("no longer young", run_of("g", "gateway", instance(started_at="a minute ago")), None, "unreachable", PORT),
    ("of unknown age", run_of("g", "gateway", instance(started_at=None)), None, "unreachable", PORT),
    ("young and answers", run_of("g", "gateway", instance(started_at="just now")), READY, "healthy", "ready"),
    ("Docker's check lags", run_of("g", "gateway", instance(health="unhealthy")), READY, "healthy", "ready"),
    (
        "crash loop between two starts",
        run_of("g", "gateway", instance(status="restarting", restarts=4, exit_code=1)),
        None,
        "unhealthy",
        "ends and is started again (exit 1, 4 restarts)",
    ),
    (
        "crash loop that looks running",
        run_of("g", "gateway", instance(restarts=2, started_at="just now")),
        None,
        "unhealthy",
        "ends and is started again (2 restarts)",
    ),
    (
        "restarted before and well now",
        run_of("g", "gateway", instance(restarts=2)),
        READY,
        "healthy",
        "ready",
    ),
    (
        "paused",
        run_of("g", "gateway", instance("hub-g-1", status="paused", health="unhealthy")),
        never_answers,
        "unhealthy",
        "is paused (`docker unpause hub-g-1`)",
    ),
    ("exited", run_of("g", "gateway", instance(status="exited", exit_code=137)), None, "stopped", "exited (exit 137)"),
    (
        "exited well, but is to stay",
        run_of("g", "gateway", instance(status="exited", exit_code=0)),
        None,
        "stopped",
        "exited (exit 0)",
    ),
    ("never started", run_of("g", "gateway", instance(status="created")), None, "stopped", "created"),
    (
        "stopped while another listens",
        run_of("g", "gateway", instance(status="exited", exit_code=0)),
        READY,
        "stopped",
        "exited",
    ),
    ("no container", run_of("g", "gateway"), None, "missing", "is not there"),
    ("no container while another listens", run_of("g", "gateway"), READY, "missing", "is not there"),
    (
        "some of several",
        run_of("g", "gateway", UP, instance(status="exited", exit_code=1), desired=2),
        READY,
        "unhealthy",
        "1 of 2 running",
    ),
    ("fewer than wanted", run_of("g", "gateway", UP, desired=3), READY, "unhealthy", "1 of 3 running"),
    ("all of several", run_of("g", "gateway", UP, instance("g-2"), desired=2), READY, "healthy", "ready"),
    (
        "one of several loops",
        run_of("g", "gateway", UP, instance(status="restarting", exit_code=1), desired=2),
        READY,
        "unhealthy",
        "ends and",
    ),
    ("a neighbour that answers", run_of("g", "gateway", managed=False), READY, "healthy", "ready"),
    ("a neighbour that is away", run_of("g", "gateway", managed=False), None, "unreachable", PORT),
]


@pytest.mark.parametrize(
    ("run", "answer", "state", "detail"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_a_service_is_what_runtime_and_probe_say_together(
    run: ServiceRun, answer: Script | None, state: str, detail: str
) -> None:
    service = judged(run, answer)
    assert service.state == state
    assert detail in service.detail
    assert "None" not in service.detail


@pytest.mark.parametrize(
    ("instances", "one_shot", "state", "detail"),
    [
        ([instance(health="healthy")], False, "healthy", "by its health check"),
        ([instance(health="unhealthy")], False, "unhealthy", "its health check fails"),
        ([instance(health="starting")], False, "starting", "its health check has not passed yet"),
        ([instance()], False, "unknown", "runs; has no health check and publishes no port"),
        ([instance(restarts=1)], False, "unhealthy", "ends and is started again (1 restarts)"),
        ([instance(restarts=1, health="healthy")], False, "healthy", "by its health check"),
        ([instance(status="exited", exit_code=0)], True, "stopped", "finished, as it is meant to"),
        ([instance(status="exited", exit_code=2)], True, "stopped", "exited (exit 2)"),
        ([instance(status="exited", exit_code=0)], False, "stopped", "exited (exit 0)"),
        ([instance(status="dead", exit_code=1)], False, "stopped", "dead (exit 1)"),
        ([], True, "missing", "is not there; `hubctl up` makes it"),
    ],
)
def test_a_service_that_cannot_be_probed_is_judged_by_its_engine(
    instances: list[Instance], one_shot: bool, state: str, detail: str
) -> None:
    (service,) = check(run_of("worker", None, *instances, one_shot=one_shot)).services
    assert (service.state, service.detail) == (state, detail)
    assert (service.url, service.latency_ms, service.version) == (None, None, None)


@pytest.mark.parametrize(
    ("answer", "state"), [(READY, "healthy"), (None, "unreachable"), (REFUSES_KEY, "unauthorized")]
)
def test_without_the_engine_what_answers_is_still_told(answer: Script | None, state: str) -> None:
    assert judged(run_of("g", "gateway"), answer, engine_away=True).state == state


def test_without_the_engine_what_cannot_be_asked_is_unknown_and_the_exit_code_is_1() -> None:
    with serving(READY) as address:
        runs = [run_of("g", "gateway", address=address), run_of("db", "database")]
        seen = check(runtime=FakeRuntime([runs], engine=AWAY, project=None))
    assert [(s.service, s.state) for s in seen.services] == [("g", "healthy"), ("db", "unknown")]
    assert seen.services[1].detail == "cannot be seen without the engine"
    assert (seen.engine, seen.state, seen.exit_code, seen.hub.project) == (AWAY, "degraded", 1, None)


def test_all_healthy_without_the_engine_is_no_success() -> None:
    with serving(READY) as address:
        runtime = FakeRuntime([[run_of("g", "gateway", address=address)]], engine=AWAY)
        seen = check(runtime=runtime)
    assert (seen.state, seen.exit_code) == ("healthy", 1)


def gateway_that(state: str) -> ServiceRun:
    """A gateway in this state, as far as its engine can tell."""
    return {
        "healthy": well(),
        "starting": run_of("g", "gateway", instance(health="starting")),
        "unknown": run_of("g", "gateway", instance()),
        "unhealthy": run_of("g", "gateway", instance(health="unhealthy")),
        "stopped": run_of("g", "gateway", instance(status="exited", exit_code=1)),
        "missing": run_of("g", "gateway"),
    }[state]


FINISHED = run_of("job", None, instance(status="exited", exit_code=0), one_shot=True)
BROKEN = run_of("job", None, instance(status="exited", exit_code=1), one_shot=True)
RUNNING = run_of("job", None, instance(health="starting"), one_shot=True)
NOT_WANTED = run_of("extra", None, desired=0)


@pytest.mark.parametrize(
    ("runs", "state", "code"),
    [
        ([gateway_that("healthy")], "healthy", 0),
        ([gateway_that("healthy"), well("db", "database")], "healthy", 0),
        ([gateway_that("healthy"), FINISHED], "healthy", 0),
        ([gateway_that("healthy"), NOT_WANTED], "healthy", 0),
        ([gateway_that("healthy"), BROKEN], "degraded", 1),
        ([gateway_that("healthy"), RUNNING], "degraded", 1),
        ([gateway_that("healthy"), run_of("db", "database")], "degraded", 1),
        ([gateway_that("starting")], "degraded", 1),
        ([gateway_that("unknown")], "degraded", 1),
        ([gateway_that("unhealthy")], "down", 1),
        ([gateway_that("stopped")], "down", 1),
        ([gateway_that("missing"), well("db", "database")], "down", 1),
        ([well("db", "database")], "down", 1),
        ([], "down", 1),
        ([gateway_that("stopped"), gateway_that("healthy")], "degraded", 1),
    ],
)
def test_the_whole_is_down_without_a_gateway_and_healthy_only_if_all_is_well(
    runs: list[ServiceRun], state: str, code: int
) -> None:
    seen = check(*runs)
    assert (seen.state, seen.exit_code) == (state, code)


def test_a_gateway_that_refuses_the_key_is_not_down() -> None:
    with serving(REFUSES_KEY) as address:
        seen = check(run_of("g", "gateway", UP, address=address))
    assert (seen.services[0].state, seen.state, seen.exit_code) == ("unauthorized", "degraded", 1)


def test_what_the_probe_learned_is_in_the_document() -> None:
    with serving(READY) as address:
        (service,) = check(run_of("g", "gateway", UP, address=address)).services
    assert service.url == f"http://{address}"
    assert service.version == "1.106.2"
    assert service.latency_ms
    assert service.instances == (UP,)


@pytest.mark.parametrize(
    ("role", "scheme"),
    [("gateway", "http"), ("ui", "http"), ("ollama", "http"), ("cache", "redis"), ("database", "postgresql")],
)
def test_the_address_is_shown_with_the_protocol_of_its_role(role: Role, scheme: str) -> None:
    address = Address("127.0.0.1", free_port())
    (service,) = check(run_of("x", role, UP, address=address)).services
    assert (service.url, service.state) == (f"{scheme}://{address}", "unreachable")


def test_a_service_without_a_role_is_never_asked_even_where_it_listens() -> None:
    asked: list[str] = []
    with serving(routes({}, asked)) as address:
        (service,) = check(run_of("x", None, UP, address=address)).services
    assert (service.state, asked) == ("unknown", [])


def test_the_keys_of_the_hub_are_used() -> None:
    asked: list[str] = []
    with serving(routes(GATEWAY, asked)) as address, serving(sends(b"+OK\r\n", b"+PONG\r\n")) as cache:
        seen = check(run_of("g", "gateway", UP, address=address), run_of("r", "cache", UP, address=cache))
    assert [service.state for service in seen.services] == ["healthy", "healthy"]
    assert any("Authorization: Bearer sk-right" in request for request in asked)


def test_canned_answers_are_told_at_the_gateway_alone() -> None:
    runtime = FakeRuntime([[well(), well("db", "database")]], demo=frozenset({"a", "b"}))
    details = [service.detail for service in check(runtime=runtime).services]
    assert details == ["by its health check; demo: answers for 2 local models are canned", "by its health check"]


def test_one_service_can_be_asked_alone() -> None:
    runtime = FakeRuntime([[well(), well("db", "database")]])
    seen = status.check(Path("/hub"), runtime, KEYS, timeout_s=1, only="db")
    assert [service.service for service in seen.services] == ["db"]


def test_two_hanging_services_among_five_do_not_outlast_the_time_limit() -> None:
    with serving(never_answers) as silent, serving(READY) as address:
        runs = [
            run_of("litellm", "gateway", UP, address=address),
            run_of("redis", "cache", UP, address=silent),
            run_of("db", "database", UP, address=silent),
            well("ollama", "ollama"),
            well("openwebui", "ui"),
        ]
        began = time.monotonic()
        seen = check(*runs, timeout_s=1)
        took = time.monotonic() - began
    assert took < 1.4
    assert [service.state for service in seen.services] == [
        "healthy",
        "unreachable",
        "unreachable",
        "healthy",
        "healthy",
    ]
    assert all("did not answer within 0." in service.detail for service in seen.services[1:3])
    assert (seen.state, seen.exit_code) == ("degraded", 1)
    assert 800 < seen.elapsed_ms < 1400


def test_watching_looks_again_at_the_interval_until_nobody_asks() -> None:
    runtime = FakeRuntime([[gateway_that("missing")], [well()]])
    began = time.monotonic()
    looks = islice(status.watch(lambda: check(runtime=runtime), interval_s=0.2), 3)
    assert [seen.state for seen in looks] == ["down", "healthy", "healthy"]
    assert 0.4 <= time.monotonic() - began < 1.0
    assert runtime.looks == 3


def test_the_document_names_hub_and_runtime() -> None:
    seen = check(well(started_at=LONG_AGO))
    assert (seen.hub.root, seen.hub.project, seen.hub.runtime) == (Path("/hub"), "hub", "compose")


def test_what_runs_without_its_port_is_not_well_whatever_its_own_check_says() -> None:
    cut_off = replace(run_of("litellm", "gateway", instance(health="healthy")), is_cut_off=True)
    (service,) = check(cut_off).services
    assert (service.state, service.url, service.well) == ("unreachable", None, False)
    assert "holds none of the ports that the compose file gives it" in service.detail
