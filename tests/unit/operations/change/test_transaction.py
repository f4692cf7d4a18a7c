"""A change as a transaction: all of it or nothing, and its receipt; what becomes of it when it is killed half way."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hubctl import interrupts
from hubctl.adapters.files import new_file
from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.proven import Proven
from hubctl.adapters.state.receipts import Write
from hubctl.core.change.receipt import fingerprint
from hubctl.errors import BadFile, Busy, Declined, EditRefused, HalfDone, NothingToUndo
from hubctl.operations.change import half_done, transaction
from hubctl.operations.change.changed import Changed, Proof
from hubctl.operations.change.plan import Plan
from hubctl.operations.change.transaction import Outcome, Scope, Terms, files_only
from hubctl.operations.change.undo import forget, undo

ENV, CONFIG = "A=1\n", "model_list: []\n"


@dataclass
class Effects:
    """Notes what was to take effect, and plays what came of it."""

    forward: Outcome | BaseException = field(default_factory=lambda: Outcome("recreated", "the env file changed"))
    back: Outcome | BaseException = field(default_factory=lambda: Outcome("recreated", "taken back"))
    seen: list[tuple[frozenset[str], bool]] = field(default_factory=list)

    def __call__(self, scope: Scope, *, back: bool) -> Outcome:
        self.seen.append((frozenset(scope.kinds), back))
        outcome = self.back if back else self.forward
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


FAILED = Outcome("recreated", "the env file changed", (Proof("ready", ok=False, detail="no"),), failed="not ready")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "litellm.env").write_text(ENV)
    (tmp_path / "config.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def ledger(root: Path) -> Ledger:
    return Ledger(root / ".hubctl", [root / "litellm.env", root / "config.yaml"])


def plan(root: Path, env: str = "A=2\n", config: str = "model_list: [1]\n") -> Plan:
    """A change of both files as they are now."""
    now = {name: (root / name).read_bytes() for name in ("litellm.env", "config.yaml")}
    return Plan(
        "provider enable openai",
        (
            Write(root / "litellm.env", "env", now["litellm.env"], env.encode(), 0o600),
            Write(root / "config.yaml", "config", now["config.yaml"], config.encode()),
        ),
    )


def texts(root: Path) -> tuple[str, str]:
    return (root / "litellm.env").read_text(), (root / "config.yaml").read_text()


def receipts(root: Path) -> list[str]:
    """The states of all receipts, oldest first."""
    return [json.loads(file.read_text())["state"] for file in sorted(root.glob(".hubctl/receipts/*/receipt.json"))]


def make(root: Path, ledger: Ledger, effects: Effects | None = None, **texts: str) -> Changed:
    return transaction.run(Terms(ledger, effects or Effects()), "provider enable openai", lambda: plan(root, **texts))


def test_a_change_writes_its_files_takes_effect_and_leaves_a_receipt(root: Path, ledger: Ledger) -> None:
    effects = Effects()
    done = make(root, ledger, effects)
    assert texts(root) == ("A=2\n", "model_list: [1]\n")
    assert effects.seen == [(frozenset({"env", "config"}), False)]
    assert (done.exit_code, done.rolled_back, done.change.effect) == (0, False, "recreated")
    assert [each.path.name for each in done.change.files] == ["litellm.env", "config.yaml"]
    (folder,) = (root / ".hubctl/receipts").iterdir()
    assert folder.name == done.change.id
    assert receipts(root) == ["done"]


def test_only_the_receipts_owner_can_look_at_the_bytes_from_before(root: Path, ledger: Ledger) -> None:
    (root / ".hubctl").mkdir(mode=0o700)
    make(root, ledger)
    made = list((root / ".hubctl").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o600}
    assert {path.read_text() for path in made if path.parent.name == "before"} == {ENV, CONFIG}
    assert not list(root.rglob("*.tmp"))


def test_undo_gives_back_the_bytes_from_before_and_deletes_them_from_the_receipt(root: Path, ledger: Ledger) -> None:
    make(root, ledger)
    effects = Effects()
    done = undo(Terms(ledger, effects))
    assert texts(root) == (ENV, CONFIG)
    assert effects.seen == [(frozenset({"env", "config"}), False)]
    assert "undo of `hubctl provider enable openai`" in done.change.reason
    assert receipts(root) == ["undone"]
    assert not list(root.glob(".hubctl/receipts/*/before/*"))
    with pytest.raises(NothingToUndo, match="no change to take back"):
        undo(Terms(ledger, effects))


def test_a_second_undo_takes_back_the_change_before(root: Path, ledger: Ledger) -> None:
    make(root, ledger, env="A=2\n", config=CONFIG)
    make(root, ledger, env="A=3\n")
    assert texts(root) == ("A=3\n", "model_list: [1]\n")
    undo(Terms(ledger, Effects()))
    assert texts(root) == ("A=2\n", CONFIG)
    undo(Terms(ledger, Effects()))
    assert texts(root) == (ENV, CONFIG)


def test_undo_leaves_alone_what_was_changed_since_and_says_so(root: Path, ledger: Ledger) -> None:
    make(root, ledger)
    (root / "litellm.env").write_text("A=2\nMINE=1\n")
    done = undo(Terms(ledger, Effects()))
    assert texts(root) == ("A=2\nMINE=1\n", CONFIG)
    assert done.notes == (f"left alone: {root}/litellm.env was changed since",)
    assert [path.read_text() for path in root.glob(".hubctl/receipts/*/before/0")] == [ENV]


def test_an_undo_that_could_restore_nothing_changes_nothing(root: Path, ledger: Ledger) -> None:
    make(root, ledger)
    (root / "litellm.env").unlink()
    (root / "config.yaml").write_text("mine")
    effects = Effects()
    with pytest.raises(NothingToUndo, match=r"litellm\.env was removed since, .*config\.yaml was changed since"):
        undo(Terms(ledger, effects))
    assert (effects.seen, receipts(root)) == ([], ["done"])


def test_a_change_that_is_not_proved_is_taken_back_with_its_receipt(root: Path, ledger: Ledger) -> None:
    effects = Effects(
        forward=FAILED, back=Outcome("recreated", "taken back", (Proof("ready again", ok=True, detail="yes"),))
    )
    done = make(root, ledger, effects)
    assert texts(root) == (ENV, CONFIG)
    assert [back for _, back in effects.seen] == [False, True]
    assert (done.exit_code, done.rolled_back, done.cause) == (4, True, "not ready")
    assert [proof.ok for proof in done.proof] == [False, True]
    assert done.failure is not None
    assert done.failure.message == "taken back: not ready"
    assert receipts(root) == []


def test_what_cannot_be_proved_in_either_direction_stays_open(root: Path, ledger: Ledger) -> None:
    done = make(root, ledger, Effects(forward=FAILED, back=Outcome("recreated", "", failed="not ready again")))
    assert texts(root) == (ENV, CONFIG)
    assert (done.rolled_back, done.cause, done.way_back) == (True, "not ready", "not ready again")
    assert done.failure is not None
    assert done.failure.message == "not proved, and neither is the way back: not ready; and then not ready again"
    assert done.failure.hint == "`hubctl status` and `hubctl logs` show more"
    assert receipts(root) == ["open"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), BadFile("the engine is gone")])
def test_whatever_is_raised_on_the_way_takes_the_files_back(root: Path, ledger: Ledger, fault: BaseException) -> None:
    effects = Effects(forward=fault)
    with pytest.raises(type(fault)):
        make(root, ledger, effects)
    assert texts(root) == (ENV, CONFIG)
    assert [back for _, back in effects.seen] == [False, True]
    assert receipts(root) == []


@pytest.mark.parametrize(
    ("back", "left"),
    [
        (Outcome("unchanged", ""), "the files were put back"),
        (Outcome("restarted", ""), "the files were put back; the gateway runs with the files from before"),
        (
            Outcome("restarted", "", failed="it is not ready\n  its log"),
            "the change is incomplete: the files were put back, but it is not ready; `hubctl status` tells how to",
        ),
        (BadFile("the engine is gone"), "the change is incomplete; `hubctl status` tells how to"),
    ],
)
def test_it_is_noted_what_an_interrupt_left(root: Path, ledger: Ledger, back: Outcome | BadFile, left: str) -> None:
    with pytest.raises(KeyboardInterrupt if isinstance(back, Outcome) else BadFile):
        make(root, ledger, Effects(forward=KeyboardInterrupt(), back=back))
    assert str(interrupts.left()).startswith(left)
    assert (left == interrupts.left()) == (receipts(root) == [])


def test_interrupted_twice_the_change_is_left_open_and_the_next_one_says_so(root: Path, ledger: Ledger) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(root, ledger, Effects(forward=KeyboardInterrupt(), back=KeyboardInterrupt()))
    assert (texts(root), receipts(root)) == ((ENV, CONFIG), ["open"])
    with pytest.raises(
        HalfDone,
        match=r"`hubctl provider enable openai` of .*litellm\.env is old, .*config\.yaml is old, but it is not proved",
    ):
        make(root, ledger)
    undo(Terms(ledger, Effects()))
    make(root, ledger)
    assert receipts(root) == ["undone", "done"]


def test_when_the_second_file_cannot_be_written_the_first_is_put_back(root: Path, ledger: Ledger) -> None:
    (root / "config.yaml").chmod(0o400)
    with pytest.raises(BadFile, match=r"config\.yaml is read-only"):
        make(root, ledger)
    assert (texts(root), receipts(root)) == ((ENV, CONFIG), [])


def test_a_file_that_somebody_else_writes_while_the_question_waits_is_not_written_over(
    root: Path, ledger: Ledger
) -> None:
    def write(_plan: Changed) -> None:
        (root / "config.yaml").write_text("theirs")

    terms = Terms(ledger, Effects(), approve=write)
    with pytest.raises(EditRefused, match=r"config\.yaml was changed meanwhile; nothing was written"):
        transaction.run(terms, "provider enable openai", lambda: plan(root))
    assert (texts(root), receipts(root)) == ((ENV, "theirs"), [])


@dataclass
class Meanwhile(Effects):
    """Somebody writes a file while the change takes effect."""

    path: Path = Path()

    def __call__(self, scope: Scope, *, back: bool) -> Outcome:
        if not back:
            self.path.write_text("theirs")
        return Effects.__call__(self, scope, back=back)


def kept(root: Path, name: str) -> Path:
    (found,) = root.glob(f"{name}.rejected-*")
    assert found.read_text() == "theirs"
    return found


@pytest.mark.parametrize("name", ["litellm.env", "config.yaml"])
def test_what_somebody_writes_while_a_change_is_proved_is_kept_when_it_is_taken_back(
    root: Path, ledger: Ledger, name: str
) -> None:
    done = make(root, ledger, Meanwhile(forward=FAILED, path=root / name))
    assert (texts(root), done.rolled_back) == ((ENV, CONFIG), True)
    place = kept(root, name)
    told = f"{root / name} was changed meanwhile by somebody else: what they wrote is kept as {place}"
    assert done.notes == (told,)


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), BadFile("the engine is gone")])
def test_what_somebody_writes_before_a_fault_is_kept_and_the_fault_names_it(
    root: Path, ledger: Ledger, fault: BaseException
) -> None:
    with pytest.raises(type(fault)) as caught:
        make(root, ledger, Meanwhile(forward=fault, path=root / "config.yaml"))
    place = kept(root, "config.yaml")
    assert texts(root) == (ENV, CONFIG)
    assert f"kept as {place}" in "".join([str(getattr(fault, "message", "")), *getattr(caught.value, "__notes__", [])])


def test_a_file_that_somebody_removes_while_a_change_is_proved_is_there_again(root: Path, ledger: Ledger) -> None:
    class Removing(Effects):
        def __call__(self, scope: Scope, *, back: bool) -> Outcome:
            if not back:
                (root / "litellm.env").unlink()
            return Effects.__call__(self, scope, back=back)

    assert make(root, ledger, Removing(forward=FAILED)).rolled_back
    assert texts(root) == (ENV, CONFIG)
    assert (root / "litellm.env").stat().st_mode & 0o777 == 0o600


def test_a_change_that_could_not_be_written_leaves_what_runs_alone(root: Path, ledger: Ledger) -> None:
    (root / "config.yaml").chmod(0o400)
    effects = Effects()
    with pytest.raises(BadFile, match=r"config\.yaml is read-only"):
        make(root, ledger, effects)
    assert effects.seen == []


def test_the_other_names_of_a_file_are_told_of_before_it_becomes_one_of_its_own(root: Path, ledger: Ledger) -> None:
    (root / "snapshot").hardlink_to(root / "config.yaml")
    shown: list[Changed] = []
    done = transaction.run(Terms(ledger, Effects(), approve=shown.append), "x", lambda: plan(root))
    note = f"{root}/config.yaml has 2 hard links: it becomes a file of its own, and the other names keep the old bytes"
    assert (done.notes, shown[0].notes) == ((note,), (note,))
    assert (root / "snapshot").read_text() == CONFIG


def test_a_change_that_is_declined_changes_nothing(root: Path, ledger: Ledger) -> None:
    def decline(shown: Changed) -> None:
        assert [each.path.name for each in shown.change.files] == ["litellm.env", "config.yaml"]
        raise Declined("declined; nothing was changed")

    with pytest.raises(Declined):
        transaction.run(Terms(ledger, Effects(), approve=decline), "provider enable openai", lambda: plan(root))
    assert (texts(root), receipts(root)) == ((ENV, CONFIG), [])


def test_a_dry_run_shows_the_plan_and_touches_nothing(root: Path, ledger: Ledger) -> None:
    terms = Terms(ledger, Effects(), dry_run=True, approve=lambda _plan: pytest.fail("it asked"))
    done = transaction.run(terms, "x", lambda: plan(root), check=lambda: pytest.fail("it checked"))
    assert [each.path.name for each in done.change.files] == ["litellm.env", "config.yaml"]
    assert (done.change.id, done.change.effect) == (None, "unchanged")
    assert (texts(root), (root / ".hubctl").exists()) == ((ENV, CONFIG), False)


def test_what_is_so_already_leaves_no_receipt(root: Path, ledger: Ledger) -> None:
    done = make(root, ledger, env=ENV, config=CONFIG)
    assert (done.change.files, done.change.effect, done.change.reason) == ((), "unchanged", "the files say so already")
    assert receipts(root) == []


def test_a_change_that_nobody_needs_to_read_leaves_what_runs_alone(root: Path, ledger: Ledger) -> None:
    effects = Effects()
    unread = Plan("x", plan(root).writes, unread="no active entry uses it")
    done = transaction.run(Terms(ledger, effects), "x", lambda: unread)
    assert (done.change.effect, done.change.reason, effects.seen) == ("unchanged", "no active entry uses it", [])


def test_status_tells_of_a_change_that_is_being_made_or_stopped_half_way(root: Path, ledger: Ledger) -> None:
    assert half_done.told(ledger) == ()
    seen: list[tuple[str, ...]] = []

    class Looking(Effects):
        def __call__(self, scope: Scope, *, back: bool) -> Outcome:
            seen.append(half_done.told(Ledger(root / ".hubctl", [])))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(root, ledger, Looking())
    assert seen[0][0].startswith("a change is being made by `hubctl provider enable openai` (pid ")
    (note,) = half_done.told(ledger)
    assert "a change stopped half way: `hubctl provider enable openai` of " in note
    assert "`hubctl undo` takes it back" in note


def test_only_one_change_is_made_at_a_time(root: Path, ledger: Ledger) -> None:
    other = Ledger(root / ".hubctl", [])
    with ledger.turn("restart"), pytest.raises(Busy, match="`hubctl restart`"), other.turn("undo"):
        pass


def test_what_a_killed_run_left_beside_the_files_goes_with_the_next_turn(root: Path, ledger: Ledger) -> None:
    new_file.temporary_beside(root / "litellm.env").write_text("KEY=half of a sec")
    with ledger.turn("undo"):
        assert not new_file.temporary_beside(root / "litellm.env").exists()


def test_the_last_five_changes_can_be_undone_for_seven_days(root: Path, ledger: Ledger) -> None:
    for number in range(7):
        make(root, ledger, env=f"A={number + 10}\n", config=CONFIG)
    with ledger.turn("x"):
        assert len(receipts(root)) == 5
    for file in sorted(root.glob(".hubctl/receipts/*/receipt.json"))[:3]:
        old = datetime.now(UTC) - timedelta(days=7, minutes=1)
        file.write_text(json.dumps(json.loads(file.read_text()) | {"at": old.isoformat()}))
    with ledger.turn("x"):
        assert len(receipts(root)) == 2
    undo(Terms(ledger, Effects()))
    undo(Terms(ledger, Effects()))
    assert texts(root)[0] == "A=14\n"


def test_receipts_can_be_forgotten_at_once(root: Path, ledger: Ledger, tmp_path: Path) -> None:
    make(root, ledger)
    proven = Proven(tmp_path / "proven")
    proven.keep(tmp_path / "config.yaml", b"api_key: in-clear-text")
    (kept := root / "litellm.env.rejected-20260101T000000").write_text("A=mine\n")
    forgotten = forget(ledger, proven, (root / "litellm.env", root / "config.yaml"))
    assert (forgotten.receipts, forgotten.rejected) == (1, (kept,))
    assert kept.read_text() == "A=mine\n"
    assert not (tmp_path / "proven").exists()
    assert not (root / ".hubctl/receipts").exists()
    assert texts(root)[0] == "A=2\n"


def damage(folder: Path) -> None:
    (folder / "receipt.json").write_text("{")


def half_written(folder: Path) -> None:
    (folder / "receipt.json").unlink()


@pytest.mark.parametrize("harm", [damage, half_written])
def test_a_receipt_that_was_never_finished_does_not_count_and_goes(
    root: Path, ledger: Ledger, harm: Callable[[Path], None]
) -> None:
    make(root, ledger)
    (folder,) = (root / ".hubctl/receipts").iterdir()
    harm(folder)
    make(root, ledger, env="A=3\n")
    assert not folder.exists()
    assert receipts(root) == ["done"]


def test_lone_files_are_changed_without_a_receipt(root: Path) -> None:
    lone = Ledger(None, [root / "litellm.env", root / "config.yaml"])
    done = transaction.run(Terms(lone, files_only("a file alone")), "x", lambda: plan(root))
    assert (texts(root), done.change.id) == (("A=2\n", "model_list: [1]\n"), None)
    assert not (root / ".hubctl").exists()
    with pytest.raises(NothingToUndo):
        undo(Terms(lone, Effects()))


def test_fingerprints_tell_bytes_apart() -> None:
    assert fingerprint(b"a") != fingerprint(b"b")
