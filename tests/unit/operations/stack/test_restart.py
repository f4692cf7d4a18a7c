"""Starting one service anew, the proofs of it, and the way back when it does not come up."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hubctl.adapters.state.identity import IdentityNote
from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.proven import Proven
from hubctl.adapters.state.receipts import Write
from hubctl.core.change.drift import Drift
from hubctl.core.compose import identity
from hubctl.core.compose.stack import Address, LogLine, ServiceRun
from hubctl.errors import BadFile, ContainerGone, EngineRefused, HalfDone, UnknownService
from hubctl.operations.change.half_done import told as told_of
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack import restart
from hubctl.operations.stack.restart import Restarted
from hubctl.operations.stack.start import Starter
from hubctl.progress import Progress
from tests.fakes import GATEWAY, FakeRuntime, instance, run_of, well
from tests.servers import routes, serving

KEYS = Credentials("sk-right", None)
AFTER = "2026-01-01T00:01:00Z"
LATER = "2026-01-01T00:02:00Z"
ENV = Drift("env", "OPENAI_API_KEY", "OPENAI_API_KEY was set after the container was created: `hubctl restart`")
CONFIG = Drift("config", "config.yaml", "config.yaml was changed after the gateway read it: `hubctl restart`")


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def again(
    runtime: FakeRuntime,
    service: str = "litellm",
    timeout_s: float = 5,
    said: list[str] | None = None,
    *,
    config: Path | None = None,
    recreate: bool = False,
) -> Restarted:
    heard: list[str] = said if said is not None else []
    starter = Starter(Path(), runtime, lambda: KEYS, service, config, timeout_s, heard.append)
    ledger = Ledger(Path(".hubctl"), [config] if config else [])
    return restart.restart(starter, ledger, Proven(Path(".hubctl/proven")), recreate=recreate, check=lambda: ())


def coming(started_at: str = AFTER, restarts: int = 0) -> ServiceRun:
    return run_of("litellm", "gateway", instance(health="starting", started_at=started_at, restarts=restarts))


def test_a_service_is_restarted_once_and_waited_for() -> None:
    said: list[str] = []
    runtime = FakeRuntime([[well()], [coming()], [well(started_at=AFTER)]])
    done = again(runtime, said=said)
    assert runtime.done == ["restart litellm"]
    assert (done.service, done.change.effect, done.rolled_back, done.exit_code) == ("litellm", "restarted", False, 0)
    assert [(proof.check, proof.ok) for proof in done.proof] == [
        ("ready", True),
        ("started again", True),
        ("reads the files", True),
    ]
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
    assert [(p.check, p.ok) for p in done.proof][:2] == [("ready", True), ("started again", False)]
    assert done.exit_code == 4
    assert "new start" not in done.proof[1].detail


def test_a_service_that_was_down_counts_as_started_again() -> None:
    down = run_of("litellm", "gateway", instance(status="exited", exit_code=1, started_at="2025-01-01T00:00:00Z"))
    assert again(FakeRuntime([[down], [well(started_at=AFTER)]])).exit_code == 0


def test_a_container_that_somebody_removes_meanwhile_is_made_anew() -> None:
    """As a Compose that goes on does, whose hubctl was killed."""

    class Removed(FakeRuntime):
        def restart(self, service: str, *, progress: Progress) -> None:
            super().restart(service, progress=progress)
            raise ContainerGone("the container 0123456789ab is just being removed")

    runtime = Removed([[well()], [well(started_at=AFTER)]])
    done = again(runtime)
    assert runtime.done == ["restart litellm", "recreate litellm within 5"]
    assert (done.change.effect, done.exit_code) == ("recreated", 0)


def test_an_unknown_service_is_refused_before_anything_is_done() -> None:
    runtime = FakeRuntime([[well()]])
    with pytest.raises(UnknownService, match=r"no service is called nosuch"):
        again(runtime, "nosuch")
    assert runtime.done == []


def test_a_service_that_does_not_come_back_ends_at_the_limit_with_the_cause() -> None:
    log = (LogLine("litellm", "ERROR: cannot read config"), LogLine("litellm", "bye"))
    began = time.monotonic()
    done = again(FakeRuntime([[well()], [coming()]], log=log), timeout_s=0.5)
    assert 0.5 <= time.monotonic() - began < 1.5
    assert (done.exit_code, done.rolled_back) == (4, False)
    assert done.cause == (
        "litellm is not ready 0.5 s after its start: starting, its health check has not passed yet\n"
        "  ERROR: cannot read config"
    )
    assert done.notes == ()  # it has no config that could be rolled back
    assert done.failure is not None
    assert done.failure.code == "not_ready"


def test_a_service_that_ends_right_after_its_start_is_not_waited_for() -> None:
    began = time.monotonic()
    done = again(FakeRuntime([[well()], [coming(restarts=1)]]), timeout_s=60)
    assert (done.cause or "").startswith("litellm ends right after its start: unhealthy, ends and is started again")
    assert time.monotonic() - began < 5


def test_what_the_engine_refuses_is_told() -> None:
    done = again(FakeRuntime([[well()]], fault=EngineRefused("port is already allocated", hint="free it")))
    assert (done.cause, done.exit_code) == ("port is already allocated; free it", 4)


@pytest.mark.parametrize(
    ("drifts", "recreate", "effect", "reason"),
    [
        ((), False, "restarted", "asked for"),
        ((CONFIG,), False, "restarted", "config.yaml was changed after the gateway read it"),
        ((ENV,), False, "recreated", "OPENAI_API_KEY was set after the container was created"),
        ((), True, "recreated", "asked for"),
    ],
)
def test_what_changed_decides_between_a_restart_and_a_new_container(
    drifts: tuple[Drift, ...], recreate: bool, effect: str, reason: str
) -> None:
    runtime = FakeRuntime([[well()], [well(started_at=AFTER)]], drifts=drifts)
    done = again(runtime, recreate=recreate)
    assert (done.change.effect, done.change.reason) == (effect, reason)
    assert runtime.done == ["recreate litellm within 5" if effect == "recreated" else "restart litellm"]
    assert done.exit_code == (4 if drifts else 0)  # the fake still drifts after its start, which is no proof


def test_what_still_drifts_after_the_start_is_not_proved() -> None:
    done = again(FakeRuntime([[well()], [well(started_at=AFTER)]], drifts=(ENV,)))
    assert done.cause == "reads the files: differs from the files in: OPENAI_API_KEY"


def test_a_container_that_was_removed_is_made_again() -> None:
    done = again(FakeRuntime([[run_of()], [well(started_at=AFTER)]]))
    assert (done.change.effect, done.change.reason, done.exit_code) == ("recreated", "it had no container", 0)


def test_what_would_not_start_is_left_as_it_is() -> None:
    runtime = FakeRuntime([[well()]], blocked=(BadFile("config.yaml is a directory"),))
    with pytest.raises(BadFile, match=r"was left as it is, for it would not start: config\.yaml is a directory"):
        again(runtime)
    assert runtime.done == []


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("model_list:\n- model_name: llama3\n  litellm_params: {model: ollama/llama3}\n")
    return path


@pytest.fixture
def gateway() -> Iterator[Address]:
    with serving(routes(GATEWAY)) as address:
        yield address


def on(address: Address, started_at: str = "2026-01-01T00:00:00Z") -> list[ServiceRun]:
    return [run_of("litellm", "gateway", instance(started_at=started_at), address=address)]


def test_a_start_is_proved_by_the_models_that_the_gateway_lists(config: Path, gateway: Address) -> None:
    done = again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config)
    assert (done.exit_code, done.proof[-1].detail) == (0, "all 1 active entries")
    assert Path(".hubctl/proven/config.yaml").read_bytes() == config.read_bytes()


def test_an_entry_that_the_gateway_dropped_is_named_and_the_proven_config_runs_again(
    config: Path, gateway: Address
) -> None:
    assert again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config).exit_code == 0
    good = config.read_bytes()
    config.write_text(config.read_text() + "- model_name: ghost\n  litellm_params: {model: nosuch/ghost}\n")
    bad = config.read_bytes()
    views = [on(gateway), *[on(gateway, AFTER)] * 3, on(gateway, LATER)]
    done = again(FakeRuntime(views), config=config)
    assert (done.exit_code, done.rolled_back) == (4, True)
    assert done.cause == "models listed: the gateway dropped ghost: the target is wrong"
    assert config.read_bytes() == good
    (rejected,) = config.parent.glob("config.yaml.rejected-*")
    assert rejected.read_bytes() == bad
    assert done.notes == (f"the config that was not proved is kept as {rejected}",)
    assert done.proof[-1].detail == "all 1 active entries"


def test_a_config_gets_its_place_again_where_the_one_that_ran_before_does_not_run_either(
    config: Path, gateway: Address
) -> None:
    assert again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config).exit_code == 0
    config.write_text(config.read_text() + "# mine\n")
    mine, file = config.read_bytes(), config.stat().st_ino
    done = again(FakeRuntime([on(gateway), [coming(restarts=1)]]), config=config)
    assert (done.exit_code, done.rolled_back, done.way_back is None) == (4, False, False)
    assert (config.read_bytes(), config.stat().st_ino) == (mine, file)
    assert {each.name for each in config.parent.iterdir()} == {".hubctl", config.name}
    assert done.notes[0].startswith(f"{config} is as you left it: the one that ran before does not run now either")
    assert done.failure is not None
    assert done.failure.message.startswith("not proved, and neither is the way back: litellm ")


@dataclass
class WayBack(FakeRuntime):
    """A gateway that drops an entry of the first config, and of which something befalls the second start."""

    befalls: Callable[["WayBack"], None] = lambda _self: None

    def restart(self, service: str, *, progress: Progress) -> None:
        """Note it, and let it befall."""
        super().restart(service, progress=progress)
        if self.done == [f"restart {service}"] * 2:
            self.befalls(self)


def way_back(config: Path, gateway: Address, befalls: Callable[[WayBack], None]) -> Restarted:
    """Prove a config, spoil it, and start again."""
    assert again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config).exit_code == 0
    config.write_text(config.read_text() + "- model_name: ghost\n  litellm_params: {model: nosuch/ghost}\n")
    views = [on(gateway), *[on(gateway, AFTER)] * 3, on(gateway, LATER)]
    return again(WayBack(views, befalls=befalls), config=config)


def test_the_proven_config_stays_where_it_runs_and_something_else_is_not_proved(config: Path, gateway: Address) -> None:
    good = config.read_bytes()

    def edit(runtime: WayBack) -> None:
        runtime.drifts = (ENV,)

    done = way_back(config, gateway, edit)
    assert (done.exit_code, done.rolled_back, config.read_bytes()) == (4, True, good)
    assert done.way_back == "reads the files: differs from the files in: OPENAI_API_KEY"
    (rejected,) = config.parent.glob("config.yaml.rejected-*")
    assert done.notes == (f"the config that was not proved is kept as {rejected}",)
    assert told_of(Ledger(Path(".hubctl"), [config])) == ()


class Killed(BaseException):
    """Stands for the end of hubctl itself."""


def test_a_way_back_that_was_killed_is_told_as_a_change_that_stopped_half_way(config: Path, gateway: Address) -> None:
    good = config.read_bytes()

    def kill(_runtime: WayBack) -> None:
        raise Killed

    with pytest.raises(Killed):
        way_back(config, gateway, kill)
    (told,) = told_of(Ledger(Path(".hubctl"), [config]))
    assert "a change stopped half way: `hubctl restart litellm` of " in told
    (rejected,) = config.parent.glob("config.yaml.rejected-*")
    done = again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config)
    assert (done.exit_code, config.read_bytes()) == (0, good)
    assert done.notes[0].endswith(f"; kept beside: {rejected}")


def test_a_config_that_a_link_takes_from_another_hub_is_not_rolled_back(config: Path, gateway: Address) -> None:
    assert again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config).exit_code == 0
    other = config.parent.parent / "other"
    IdentityNote(other).write(identity.fresh(other))
    theirs = other / config.name
    theirs.write_text(config.read_text() + "- model_name: ghost\n  litellm_params: {model: nosuch/ghost}\n")
    before = theirs.read_bytes()
    config.unlink()
    config.symlink_to(theirs)
    done = again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config)
    assert (done.exit_code, done.rolled_back, theirs.read_bytes()) == (4, False, before)
    assert done.notes == (f"nothing was rolled back: {config} leads into another hub, {other}",)


def test_a_config_that_cannot_be_replaced_stays_and_nothing_is_left_half_way(config: Path, gateway: Address) -> None:
    assert again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config).exit_code == 0
    config.write_text(config.read_text() + "# mine\n")
    config.chmod(0o400)
    done = again(FakeRuntime([on(gateway), [coming(restarts=1)]]), config=config)
    assert (done.exit_code, done.rolled_back, done.way_back) == (4, False, None)
    assert done.notes[0].startswith(f"nothing was rolled back: {config} is read-only (mode 0400)")
    assert told_of(Ledger(Path(".hubctl"), [config])) == ()


def test_where_no_config_was_ever_proved_nothing_is_rolled_back(config: Path, gateway: Address) -> None:
    done = again(FakeRuntime([on(gateway), [coming(restarts=1)]]), config=config)
    assert (done.exit_code, done.rolled_back) == (4, False)
    assert done.notes == ("nothing was rolled back: no config of this service was proved to run before",)


def test_where_the_proven_config_is_the_one_that_failed_nothing_is_rolled_back(config: Path, gateway: Address) -> None:
    assert again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config).exit_code == 0
    done = again(FakeRuntime([on(gateway), [coming(restarts=1)]]), config=config)
    assert (done.exit_code, done.rolled_back) == (4, False)
    assert "ran on this very config before, so the cause is elsewhere" in done.notes[0]


def half_done(config: Path) -> Ledger:
    """A change of the config that was killed after its file was written."""
    ledger = Ledger(Path(".hubctl"), [config])
    before = config.read_bytes()
    after = before + b"# more\n"
    assert ledger.receipts is not None
    with ledger.turn("models enable x"):
        ledger.receipts.open("models enable x", [Write(config, "config", before, after)])
    config.write_bytes(after)
    return ledger


def test_a_restart_finishes_a_change_that_was_stopped_after_its_files_were_written(
    config: Path, gateway: Address
) -> None:
    ledger = half_done(config)
    done = again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config)
    assert done.exit_code == 0
    assert done.notes[0].startswith("this finished `hubctl models enable x` of ")
    assert ledger.half_done() is None


def test_a_change_that_cannot_be_finished_is_taken_back_from_its_receipt(config: Path, gateway: Address) -> None:
    before = config.read_bytes()
    half_done(config)
    views = [on(gateway), [coming(restarts=1)], [coming(restarts=1)], on(gateway, LATER)]
    done = again(FakeRuntime(views), config=config)
    assert (done.exit_code, done.rolled_back) == (4, True)
    assert config.read_bytes() == before


def test_a_change_that_is_half_written_is_not_finished(config: Path) -> None:
    env = config.with_name("litellm.env")
    env.write_bytes(b"A=1\n")
    ledger = Ledger(Path(".hubctl"), [config, env])
    assert ledger.receipts is not None
    writes = [Write(env, "env", b"A=1\n", b"A=2\n"), Write(config, "config", config.read_bytes(), b"model_list: []\n")]
    with ledger.turn("provider enable openai"):
        ledger.receipts.open("provider enable openai", writes)
    env.write_bytes(b"A=2\n")
    runtime = FakeRuntime([[well()]])
    with pytest.raises(HalfDone, match=r"litellm\.env is new, .*config\.yaml is old"):
        again(runtime, config=config)
    assert runtime.done == []


def test_a_way_back_that_stopped_after_the_files_were_put_back_is_finished(config: Path, gateway: Address) -> None:
    before = config.read_bytes()
    ledger = half_done(config)
    config.write_bytes(before)
    failed = again(FakeRuntime([on(gateway), [coming(restarts=1)]]), config=config)
    assert (failed.exit_code, failed.rolled_back, config.read_bytes()) == (4, False, before)
    assert ledger.half_done() is not None
    done = again(FakeRuntime([on(gateway), on(gateway, AFTER)]), config=config)
    assert done.exit_code == 0
    assert done.notes[0].startswith("this finished the way back from `hubctl models enable x` of ")
    assert ledger.half_done() is None
    assert ledger.receipts is not None
    assert ledger.receipts.all() == ()


def test_a_config_that_stops_the_gateway_is_refused_before_anything_is_stopped(config: Path) -> None:
    runtime = FakeRuntime([[well()]])
    starter = Starter(Path(), runtime, lambda: KEYS, "litellm", config, 5, lambda _: None)

    def refuse() -> tuple[str, ...]:
        raise BadFile("config.yaml, line 2: no")

    with pytest.raises(BadFile, match="line 2"):
        restart.restart(starter, Ledger(Path(".hubctl"), []), Proven(Path("p")), recreate=False, check=refuse)
    assert runtime.done == []


def test_of_one_that_was_killed_the_likely_cause_is_told() -> None:
    killed = run_of("litellm", "gateway", instance(status="exited", exit_code=137, started_at=AFTER))
    done = again(FakeRuntime([[well()], [killed]]))
    assert (done.cause or "").splitlines() == [
        "litellm ends right after its start: stopped, exited (exit 137)",
        "  exit 137: it was killed, as what needs more memory than it may have is",
    ]
