"""Whose turn it is to change files: a hub's lock and receipts, or a lock on the folder of each of some lone files."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from hubctl.adapters.files import disk, faults, replacing
from hubctl.adapters.state import links
from hubctl.adapters.state.lock import folder_lock, holder_of, hub_lock
from hubctl.adapters.state.receipts import Receipts
from hubctl.core.change.receipt import Receipt, fingerprint
from hubctl.core.providers import catalog
from hubctl.errors import BadFile

_STALE_S = 3600.0


class Ledger:
    """The lock and the receipts of one hub. Of lone files (`state_folder` is null) there are no receipts.

    `touched` are the files that a change may be about; none for what only starts and stops services. `mask` hides the
    hub's secrets in what is written down.
    """

    def __init__(
        self, state_folder: Path | None, touched: Sequence[Path] = (), mask: Callable[[str], str] = catalog.scrub
    ) -> None:
        self._state_folder = state_folder
        self.touched = tuple(dict.fromkeys(touched))
        self._mask = mask
        self.receipts = Receipts(state_folder / "receipts", self.touched, mask) if state_folder else None

    @contextmanager
    def turn(self, doing: str) -> Iterator[tuple[str, ...]]:
        """Hold the lock, and clear away what a killed run left beside the files. Raises Busy, BadFile, NotOwned.

        Gives notes on what was found there that hubctl did not write.
        """
        if self._state_folder:
            links.own(self._state_folder, self._state_folder.parent)
        with ExitStack() as held:
            if self._state_folder is None:
                for folder, file in self._by_folder():
                    held.enter_context(folder_lock(folder, file))
            elif not self.touched and _is_read_only(root := self._state_folder.parent):
                held.enter_context(folder_lock(root, root))  # services can be started and stopped all the same
            else:
                disk.private_folder(self._state_folder)
                if found := self.hindrance():
                    raise found
                held.enter_context(hub_lock(self._state_folder / "lock", self._mask(doing)))
            notes = tuple(self._tidied())
            if self.receipts is not None:
                self.receipts.prune()
            yield notes

    def refuse_anothers(self, files: Iterable[Path]) -> None:
        """Raise NotOwned where one of the hub's files leads into another hub. Lone files are those that were meant."""
        if self._state_folder:
            for file in files:
                links.own(file, self._state_folder.parent)

    def _by_folder(self) -> list[tuple[Path, Path]]:
        """Give each folder with one of its files, always in the same order, so that nobody waits for who waits."""
        return sorted({Path(os.path.realpath(file)).parent: file for file in self.touched}.items())

    def _tidied(self) -> Iterator[str]:
        if self._state_folder:
            _clear_away(self._state_folder)
        open_one = self.half_done()
        known = {each for file in open_one.files for each in (file.before, file.after)} if open_one else set()
        for file in self.touched:
            if kept := replacing.tidy(file, lambda found: fingerprint(found) in known):
                yield f"a run that was killed left {kept}: it is what {file} held then, or was to hold"

    def hindrance(self) -> BadFile | None:
        """Say what of hubctl's own folders cannot be used by this user, and how it can be; null where all can."""
        own = [self._state_folder] if self._state_folder else []
        folders = [*own, *(self.receipts.folders() if self.receipts else ())]
        return next((found for folder in folders if (found := faults.hindrance(folder))), None)

    def holder(self) -> str | None:
        """Say who is changing this hub at this moment; null when nobody is."""
        return holder_of(self._state_folder / "lock") if self._state_folder else None

    def half_done(self) -> Receipt | None:
        """Give the change that was begun and neither finished nor taken back, if there is one."""
        open_ones = [each for each in self.receipts.all() if each.state == "open"] if self.receipts else []
        return open_ones[-1] if open_ones else None


def _clear_away(state_folder: Path) -> None:
    """Remove what killed runs left. Who writes without this lock may be at it: only receipts are nobody's for sure."""
    stale = time.time() - _STALE_S
    for left in state_folder.rglob("*.hubctl.tmp"):
        with suppress(OSError):
            if left.is_relative_to(state_folder / "receipts") or left.stat().st_mtime < stale:
                left.unlink()


def _is_read_only(folder: Path) -> bool:
    with suppress(OSError):
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    return False
