"""One change at a time, among real processes: who holds the lock, and what becomes of it when its holder is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubctl import parallel
from hubctl.adapters.state.lock import folder_lock, holder_of, hub_lock
from hubctl.errors import BadFile, Busy

HOLD = """
import sys, time
from pathlib import Path
from hubctl.adapters.state import lock
file = Path(sys.argv[1])
held = lock.hub_lock(file, "restart") if sys.argv[2] == "hub" else lock.folder_lock(file.parent, file)
with held:
    print("held", flush=True)
    time.sleep(60)
"""
# Adds one to the number in a file, many times, each under the file's own lock, replacing the file each time.
COUNT = """
import sys
from pathlib import Path
from hubctl.adapters.files import replacing
from hubctl.adapters.state import lock
file = Path(sys.argv[1])
for _ in range(50):
    with lock.folder_lock(file.parent, file, wait_s=60):
        old = file.read_bytes()
        replacing.replace(file, str(int(old) + 1).encode(), expected=old)
"""


@contextmanager
def holding(path: Path, kind: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", HOLD, path, kind], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_those_who_ask_at_once_who_holds_a_lock_do_not_take_each_other_for_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    assert set(parallel.pooled(lambda _: holder_of(lock), range(4000), workers=8)) == {None}


@pytest.mark.process
def test_who_holds_a_hubs_lock_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holding(lock, "hub") as process:
        began = time.monotonic()
        with (
            pytest.raises(Busy, match=rf"`hubctl restart` \(pid {process.pid}, since 20") as caught,
            hub_lock(lock, "undo", wait_s=0.2),
        ):
            pass
        assert time.monotonic() - began >= 0.2
    assert caught.value.hint == "wait for it to end and run again"


@pytest.mark.process
@pytest.mark.parametrize("kind", ["hub", "file"])
def test_a_lock_whose_holder_was_killed_is_free_at_once(tmp_path: Path, kind: str) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    with holding(lock, kind) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with hub_lock(lock, "undo", wait_s=0) if kind == "hub" else folder_lock(lock.parent, lock, wait_s=0):
            pass


@pytest.mark.process
def test_a_lone_file_that_is_being_changed_is_named(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.touch()
    with (
        holding(file, "file"),
        pytest.raises(Busy, match=r"another hubctl is changing .*c\.yaml"),
        folder_lock(file.parent, file, wait_s=0),
    ):
        pass


@pytest.mark.process
def test_edits_of_a_lone_file_by_several_processes_are_never_lost(tmp_path: Path) -> None:
    file = tmp_path / "count"
    file.write_text("0")
    processes = [subprocess.Popen([sys.executable, "-c", COUNT, file]) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    assert file.read_text() == "200"
    assert [each.name for each in tmp_path.iterdir()] == ["count"]


def test_a_lock_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    with (
        pytest.raises(BadFile, match="lock cannot be opened: No such file"),
        hub_lock(tmp_path / "no" / "lock", "undo"),
    ):
        pass
    with pytest.raises(BadFile, match="gone cannot be opened: No such file"), folder_lock(tmp_path, tmp_path / "gone"):
        pass


@pytest.mark.process
def test_a_damaged_lock_file_only_costs_the_name_of_its_holder(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holding(lock, "hub"):
        lock.write_text("{")
        with pytest.raises(Busy, match="it does not say which"), hub_lock(lock, "undo", wait_s=0):
            pass
