"""What is remembered of the last start of a hub's embedded gateway: one JSON file in the hub's state folder."""

import os
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.core.gateway import embedded_run
from hubctl.core.gateway.embedded_run import Run
from hubctl.errors import BadFile

FOLDER = "embedded"  # in the state folder of a hub


def is_embedded(state_folder: Path) -> bool:
    """Whether the hub of this state folder runs embedded, or did when it last ran."""
    return LastRun(state_folder / FOLDER).is_known


class LastRun:
    """The memory of the gateway whose state is kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "gateway.json"

    @property
    def is_known(self) -> bool:
        """Whether it was ever started, and not forgotten since."""
        return os.path.exists(self._file)  # noqa: PTH110 - raises nothing where another user's folder hides it

    def read(self) -> Run | None:
        """Read what the last start left. Raises BadFile when that is damaged."""
        try:
            return embedded_run.parse(self._file.read_text())
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise BadFile(f"{self._file} is damaged", hint="delete it and run `hubctl up --embedded`") from error

    def write(self, run: Run) -> None:
        """Remember a start; the folder is there."""
        disk.write_private(self._file, embedded_run.dump(run).encode())

    def forget(self) -> None:
        """Remove the memory."""
        self._file.unlink(missing_ok=True)
