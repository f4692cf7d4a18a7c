"""Which containers come from a hub's folder, by the labels of Compose of every age."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl.adapters.docker.projects import Member
from hubctl.core.compose.layout import Layout
from hubctl.errors import NotOwned
from hubctl.runtimes.compose.origin import Origin
from tests.real_servers import missing


def hub(root: Path, *names: str) -> Origin:
    """The origin of a hub with these compose files."""
    root.mkdir(exist_ok=True)
    files = tuple(root / name for name in names or ("compose.yml",))
    for file in files:
        file.touch()
    layout = Layout(root, files, None, services=(), notes=(), variables={}, data={})
    return Origin(layout, ())


def labels(folder: Path | None, files: str | None) -> dict[str, str]:
    told = {"working_dir": folder and str(folder), "config_files": files}
    return {f"com.docker.compose.project.{name}": value for name, value in told.items() if value}


def member(folder: Path | None, files: str | None) -> Member:
    return Member("p-x-1", "p", "x", folder, labels(folder, files), frozenset(), is_one_off=False, is_running=True)


def test_a_container_is_told_by_folder_and_file(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    origin = hub(root, "compose.yml", "more.yml")
    (root / "another.yml").touch()
    (tmp_path / "link").symlink_to(root)
    for folder, files, expected in [
        (root, f"{root}/compose.yml", True),
        (root, f"{root}/another.yml,{root}/more.yml", True),
        (root, "compose.yml", True),  # Compose 1.29
        (tmp_path / "link", f"{tmp_path}/link/compose.yml", True),
        (root, f"{root}/gone.yml", True),  # the file has another name now
        (root, None, True),  # a Compose that did not say which
        (root, f"{root}/another.yml", False),  # another hub in the same folder
        (tmp_path, f"{root}/compose.yml", False),
        (tmp_path / "gone", f"{tmp_path}/gone/compose.yml", False),
        (None, None, False),
    ]:
        assert origin.holds(labels(folder, files)) is expected, (folder, files)


def test_another_project_directory_is_told(tmp_path: Path) -> None:
    root = tmp_path / "deploy"
    origin = hub(root)
    fine = [(root, f"{root}/compose.yml"), (tmp_path, f"{tmp_path}/base.yml,{root}/compose.yml"), (None, None)]
    origin.refuse_misplaced([member(*each) for each in fine])
    with pytest.raises(NotOwned, match=f"another project directory: 1 container made from {tmp_path}, as .* project p"):
        origin.refuse_misplaced([member(tmp_path, f"{root}/compose.yml")])


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A second place of the hub's folder."""
    place = tmp_path / "mounted"
    place.mkdir()
    (tmp_path / "hub").mkdir()
    if subprocess.run(["mount", "--bind", tmp_path / "hub", place], capture_output=True, check=False).returncode:
        missing("a user who may mount", "run as root")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.process
def test_a_folder_that_is_mounted_in_two_places_is_one(tmp_path: Path, mounted: Path) -> None:
    hub(tmp_path / "hub")
    assert hub(mounted).holds(labels(tmp_path / "hub", f"{tmp_path}/hub/compose.yml"))
