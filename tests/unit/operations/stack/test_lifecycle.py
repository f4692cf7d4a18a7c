"""Starting the whole stack and waiting, stopping it, reading its logs."""

import time
from pathlib import Path

import pytest

from hubctl.core.compose.stack import LogLine
from hubctl.errors import ComposeFailed, HubError, NotReady, PortTaken
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack import lifecycle
from hubctl.operations.stack.lifecycle import LogEntry
from hubctl.operations.stack.status import StackStatus
from hubctl.progress import silent
from tests.fakes import AWAY, FakeRuntime, instance, run_of, well
from tests.servers import reply, routes, serving

KEYS = Credentials("sk-right", None)
STARTING = run_of("litellm", "gateway", instance(health="starting"))
LOG = (
    LogLine("litellm", "INFO: started"),
    LogLine("litellm", "yaml.scanner.ScannerError: mapping values are not allowed here"),
    LogLine("litellm", '  in "/app/config.yaml", line 3, column 9'),
    LogLine("db", "ERROR: of somebody else"),
)


def up(runtime: FakeRuntime, timeout_s: float = 5, said: list[str] | None = None) -> StackStatus:
    heard: list[str] = said if said is not None else []
    return lifecycle.up(Path("/hub"), runtime, KEYS, timeout_s=timeout_s, progress=heard.append)


def test_up_waits_until_every_service_is_healthy_and_says_for_whom() -> None:
    said: list[str] = []
    runtime = FakeRuntime([[STARTING, run_of("db", "database")], [well(), STARTING], [well(), well("db", "database")]])
    seen = up(runtime, said=said)
    assert (seen.state, seen.exit_code) == ("healthy", 0)
    assert (runtime.done, runtime.looks) == (["prepare", "up within 5"], 3)
    assert said == [
        "starting the services",
        "0 of 2 healthy, waiting for litellm (starting), db (missing)",
        "1 of 2 healthy, waiting for litellm (starting)",
    ]


def test_up_is_done_when_one_shots_have_finished_and_what_is_not_wanted_is_absent() -> None:
    job = run_of("job", None, instance(status="exited", exit_code=0), one_shot=True)
    seen = up(FakeRuntime([[well(), job, run_of("extra", None, desired=0)]]))
    assert (seen.state, seen.exit_code) == ("healthy", 0)


def test_up_ends_early_at_a_hopeless_crash_loop_and_shows_the_cause() -> None:
    loop = run_of("litellm", "gateway", instance(status="restarting", restarts=3, exit_code=1))
    began = time.monotonic()
    with pytest.raises(NotReady) as caught:
        up(FakeRuntime([[STARTING, well("db", "database")], [loop, well("db", "database")]], log=LOG), timeout_s=60)
    assert time.monotonic() - began < 5
    first, cause = caught.value.message.split("\n")
    assert first == ("litellm will not become healthy: unhealthy, ends and is started again (exit 1, 3 restarts)")
    assert cause.strip().startswith("yaml.scanner.ScannerError: mapping values are not allowed here")
    assert "line 3, column 9" in cause
    assert caught.value.hint == "`hubctl doctor` names the first broken hop; what runs keeps running"


def test_up_names_the_hopeless_service_and_not_the_one_before_it() -> None:
    loop = run_of("db", "database", instance(status="restarting", restarts=3, exit_code=1))
    with pytest.raises(NotReady, match=r"^db will not become healthy"):
        up(FakeRuntime([[STARTING, loop]]), timeout_s=60)


def test_up_gives_a_service_that_ended_once_or_twice_its_time() -> None:
    shaky = run_of("litellm", "gateway", instance(status="restarting", restarts=2, exit_code=1))
    assert up(FakeRuntime([[shaky], [well()]])).state == "healthy"


def test_up_ends_at_once_when_the_gateway_refuses_the_hubs_key() -> None:
    with (
        serving(
            routes(
                {
                    "/health/liveliness": reply(200, "I'm alive!"),
                    "/health/readiness": reply(200, {"status": "healthy"}),
                    "/v1/models": reply(401, {"error": {}}),
                }
            )
        ) as address,
        pytest.raises(NotReady, match=r"^litellm will not become healthy: unauthorized, .*refuses the key"),
    ):
        up(FakeRuntime([[run_of("litellm", "gateway", instance(), address=address)]]), timeout_s=60)


