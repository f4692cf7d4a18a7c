"""The note in `.hubctl/hub.json` that says which hub this is, and what it tells where folders were copied or moved."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.core.compose import identity
from hubctl.core.compose.identity import Identity, Standing
from hubctl.errors import BadFile

FOLDER = ".hubctl"
_NAME = "hub.json"


class IdentityNote:
    """The note of the hub in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.file = root / FOLDER / _NAME

    def read(self) -> Identity | None:
        """Give what is noted; null where nothing is, or nothing that can be read."""
        with suppress(BadFile, ValueError, KeyError, TypeError, AttributeError):
            return identity.parse(disk.read_text(self.file))
        return None

    def write(self, noted: Identity) -> None:
        """Note it. Raises BadFile."""
        disk.private_folder(self.file.parent)
        disk.write_private(self.file, identity.dump(noted).encode())

    def standing(self, noted: Identity | None, files: Sequence[Path]) -> Standing:
        """Tell whether this folder is the one that was noted, a copy of it, or the same under another name.

        `files` are the hub's compose files: where they lie in the noted folder too, that one is a hub still.
        """
        if noted is None:
            return "unknown"
        try:
            if noted.root.samefile(self._root):
                return "home"
            there = IdentityNote(noted.root).read()
            is_there = there.id == noted.id if there else any((noted.root / each.name).stat() for each in files)
        except (FileNotFoundError, NotADirectoryError):
            return "moved"
        except OSError:
            return "copied"  # another user's folder: nobody can say that it is gone
        return "copied" if is_there else "moved"
