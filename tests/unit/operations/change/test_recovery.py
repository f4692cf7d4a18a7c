"""Undoing where things are not as they were: a hub renamed or copied, a file gone, a clock that went back."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.receipts import Write
from hubctl.errors import NothingToUndo
from hubctl.operations.change import half_done, transaction
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.plan import Plan
from hubctl.operations.change.transaction import Outcome, Scope, Terms, files_only
from hubctl.operations.change.undo import undo

LEFT_ALONE = files_only("left alone")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    (folder / "env").mkdir(parents=True)
    (folder / "env/litellm.env").write_text("A=1\n")
    (folder / "config.yaml").write_text("model_list: []\n")
    return folder


def files(root: Path) -> tuple[Path, Path]:
    return root / "env/litellm.env", root / "config.yaml"


def ledger(root: Path, *more: Path) -> Ledger:
    return Ledger(root / ".hubctl", [*files(root), *more])


def change(root: Path, text: str = "A=2\n", *, effect: transaction.Effect = LEFT_ALONE) -> Changed:
    env, config = files(root)
    writes = (
        Write(env, "env", env.read_bytes(), text.encode(), 0o600),
        Write(config, "config", config.read_bytes(), f"model_list: [{text[2]}]\n".encode()),
    )
    return transaction.run(Terms(ledger(root), effect), "x", lambda: Plan("models enable x", writes))


def stop_half_way(root: Path) -> None:
    def interrupt(scope: Scope, *, back: bool) -> Outcome:
        if back:
            change_only_one_file(root)
        raise KeyboardInterrupt(scope)

    with pytest.raises(KeyboardInterrupt):
        change(root, effect=interrupt)


def change_only_one_file(root: Path) -> None:
    (root / "env/litellm.env").write_text("A=2\n")


def texts(root: Path) -> tuple[str, str]:
    env, config = files(root)
    return env.read_text(), config.read_text()


OLD, NEW = ("A=1\n", "model_list: []\n"), ("A=2\n", "model_list: [2]\n")


def receipt_files(root: Path) -> list[Path]:
    return sorted((root / ".hubctl/receipts").glob("*/receipt.json"))


def rewrite(file: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    data = json.loads(file.read_text())
    edit(data)
    file.write_text(json.dumps(data))


def as_an_earlier_hubctl_wrote_it(root: Path) -> None:
    """Give every receipt absolute paths, and take away what was not told then."""
    for file in receipt_files(root):

        def edit(data: dict[str, Any]) -> None:
            del data["number"], data["root"]
            for each in data["files"]:
                each["path"] = str(root / each["path"])

        rewrite(file, edit)


def test_a_receipt_names_the_files_as_seen_from_the_hub(root: Path) -> None:
    change(root)
    (file,) = receipt_files(root)
    assert [each["path"] for each in json.loads(file.read_text())["files"]] == ["env/litellm.env", "config.yaml"]


@pytest.mark.parametrize("is_old", [False, True], ids=["a receipt of this hubctl", "a receipt of an earlier one"])
def test_an_undo_in_a_copy_touches_nothing_but_the_copy(root: Path, is_old: bool) -> None:
    change(root)
    if is_old:
        as_an_earlier_hubctl_wrote_it(root)
    copy = root.with_name("copy")
    shutil.copytree(root, copy)
    undo(Terms(ledger(copy), LEFT_ALONE))
    assert (texts(root), texts(copy)) == (NEW, OLD)
    undo(Terms(ledger(root), LEFT_ALONE))
    assert texts(root) == OLD


@pytest.mark.parametrize("is_old", [False, True], ids=["a receipt of this hubctl", "a receipt of an earlier one"])
def test_a_change_that_stopped_half_way_can_be_taken_back_in_a_renamed_folder(root: Path, is_old: bool) -> None:
    stop_half_way(root)
    if is_old:
        as_an_earlier_hubctl_wrote_it(root)
    moved = root.rename(root.with_name("renamed"))
    (note,) = half_done.told(ledger(moved))
    assert f"{moved}/env/litellm.env is new, {moved}/config.yaml is old" in note
    undo(Terms(ledger(moved), LEFT_ALONE))
    assert (texts(moved), half_done.told(ledger(moved))) == (OLD, ())


def test_a_file_that_went_missing_in_a_change_that_stopped_half_way_is_told_of_and_made_again(root: Path) -> None:
    stop_half_way(root)
    (root / "config.yaml").unlink()
    (note,) = half_done.told(ledger(root))
    assert f"{root}/config.yaml is missing; `hubctl undo` takes it back" in note
    done = undo(Terms(ledger(root), LEFT_ALONE))
    assert done.notes == (f"{root}/config.yaml was missing; it is there again, as it was before the change",)
    assert (texts(root), half_done.told(ledger(root))) == (OLD, ())


def test_a_change_that_stopped_half_way_comes_to_an_end_where_all_was_changed_since(root: Path) -> None:
    stop_half_way(root)
    for path in files(root):
        path.write_text("mine")
    done = undo(Terms(ledger(root), LEFT_ALONE))
    assert [note.rpartition("/")[2] for note in done.notes] == [
        "litellm.env was changed since",
        "config.yaml was changed since",
    ]
    assert (texts(root), half_done.told(ledger(root))) == (("mine", "mine"), ())
    assert len(list(root.glob(".hubctl/receipts/*/before/*"))) == 2


def test_the_last_change_is_taken_back_whatever_the_clock_said(root: Path) -> None:
    change(root)
    change(root, "A=3\n")
    last = max(receipt_files(root))
    earlier = datetime.now(UTC) - timedelta(days=1)
    name = f"{earlier:%Y%m%dT%H%M%S.%f}-abcd"
    rewrite(last, lambda data: data.update(id=name, at=earlier.isoformat(timespec="seconds")))
    last.parent.rename(last.parent.with_name(name))
    undo(Terms(ledger(root), LEFT_ALONE))
    assert texts(root) == NEW
    undo(Terms(ledger(root), LEFT_ALONE))
    assert texts(root) == OLD


def test_receipts_of_an_earlier_hubctl_come_before_those_that_are_counted(root: Path) -> None:
    change(root)
    as_an_earlier_hubctl_wrote_it(root)
    change(root, "A=3\n")
    undo(Terms(ledger(root), LEFT_ALONE))
    assert texts(root) == NEW
    undo(Terms(ledger(root), LEFT_ALONE))
    assert texts(root) == OLD


def outside(root: Path) -> Path:
    """A config that lies beside the hub's folder."""
    shared = root.with_name("shared.yaml")
    shared.write_text("model_list: []\n")
    return shared


