"""Edits in the making: each file is read once, edited as text as often as needed, and written by a change."""

from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.adapters.state.receipts import Write
from hubctl.core.change.receipt import FileKind

SECRET_MODE = 0o600


class Draft:
    """The files of one change, as they are and as they are to be."""

    def __init__(self) -> None:
        self._before: dict[Path, str] = {}
        self._after: dict[Path, str] = {}
        self._kinds: dict[Path, FileKind] = {}

    def text(self, path: Path) -> str:
        """Give a file's text as the draft has it now. Raises BadFile."""
        if path not in self._after:
            self._before[path] = self._after[path] = disk.read_text(path)
        return self._after[path]

    def before(self, path: Path) -> str:
        """Give the text of a file that the draft has read, as it was then."""
        return self._before[path]

    def put(self, path: Path, kind: FileKind, text: str) -> None:
        """Give a file that the draft has read another text."""
        self._after[path] = text
        self._kinds[path] = kind

    def writes(self) -> tuple[Write, ...]:
        """Give what is to be written: files that differ. An env file holds keys, so it becomes its user's alone."""
        return tuple(
            Write(path, kind, before.encode(), after.encode(), SECRET_MODE if kind == "env" else None)
            for path, kind in self._kinds.items()
            if (before := self._before[path]) != (after := self._after[path])
        )
