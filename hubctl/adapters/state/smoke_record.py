"""The record of smoke tests in the hub's state folder, readable for its user alone."""

from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.adapters.state.lock import folder_lock
from hubctl.core.reports import smoke_record
from hubctl.core.reports.smoke_record import Verdict
from hubctl.errors import BadFile

NAME = "smoke.json"


def load(state_folder: Path) -> dict[str, Verdict]:
    """Read the last verdict of each model; nothing where there is no record that can be read."""
    try:
        return smoke_record.read(disk.read_text(state_folder / NAME))
    except BadFile:
        return {}


def add(state_folder: Path, verdicts: dict[str, Verdict]) -> None:
    """Put verdicts in place of those of the same models; runs that end at once lose nothing of each other's.

    Raises BadFile, and Busy where the folder stays locked.
    """
    disk.private_folder(state_folder)
    with folder_lock(state_folder, state_folder):
        disk.write_private(state_folder / NAME, smoke_record.write(load(state_folder) | verdicts).encode())
