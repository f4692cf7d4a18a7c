"""The notes of starts: made, or told of where they cannot be."""

from pathlib import Path

from hubctl.adapters.files import hub_files
from hubctl.runtimes.compose.starts import StartNotes


def test_a_note_that_cannot_be_written_is_told_with_what_to_do(hub_folder: Path, tmp_path: Path) -> None:
    layout = hub_files.load(hub_folder, {})
    whole, broken = StartNotes(hub_folder / ".hubctl", layout), StartNotes(Path("/proc"), layout)
    for each in (whole, broken):
        with each.noting(list):
            pass
    assert whole.unwritten == ()
    (told,) = broken.unwritten
    assert told.startswith("hubctl cannot remember which config this start read: /proc/")
