"""Stops a real hubctl by a signal at a random moment, and counts what that left: files, processes, words."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.gateway.embedded_hub import eventually
from tests.processes import Finished
from tests.real_hub import Files, RealHub

EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
NUMBERS = (*EXIT_CODES, signal.SIGKILL)
KEY = "sk-ant-stopping0123456789WXYZ"


@dataclass(frozen=True)
class Deed:
    """A command that changes something. `begin` brings the hub where it has something to do."""

    words: tuple[str, ...]
    begin: Callable[[RealHub], None]

    def __str__(self) -> str:
        return " ".join(self.words[:2])


@dataclass(frozen=True)
class Sweep:
    """Stops one command again and again. `left` lists containers or processes that only that command started.

    `mend` brings a hub back up whose hubctl was killed.
    """

    hub: RealHub
    deed: Deed
    left: Callable[[RealHub], list[str]]
    mend: Callable[[RealHub], None]

    def from_clean_to_clean(self, times: int) -> Counter[str]:
        """Do it on a hub without leftovers, which has none afterwards either."""
        clean(self.hub)
        ends = self.run(times)
        clean(self.hub)
        assert self.left(self.hub) == []
        return ends

    def run(self, times: int) -> Counter[str]:
        """Stop it so many times, by each signal in turn; returns how often it ended in which way."""
        chance, pristine = random.Random(" ".join(self.deed.words)), Files.of(self.hub)
        self.deed.begin(self.hub)
        old, began = Files.of(self.hub), time.monotonic()
        whole = self.hub.begin(*self.deed.words)
        out, err = whole.communicate(KEY, timeout=300)
        assert whole.returncode in {0, 1}, out + err  # 1: verify has something to tell
        takes_s, new = time.monotonic() - began, Files.of(self.hub)
        ends: Counter[str] = Counter()
        numbers = chance.sample(NUMBERS, k=len(NUMBERS))
        for each in range(times):
            self.mend(self.hub)
            pristine.put_back(self.hub)
            self.deed.begin(self.hub)
            number = numbers[each % len(numbers)]
            ended = self._stopped(number, chance.uniform(0.3, takes_s))
            assert Files.of(self.hub).env in {old.env, new.env}
            assert Files.of(self.hub).config in {old.config, new.config}
            ends[self._killed() if number == signal.SIGKILL else self._interrupted(number, ended, old, new)] += 1
        self.mend(self.hub)
        pristine.put_back(self.hub)
        return ends

    def _stopped(self, number: signal.Signals, after_s: float) -> Finished:
        process = self.hub.begin(*self.deed.words)
        assert process.stdin is not None
        process.stdin.write(KEY)
        process.stdin.close()
        process.stdin = None
        time.sleep(after_s)
        if process.poll() is None:
            process.send_signal(number)
        out, err = process.communicate(timeout=300)
        return Finished(process.returncode, out, err)

    def _interrupted(self, number: signal.Signals, ended: Finished, old: Files, new: Files) -> str:
        """See that nothing is left, and that one line says where the hub stands."""
        assert "Traceback" not in ended.err
        eventually(lambda: working(self.hub) == [], within_s=2)
        assert (temporary(self.hub), self.left(self.hub)) == ([], [])
        notes = self.hub.hubctl("status", "--json").data["notes"]
        assert not [note for note in notes if "half way" in note or "was killed" in note], (ended, notes)
        if ended.code not in {EXIT_CODES[number], -number}:
            return f"it ended first, exit {ended.code}"
        if ended.code < 0 or not ended.err:  # while Python loaded, or ended after all was said
            assert Files.of(self.hub) == (new if ended.out else old)
            return "nothing said"
        (line,) = ended.err.splitlines()
        assert line.startswith("interrupted: "), ended.err
        assert Files.of(self.hub) == (new if " is complete" in line or " is undone" in line else old)
        return line

    def _killed(self) -> str:
        """See that what is left is told."""
        eventually(lambda: working(self.hub) == [])  # a `docker compose` ends by itself
        left = self.left(self.hub)
        notes = " ".join(self.hub.hubctl("status", "--json").data["notes"])
        assert all(each in notes for each in left), notes
        if "half way" in notes:
            undone = self.hub.hubctl("undo", "--json", timeout_s=300)
            assert undone.code == 0, undone.out
        return f"killed: {'half done' if 'half way' in notes else 'whole'}, {len(left)} left"


def clean(hub: RealHub) -> None:
    """See that nothing of an earlier run is there."""
    assert (working(hub), temporary(hub)) == ([], [])


def working(hub: RealHub) -> list[str]:
    """The processes, other than a gateway, that work on this hub."""
    return [line for line in _commands() if str(hub.root) in line and f"{hub.root}/.hubctl/" not in line]


def temporary(hub: RealHub) -> list[Path]:
    """The temporary files in the hub's folder."""
    return [path for path in hub.root.rglob(".*.tmp") if path.is_file()]


def processes_of_second(hub: RealHub) -> list[str]:
    """The folder of a second gateway, where a process of it runs or files of it are."""
    folder = f"{hub.root}/.hubctl/second"
    return [folder] if Path(folder).exists() or any(folder in line for line in _commands()) else []


def _commands() -> Iterator[str]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if int(folder.name) != os.getpid():
            yield line