def test_up_ends_at_its_time_limit_and_names_the_service_that_blocks() -> None:
    began = time.monotonic()
    with pytest.raises(NotReady) as caught:
        up(FakeRuntime([[well("db", "database"), STARTING]], log=LOG), timeout_s=0.7)
    assert 0.7 <= time.monotonic() - began < 2.0
    assert caught.value.message.startswith(
        "litellm is not healthy after 0.7 s: starting, its health check has not passed yet\n"
    )
    assert "ERROR: of somebody else" not in caught.value.message


def test_up_reads_no_log_of_a_service_without_a_container() -> None:
    runtime = FakeRuntime([[run_of("litellm", "gateway")]], log=LOG)
    with pytest.raises(NotReady, match=r"^litellm is not healthy after 0.1 s: missing, [^\n]*$"):
        up(runtime, timeout_s=0.1)
    assert runtime.done == ["prepare", "up within 0.1"]


def test_the_cause_is_told_even_where_the_log_cannot_be_read() -> None:
    class WithoutLogs(FakeRuntime):
        def _do(self, what: str) -> None:
            if what.startswith("logs"):
                raise ComposeFailed("the command `docker` is not on PATH")

    with pytest.raises(NotReady, match=r"^litellm is not healthy after 0.1 s: starting"):
        up(WithoutLogs([[STARTING]]), timeout_s=0.1)


def test_an_error_of_the_start_is_not_waited_for() -> None:
    runtime = FakeRuntime([[well()]], fault=PortTaken(4000, "nginx (pid 7)"))
    with pytest.raises(PortTaken, match=r"taken by nginx"):
        up(runtime)
    assert runtime.looks == 0


def test_an_engine_that_goes_away_meanwhile_is_waited_for_until_the_limit() -> None:
    with pytest.raises(NotReady, match=r"unknown, cannot be seen without the engine"):
        up(FakeRuntime([[run_of("litellm", "gateway")]], engine=AWAY), timeout_s=0.1)


@pytest.mark.parametrize(("volumes", "noted"), [(False, "down"), (True, "down, volumes too")])
def test_down_deletes_data_only_when_told_to(volumes: bool, noted: str) -> None:
    runtime = FakeRuntime([[well()]])
    stopped = lifecycle.down(runtime, volumes=volumes, progress=silent)
    assert (stopped.was_running, stopped.volumes_deleted, stopped.exit_code) == (True, volumes, 0)
    assert runtime.done == [noted]


def test_down_says_when_there_was_nothing_to_stop() -> None:
    assert lifecycle.down(FakeRuntime(), volumes=False, progress=silent).was_running is False


def test_logs_are_those_of_the_service_and_of_all_without_one() -> None:
    runtime = FakeRuntime(log=LOG)
    assert lifecycle.logs(runtime, "db", tail=None, since="10m").lines == (LOG[3],)
    assert lifecycle.logs(runtime, None, tail=2, since=None).lines == LOG[2:]
    assert runtime.done == ["logs db follow=False tail=None since='10m'", "logs None follow=False tail=2 since=None"]


def test_a_log_too_large_for_a_document_is_refused_with_the_way_to_its_end() -> None:
    runtime = FakeRuntime(log=[LogLine("db", "x" * 10_000_000)] * 11)
    with pytest.raises(HubError) as caught:
        lifecycle.logs(runtime, "db", tail=None, since=None)
    assert caught.value.message == "the log of db is larger than 100 MB"
    assert "--tail N" in str(caught.value.hint)


def test_followed_logs_come_one_by_one() -> None:
    runtime = FakeRuntime(log=LOG)
    lines = lifecycle.follow_logs(runtime, "litellm", tail=None, since=None)
    assert next(lines) == LogEntry("litellm", "INFO: started")
    assert runtime.done == ["logs litellm follow=True tail=None since=None"]
    assert len(list(lines)) == 2
