"""Links in a hub's folder: those that lead into another hub write nothing there, all others are the operator's."""

import shutil
from pathlib import Path

import pytest

from hubctl.adapters.state.identity import IdentityNote
from hubctl.core.compose import identity
from hubctl.operations.stack.init import init
from tests.conftest import Run
from tests.fakes import FakeRuntime, well

CONFIG, ENV = "conf/litellm/litellm_config.yaml", "env/litellm.env"
DISABLE = ("models", "disable", "llama3.2:3b", "--no-restart", "--json")
SET_KEY = ("provider", "set-key", "openai", "--stdin", "--force", "--no-restart", "--json")
SOURCE = f"source: ./{CONFIG}"  # in compose.local.yml
KEY = "sk-a-key-of-openai-0123456789"
CHANGING: dict[str, list[tuple[str, ...]]] = {
    CONFIG: [DISABLE, (*DISABLE, "--dry-run")],
    "conf": [DISABLE],
    ENV: [SET_KEY],
    ".hubctl": [DISABLE, SET_KEY, ("undo", "--json"), ("init", "--json"), ("down", "--json"), ("status", "--json")],
}


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another hub, which has run."""
    root = init(tmp_path / "other").root
    IdentityNote(root).write(identity.fresh(root))
    return root


def linked(root: Path, name: str, target: Path) -> None:
    """Put a link in the place of what a hub has under a name."""
    place = root / name
    shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    place.symlink_to(target)


def snapshot(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", CHANGING)
def test_nothing_is_written_into_another_hub_through_a_link(run: Run, hub_folder: Path, other: Path, name: str) -> None:
    linked(hub_folder, name, other / name)
    before = snapshot(other)
    for words in CHANGING[name]:
        runtime = None if words[0] == "init" else FakeRuntime([[well()]])
        done = run(*words, runtime=runtime, stdin=KEY)
        error = done.document["error"]
        assert (done.exit_code, error["code"]) == (4, "not_owned"), done
        assert f"{hub_folder / name}" in error["message"]
        assert f"leads into another hub, {other}" in error["message"]
        assert snapshot(other) == before


@pytest.mark.parametrize("name", [CONFIG, ENV, "conf", ".hubctl"])
@pytest.mark.parametrize("place", ["dotfiles", "hub/kept", "other/kept"])
def test_a_link_that_leads_into_no_other_hub_is_followed(
    run: Run, hub_folder: Path, other: Path, name: str, place: str
) -> None:
    """What is kept elsewhere, or elsewhere in the same hub, is this hub's; a hub that never ran is not known as one."""
    if place.startswith("other"):
        (other / ".hubctl/hub.json").unlink()
    kept = hub_folder.parent / place / Path(name).name
    kept.parent.mkdir(exist_ok=True)
    (hub_folder / name).rename(kept)
    (hub_folder / name).symlink_to(kept)
    for words in (DISABLE, SET_KEY, ("undo", "--no-restart", "--json")):
        done = run(*words, runtime=FakeRuntime([[well()]]), stdin=KEY)
        assert done.exit_code == 0, done
    assert (hub_folder / name).is_symlink()


def test_a_hub_in_a_folder_that_is_a_link_is_that_hub(
    run: Run, hub_folder: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = hub_folder.with_name("link")
    link.symlink_to(other)
    monkeypatch.chdir(hub_folder.parent)
    assert run(*DISABLE, "--hub", f"{link}").exit_code == 0
    assert run("undo", "--no-restart", "--json", "--hub", f"{other}").exit_code == 0


def test_a_file_of_another_hub_that_the_compose_file_names_itself_is_the_operators_word(
    run: Run, hub_folder: Path, other: Path
) -> None:
    file = hub_folder / "compose.local.yml"
    file.write_text(file.read_text().replace(SOURCE, f"source: ../other/{CONFIG}"))
    (changed,) = run(*DISABLE, runtime=FakeRuntime([[well()]])).data["change"]["files"]
    assert Path(changed["path"]).resolve() == other / CONFIG


def test_a_hub_inside_another_ones_folder_is_not_written_through_a_link_either(run: Run, hub_folder: Path) -> None:
    inner = init(hub_folder / "inner").root
    IdentityNote(inner).write(identity.fresh(inner))
    linked(hub_folder, CONFIG, inner / CONFIG)
    before = snapshot(inner)
    assert run(*DISABLE, runtime=FakeRuntime([[well()]])).document["error"]["code"] == "not_owned"
    assert snapshot(inner) == before


def test_a_copy_does_not_change_what_its_compose_file_names_of_the_original(
    run: Run, hub_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = hub_folder / "compose.local.yml"
    file.write_text(file.read_text().replace(SOURCE, f"source: {hub_folder}/{CONFIG}"))
    IdentityNote(hub_folder).write(identity.fresh(hub_folder))
    copy = hub_folder.with_name("copy")
    shutil.copytree(hub_folder, copy)
    before = snapshot(hub_folder)
    monkeypatch.chdir(copy)
    error = run(*DISABLE, runtime=FakeRuntime([[well()]])).document["error"]
    assert error["message"] == f"{hub_folder}/{CONFIG} leads into another hub, {hub_folder}"
    assert snapshot(hub_folder) == before
