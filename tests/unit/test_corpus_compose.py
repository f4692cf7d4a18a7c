"""Real compose files from the field: HUBCTL_CORPUS names the folder (compose files in it, or in its `compose/`)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl import errors
from hubctl.adapters.files import hub_files
from hubctl.core.compose.layout import Layout

CORPUS = os.environ.get("HUBCTL_CORPUS")

pytestmark = pytest.mark.skipif(not CORPUS, reason="HUBCTL_CORPUS names no folder with sample compose files")


def _files() -> Iterator[Path]:
    folder = Path(CORPUS or "/nonexistent")
    folder = folder / "compose" if (folder / "compose").is_dir() else folder
    yield from sorted(file for file in folder.iterdir() if file.suffix in (".yml", ".yaml"))


def _sample(file: Path) -> str:
    return file.name


def _loaded(file: Path) -> Layout | errors.HubError:
    try:
        return hub_files.load(file, {})
    except errors.HubError as error:
        return error


@pytest.mark.parametrize("file", list(_files()) if CORPUS else [], ids=_sample)
def test_a_file_from_the_field_gives_a_gateway_or_one_clear_error(file: Path) -> None:
    found = _loaded(file)
    if isinstance(found, Layout):
        assert found.with_role("gateway")
        assert all(service.name in file.read_text("utf-8") for service in found.services)
        return
    assert str(file) in found.message
    assert found.hint
    # An error is right only where no active line has LiteLLM's image, or when it says in which line reading ended.
    lines = (line.split("#", 1)[0] for line in file.read_text("utf-8", "replace").splitlines())
    assert ", line " in found.message or not any("image:" in line and "berriai/litellm" in line for line in lines)