def change_outside(root: Path, shared: Path) -> None:
    writes = (Write(shared, "config", shared.read_bytes(), b"model_list: [2]\n"),)
    transaction.run(Terms(ledger(root, shared), LEFT_ALONE), "x", lambda: Plan("models enable x", writes))


def test_a_file_outside_the_hub_is_put_back_by_the_hub_that_changed_it_and_by_no_copy(root: Path) -> None:
    shared = outside(root)
    change_outside(root, shared)
    copy = root.with_name("copy")
    shutil.copytree(root, copy)
    with pytest.raises(NothingToUndo, match=r"shared\.yaml lies outside this hub, and the change was not made in"):
        undo(Terms(ledger(copy, shared), LEFT_ALONE))
    assert shared.read_text() == "model_list: [2]\n"
    undo(Terms(ledger(root, shared), LEFT_ALONE))
    assert shared.read_text() == "model_list: []\n"


def test_a_link_out_of_a_copy_leads_an_undo_nowhere(root: Path) -> None:
    shared = outside(root)
    (root / "config.yaml").unlink()
    (root / "config.yaml").symlink_to(shared)
    change(root)
    copy = root.with_name("copy")
    shutil.copytree(root, copy, symlinks=True)
    undo(Terms(ledger(copy), LEFT_ALONE))
    assert shared.read_text() == NEW[1]
    assert (copy / "env/litellm.env").read_text() == OLD[0]
