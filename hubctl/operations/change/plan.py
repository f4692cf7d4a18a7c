"""A change that was thought through and not made yet, and how it is shown: as diffs without secrets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hubctl.adapters.files import replacing
from hubctl.adapters.state.receipts import Write
from hubctl.core.providers import catalog
from hubctl.core.text import diff


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a change, as a unified diff in which secrets are masked."""

    path: Path
    diff: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A change that was thought through and not yet made. `command` is what was asked, without any secret."""

    command: str
    writes: tuple[Write, ...]
    notes: tuple[str, ...] = ()
    # The variables whose new values may be shown masked in the diff; all other values are hidden.
    shown: frozenset[str] = frozenset()
    # Why what runs need not read the files; null when it has to.
    unread: str | None = None
    enabled: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[FileChange, ...]:
        """What it does to each file, secrets masked."""
        return tuple(FileChange(write.path, _diff(write, self.shown)) for write in self.writes)

    def naming_links(self) -> "Plan":
        """Add notes on the names of its files that will go on to lead to the old bytes."""
        notes = (
            f"{write.path} has {links} hard links: it becomes a file of its own, and the other names keep the old bytes"
            for write in self.writes
            if (links := replacing.hard_links(write.path)) > 1
        )
        return replace(self, notes=(*self.notes, *notes))


def _diff(write: Write, shown: frozenset[str]) -> str:
    before, after = write.before.decode("utf-8", "replace"), write.after.decode("utf-8", "replace")
    if write.kind == "config":
        mask = diff.config_lines(catalog.scrub)
        return diff.unified(before, after, mask, mask)
    return diff.unified(before, after, diff.env_lines(_hidden), diff.env_lines(_masker(shown)))


def _hidden(_name: str, _value: str) -> str:
    return diff.HIDDEN


def _masker(shown: frozenset[str]) -> Callable[[str, str], str]:
    return lambda name, value: catalog.masked(value, catalog.looks_like(value)) if name in shown else diff.HIDDEN
