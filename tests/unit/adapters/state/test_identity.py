"""The note that says which hub a folder is: kept, read, and where the folder was copied or moved."""

import os
import shutil
from pathlib import Path

import pytest

from hubctl.adapters.state.identity import IdentityNote
from hubctl.core.compose.identity import Identity


def noted(root: Path, identity: str = "1") -> Identity:
    """Note a hub in a folder."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "compose.yml").write_text("services: {}\n")
    made = Identity(identity, root, "hub", (Path("/was/here"),), {"hub_data": "2026-01-01T00:00:00Z"})
    IdentityNote(root).write(made)
    return made


def standing(root: Path) -> str:
    note = IdentityNote(root)
    return note.standing(note.read(), [root / "compose.yml"])


def test_what_is_noted_is_read_again_and_is_its_users_alone(tmp_path: Path) -> None:
    made = noted(tmp_path)
    assert IdentityNote(tmp_path).read() == made
    assert (tmp_path / ".hubctl/hub.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / ".hubctl").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"id": "1"}', "\x00", '{"id":"1","root":"/","former":[],"volumes":[]}']
)
def test_a_damaged_note_says_nothing(tmp_path: Path, text: str) -> None:
    noted(tmp_path)
    (tmp_path / ".hubctl/hub.json").write_text(text)
    assert (IdentityNote(tmp_path).read(), standing(tmp_path)) == (None, "unknown")


def test_the_folder_itself_is_home_by_whatever_path(tmp_path: Path) -> None:
    noted(tmp_path / "hub")
    (tmp_path / "link").symlink_to(tmp_path / "hub")
    for path in (tmp_path / "hub", tmp_path / "link", tmp_path / "hub/../hub"):
        assert standing(path) == "home"
    assert standing(tmp_path) == "unknown"


def test_a_copy_is_one_while_the_original_is_there(tmp_path: Path) -> None:
    noted(tmp_path / "hub")
    shutil.copytree(tmp_path / "hub", tmp_path / "copy")
    assert (standing(tmp_path / "copy"), standing(tmp_path / "hub")) == ("copied", "home")
    shutil.rmtree(tmp_path / "hub/.hubctl")  # a hub is there all the same
    assert standing(tmp_path / "copy") == "copied"
    (tmp_path / "hub/compose.yml").unlink()
    assert standing(tmp_path / "copy") == "moved"


def test_another_hub_where_this_one_was_does_not_make_it_a_copy(tmp_path: Path) -> None:
    noted(tmp_path / "hub")
    (tmp_path / "hub").rename(tmp_path / "renamed")
    assert standing(tmp_path / "renamed") == "moved"
    noted(tmp_path / "hub", "2")
    assert standing(tmp_path / "renamed") == "moved"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_may_not_be_looked_into_counts_as_there(tmp_path: Path) -> None:
    noted(tmp_path / "locked/hub")
    shutil.copytree(tmp_path / "locked/hub", tmp_path / "copy")
    (tmp_path / "locked").chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o055)
    (tmp_path / "copy/.hubctl").chmod(0o755)
    (tmp_path / "copy/.hubctl/hub.json").chmod(0o644)
    os.seteuid(65534)
    try:
        assert standing(tmp_path / "copy") == "copied"
    finally:
        os.seteuid(0)
        (tmp_path / "locked").chmod(0o700)
