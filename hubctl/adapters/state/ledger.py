"""Whose turn it is to change files: a hub's lock and receipts, or a lock on each of some lone files."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.adapters.state.lock import file_lock, holder_of, hub_lock
from hubctl.adapters.state.receipts import Receipts
from hubctl.core.change.receipt import Receipt
from hubctl.core.providers import catalog


class Ledger:
    """The lock and the receipts of one hub. Of lone files (`state_folder` is null) there are no receipts."""

    def __init__(
        self, state_folder: Path | None, touched: Sequence[Path], mask: Callable[[str], str] = catalog.scrub
    ) -> None:
        self._state_folder = state_folder
        self._touched = tuple(dict.fromkeys(touched))
        self._mask = mask
        self.receipts = Receipts(state_folder / "receipts", mask) if state_folder else None

    @contextmanager
    def turn(self, doing: str) -> Iterator[None]:
        """Hold the lock, and clear away what a killed run left beside the files. Raises Busy, BadFile."""
        with ExitStack() as held:
            if self._state_folder is None:
                for file in sorted(self._touched):
                    held.enter_context(file_lock(file))
            else:
                disk.private_folder(self._state_folder)
                held.enter_context(hub_lock(self._state_folder / "lock", self._mask(doing)))
            for file in self._touched:
                disk.leftover(file).unlink(missing_ok=True)
            if self.receipts is not None:
                self.receipts.prune()
            yield

    def holder(self) -> str | None:
        """Say who is changing this hub at this moment; null when nobody is."""
        return holder_of(self._state_folder / "lock") if self._state_folder else None

    def half_done(self) -> Receipt | None:
        """Give the change that was begun and neither finished nor taken back, if there is one."""
        open_ones = [each for each in self.receipts.all() if each.state == "open"] if self.receipts else []
        return open_ones[-1] if open_ones else None
