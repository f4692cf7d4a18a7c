"""A failing command points to the one finding that explains it, else to doctor where that knows more."""

from pathlib import Path

import pytest

from hubctl.core.change.drift import Drift
from hubctl.core.compose.stack import ServiceRun
from hubctl.operations.stack.next_step import LOOK_FURTHER
from tests.conftest import Run
from tests.fakes import FakeRuntime, instance, run_of, well

LOOPING = run_of("litellm", "gateway", instance(restarts=5), address=None)


def notes(run: Run, *views: ServiceRun) -> list[str]:
    found: list[str] = run("status", "--json", runtime=FakeRuntime([views])).data["notes"]
    return found


@pytest.fixture
def broken_config(hub_folder: Path) -> Path:
    """A config with a strategy that LiteLLM does not start with."""
    file = hub_folder / "conf/litellm/litellm_config.yaml"
    file.write_text(file.read_text().replace("simple-shuffle", "round-robin"))
    return file


def test_a_gateway_that_does_not_start_points_to_the_line_that_stops_it(run: Run, broken_config: Path) -> None:
    (note,) = notes(run, LOOPING)
    line = broken_config.read_text().split("round-robin")[0].count("\n") + 1
    assert note.startswith(f"{broken_config}:{line}: ")
    assert "(HUB241); " in note


def test_a_gateway_that_has_ended_points_there_too(run: Run, broken_config: Path) -> None:
    ended = run_of("litellm", "gateway", instance(status="exited", exit_code=3), address=None)
    (note,) = notes(run, ended, run_of("redis", "cache", instance(health="unhealthy")))
    assert note.startswith(f"{broken_config}:")


def test_a_gateway_that_was_stopped_with_a_good_config_gets_no_pointer(run: Run) -> None:
    assert notes(run, run_of("litellm", "gateway", instance(status="exited", exit_code=0), address=None)) == []


def test_up_ends_with_that_line_as_its_next_step(run: Run, broken_config: Path) -> None:
    ended = run("up", "--timeout", "1", "--json", runtime=FakeRuntime([[LOOPING]]))
    assert ended.document["error"]["code"] == "not_ready"
    assert ended.document["error"]["hint"].startswith(f"{broken_config}:")


def test_up_points_to_doctor_where_the_files_do_not_tell(run: Run) -> None:
    ended = run("up", "--timeout", "1", "--json", runtime=FakeRuntime([[LOOPING]]))
    assert "`hubctl doctor`" in ended.document["error"]["hint"]


def test_a_service_that_runs_and_is_not_well_points_to_doctor(run: Run) -> None:
    sick = run_of("redis", "cache", instance(health="unhealthy"))
    assert notes(run, well(), sick) == [LOOK_FURTHER]


def test_a_cause_in_the_files_of_the_gateway_is_not_that_of_another_service(run: Run, broken_config: Path) -> None:
    assert notes(run, well(), run_of("redis", "cache", instance(health="unhealthy"))) == [LOOK_FURTHER]


@pytest.mark.parametrize(
    "clear",
    [
        well("redis", "cache"),
        run_of("redis", "cache"),
        run_of("redis", "cache", instance(status="exited", exit_code=1)),
        run_of("redis", "cache", instance(status="paused")),
        run_of("redis", "cache", instance(health="healthy"), drift=(Drift("env", "A", "A was set"),)),
    ],
    ids=["well", "missing", "stopped", "paused", "drift"],
)
def test_what_the_status_says_by_itself_gets_no_pointer(run: Run, clear: ServiceRun) -> None:
    assert notes(run, well(), clear) == []


def test_a_limit_that_the_hubs_files_would_take_longer_than_is_kept_and_said(run: Run, hub_folder: Path) -> None:
    with (hub_folder / "env/litellm.env").open("a") as file:
        file.writelines(f"VARIABLE_{number}={number}\n" for number in range(200_000))
    seen = run("status", "--timeout", "0.3", "--json", runtime=FakeRuntime([[well()]])).data
    assert seen["notes"] == ["keys not read from the hub's files within 0.1 s: services are asked without them"]
