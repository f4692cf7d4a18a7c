"""Reports: written whole, refused before anything is spent."""

import os
import threading
from pathlib import Path

import pytest

from hubctl.adapters.files import reports
from hubctl.errors import BadFile


def test_a_report_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "r.xml"
    for text in ("first, and long", "second"):
        reports.write(path, text)
    assert path.read_text() == "second"
    assert [file.name for file in tmp_path.iterdir()] == ["r.xml"]


def test_what_cannot_be_encoded_is_replaced(tmp_path: Path) -> None:
    reports.write(tmp_path / "r.xml", "a\ud800")
    assert (tmp_path / "r.xml").read_text() == "a?"


def test_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a/b/r.xml"
    reports.prepare(path)
    reports.write(path, "x")
    assert path.read_text() == "x"


def test_preparing_leaves_an_older_report_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.xml"
    path.write_text("old")
    reports.prepare(path)
    assert path.read_text() == "old"


def test_a_folder_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="is a folder"):
        reports.prepare(tmp_path)


def test_a_report_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadFile, match="cannot be written"):
        reports.prepare(tmp_path / "file/r.xml")
    with pytest.raises(BadFile, match="cannot be written"):
        reports.write(tmp_path / "file/r.xml", "x")


def test_a_name_that_is_too_long_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be written: File name too long"):
        reports.prepare(tmp_path / f"{'x' * 300}.xml")


def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(path.read_text()))
    reader.start()
    reports.prepare(path)
    reports.write(path, "x")
    reader.join(5)
    assert read == ["x"]
    assert path.is_fifo()


def test_text_is_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    reports.append(path, "after\n")
    assert path.read_text() == "before\nafter\n"
    with pytest.raises(BadFile, match="cannot be written"):
        reports.append(tmp_path / "no/summary.md", "x")


def test_on_a_full_disk_the_way_out_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="/dev/full cannot be written: No space left on device") as caught:
        reports.write(Path("/dev/full"), "x")
    assert caught.value.hint == "make room on the disk of /dev, or name a file on another one"
