"""The bytes of a config with which the gateway was last proved to run: what a failed restart goes back to."""

import shutil
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.errors import BadFile


class Proven:
    """Copies in `.hubctl/proven/`, one for each config, by its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, config: Path, content: bytes) -> None:
        """Remember the bytes of a config that just proved itself. Raises BadFile."""
        if self.of(config) != content:
            disk.private_folder(self._folder)
            disk.write_private(self._folder / config.name, content)

    def forget(self) -> None:
        """Delete all copies: a config may hold a key in clear text."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def of(self, config: Path) -> bytes | None:
        """Give the bytes that were proved last; null where none were."""
        try:
            return disk.read_bytes(self._folder / config.name)
        except BadFile:
            return None
