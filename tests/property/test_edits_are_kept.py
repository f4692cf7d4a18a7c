"""No byte that a person wrote is ever gone: somebody edits the files at any moment of a change, and of its undoing."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hubctl.adapters.files import exchange, replacing
from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.receipts import Write
from hubctl.errors import HubError
from hubctl.operations.change import transaction, way_back
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.plan import Plan
from hubctl.operations.change.transaction import Outcome, Scope, Terms
from hubctl.operations.change.undo import undo
from tests.sweeps import WHOLE

FILES = {"litellm.env": "A=1\n", "config.yaml": "model_list: []\n"}
NEW = {"litellm.env": "A=2\n", "config.yaml": "model_list: [1]\n"}
# The person acts between two lines of these: at every moment that matters, for each line makes one system call.
WATCHED = {module.__file__ for module in (exchange, replacing, transaction, way_back)}
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # thousands of syncs would keep a disk busy
LINES = 400  # so many of them run in a change and its undoing


@dataclass
class Person:
    """Edits a file at each of some moments, counted in lines of hubctl that ran."""

    root: Path
    edits: dict[int, tuple[str, str]]
    lines: int = 0
    wrote: list[str] = field(default_factory=list)

    def trace(self, frame: FrameType, event: str, _arg: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            self.lines += 1
            if edit := self.edits.get(self.lines):
                sys.settrace(None)
                self.edit(*edit)
                sys.settrace(self.trace)
        return self.trace

    def edit(self, name: str, way: str) -> None:
        """Add a line as `echo >>`, an editor that writes in place, and one that renames a new file do."""
        path, line = self.root / name, f"# mine {len(self.wrote)}\n"
        self.wrote.append(line)
        if way == "append":
            with path.open("a") as file:
                file.write(line)
            return
        text = path.read_text() + line
        if way == "in place":
            path.write_text(text)
            return
        other = self.root / "editor's"
        other.write_text(text)
        other.replace(path)


@contextmanager
def traced(person: Person) -> Iterator[None]:
    before = sys.gettrace()
    sys.settrace(person.trace)
    try:
        yield
    finally:
        sys.settrace(before)


ENDS: dict[str, Outcome | BaseException] = {
    "proved": Outcome("restarted", "its files changed"),
    "not proved": Outcome("restarted", "its files changed", failed="not ready"),
    "interrupted": KeyboardInterrupt(),
}


def effect(end: str) -> transaction.Effect:
    def take(scope: Scope, *, back: bool) -> Outcome:
        outcome = Outcome("restarted", f"{scope.kinds}") if back else ENDS[end]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return take


def planned(root: Path) -> Plan:
    """A change of both files, as the person has left them."""
    now = {name: (root / name).read_bytes() for name in FILES}
    kinds = {"litellm.env": "env", "config.yaml": "config"}
    return Plan(
        "models enable x",
        tuple(Write(root / name, kinds[name], now[name], NEW[name].encode() + now[name]) for name in FILES),  # type: ignore[arg-type]
    )


def told_of(call: Callable[[], Changed]) -> str:
    """Everything that the operator is told."""
    try:
        return "\n".join(call().notes)
    except (HubError, KeyboardInterrupt) as error:
        return "\n".join([str(getattr(error, "message", "")), *getattr(error, "__notes__", [])])


edits = st.dictionaries(
    st.integers(1, LINES),
    st.tuples(st.sampled_from(sorted(FILES)), st.sampled_from(["append", "in place", "rename"])),
    max_size=3,
)


@settings(max_examples=4000 if WHOLE else 120, deadline=None)
@given(edits, st.sampled_from(sorted(ENDS)), st.booleans())
def test_whatever_a_person_writes_during_a_change_is_in_the_file_or_kept_beside_it_and_named(
    edits: dict[int, tuple[str, str]], end: str, then_undo: bool
) -> None:
    root = Path(tempfile.mkdtemp(prefix="hubctl-edits-", dir=MEMORY))
    try:
        for name, text in FILES.items():
            (root / name).write_text(text)
        ledger = Ledger(root / ".hubctl", [root / name for name in FILES])
        person = Person(root, edits)
        with traced(person):
            told = told_of(lambda: transaction.run(Terms(ledger, effect(end)), "x", lambda: planned(root)))
            if then_undo:
                with suppress(HubError):
                    told += told_of(lambda: undo(Terms(ledger, effect("proved"))))
        check(root, person, told)
    finally:
        shutil.rmtree(root)


def check(root: Path, person: Person, told: str) -> None:
    kept = [path for path in root.iterdir() if ".rejected-" in path.name]
    there = [path.read_text() for path in (*(root / name for name in FILES), *kept)]
    for line in person.wrote:
        assert any(line in text for text in there), (line, there)
    for path in kept:
        assert str(path) in told, (path, told)
        assert "# mine" in path.read_text(), "nobody wrote that"
    assert not list(root.rglob("*.hubctl.tmp"))
