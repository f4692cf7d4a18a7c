"""When a change of its files starts the gateway anew, and when it leaves it alone: what runs may be anything."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.proven import Proven
from hubctl.adapters.state.receipts import Write
from hubctl.core.change.drift import Drift
from hubctl.core.compose.stack import EngineState, ServiceRun
from hubctl.errors import EngineRefused, HubError
from hubctl.operations.change import transaction
from hubctl.operations.change.plan import Plan
from hubctl.operations.change.transaction import Scope, Terms
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack import effect
from hubctl.operations.stack.start import Starter
from tests.fakes import AWAY, REACHABLE, FakeRuntime, instance, run_of, well

AFTER = "2026-01-01T00:01:00Z"
DRIFT = Drift("config", "config.yaml", "config.yaml was changed after the gateway read it")
ENDED = run_of("litellm", "gateway", instance(status="exited", exit_code=1))
MISSING = run_of("litellm", "gateway")
SCOPE, CUT_OFF = Scope(frozenset({"config"})), Scope(frozenset({"config"}), cut_off=True)


def starter(
    folder: Path, *views: Sequence[ServiceRun], engine: EngineState = REACHABLE, blocked: Sequence[HubError] = ()
) -> tuple[Starter, FakeRuntime]:
    runtime = FakeRuntime(views, engine=engine, blocked=blocked)
    return Starter(folder, runtime, lambda: Credentials(None, None), "litellm", None, 5, lambda _: None), runtime


def test_a_gateway_that_does_not_run_is_left_alone(tmp_path: Path) -> None:
    for run in (ENDED, MISSING):
        starts, runtime = starter(tmp_path, [run])
        outcome = effect.of_gateway(starts, Proven(tmp_path), None)(SCOPE, back=False)
        assert (outcome.effect, outcome.failed, runtime.done) == ("unchanged", None, [])
        assert outcome.reason == "litellm does not run; `hubctl up` starts it with these files"


def test_where_no_engine_answers_nobody_knows_whether_it_runs(tmp_path: Path) -> None:
    starts, runtime = starter(tmp_path, [MISSING], engine=AWAY)
    outcome = effect.of_gateway(starts, Proven(tmp_path), None)(SCOPE, back=False)
    assert (outcome.effect, runtime.done) == ("unchanged", [])
    assert outcome.reason == f"{AWAY.detail}: once it answers, `hubctl restart` makes litellm read these files"


def test_one_that_ended_after_the_change_is_started_again_on_the_way_back(tmp_path: Path) -> None:
    starts, runtime = starter(tmp_path, [well()], [well()], [ENDED], [ENDED], [well(started_at=AFTER)])
    take = effect.of_gateway(starts, Proven(tmp_path), None)
    assert "ends right after its start" in (take(SCOPE, back=False).failed or "")
    assert take(SCOPE, back=True).failed is None
    assert runtime.done.count("restart litellm") == 2


@pytest.mark.parametrize(
    ("view", "done"),
    [
        ([ENDED], ["restart litellm"]),
        ([MISSING, well("redis", "cache")], ["recreate litellm within 5"]),
        ([MISSING, run_of("redis", "cache", instance("hub-redis-1", status="exited"))], []),
        ([MISSING], []),
    ],
    ids=["its container is there", "the rest of the hub runs", "the hub is stopped", "the hub is down"],
)
def test_one_that_a_cut_off_change_may_have_stopped_is_started(
    tmp_path: Path, view: Sequence[ServiceRun], done: list[str]
) -> None:
    starts, runtime = starter(tmp_path, view, view, [well(started_at=AFTER)])
    effect.of_gateway(starts, Proven(tmp_path), None)(CUT_OFF, back=False)
    assert runtime.done == done


@pytest.mark.parametrize("run", [well(), MISSING], ids=["running", "not running"])
def test_a_change_whose_start_would_fail_is_refused_before_anything_is_written(tmp_path: Path, run: ServiceRun) -> None:
    config = tmp_path / "config.yaml"
    config.write_bytes(b"a: 1\n")
    starts, runtime = starter(tmp_path, [run], blocked=[EngineRefused("the image x is not on this machine")])
    terms = Terms(
        Ledger(tmp_path / ".hubctl", [config]),
        effect.of_gateway(starts, Proven(tmp_path / ".hubctl/proven"), None),
        require_ready=starts.require_ready_for_changes,
    )
    plan = Plan("models enable x", (Write(config, "config", b"a: 1\n", b"a: 2\n"),))
    if run is MISSING:
        assert transaction.run(terms, "models enable x", lambda: plan).exit_code == 0
        return
    with pytest.raises(EngineRefused, match="the image x is not on this machine"):
        transaction.run(terms, "models enable x", lambda: plan)
    assert (config.read_bytes(), runtime.done) == (b"a: 1\n", [])
    assert not list((tmp_path / ".hubctl").glob("receipts/*"))


def test_up_keeps_the_config_only_of_a_gateway_that_runs_as_its_files_say(tmp_path: Path) -> None:
    proven = Proven(tmp_path / "proven")
    starts, runtime = starter(tmp_path, [well()])
    config = tmp_path / "config.yaml"
    config.write_bytes(b"model_list: []\n")
    with_config = Starter(tmp_path, runtime, starts.credentials, "litellm", config, starts.timeout_s, starts.progress)
    runtime.drifts = [DRIFT]
    effect.remember_first(with_config, proven)
    assert proven.of(config) is None
    runtime.drifts = ()
    effect.remember_first(with_config, proven)
    assert proven.of(config) == b"model_list: []\n"
