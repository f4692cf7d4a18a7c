"""The record of smoke tests in the hub's state folder, readable for its user alone."""

from collections.abc import Mapping
from pathlib import Path

from hubctl.adapters.files import disk
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


def save(state_folder: Path, verdicts: Mapping[str, Verdict]) -> None:
    """Replace the record, whole or not at all. Raises BadFile."""
    disk.write_private(state_folder / NAME, smoke_record.write(verdicts).encode())
