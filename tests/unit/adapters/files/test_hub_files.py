"""Finding and reading a hub's files."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hubctl import errors
from hubctl.adapters.files import hub_files

GATEWAY = "services: {llm: {image: 'berriai/litellm:${TAG:-main}'}}\n"
OTHER = "services: {web: {image: nginx}}\n"


def hub(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({"compose.yml": GATEWAY, "docker-compose.yml": GATEWAY}, ["compose.yml"]),
        ({"compose.yaml": GATEWAY, "compose.override.yml": OTHER}, ["compose.yaml", "compose.override.yml"]),
        ({"compose.yaml": OTHER, "compose.local.yml": GATEWAY}, ["compose.local.yml"]),
        ({"compose.yaml": "a: [", "compose.local.yml": GATEWAY}, ["compose.local.yml"]),
        ({"compose.override.yaml": GATEWAY}, ["compose.override.yaml"]),
        ({"stack.yml": GATEWAY, "litellm_config.yaml": "model_list: []", "x.yaml": "services: ["}, ["stack.yml"]),
        ({"compose.gpu.yml": OTHER, "stack.yml": GATEWAY}, ["stack.yml"]),
    ],
)
def test_the_first_files_with_a_gateway_are_the_hub(tmp_path: Path, files: dict[str, str], chosen: list[str]) -> None:
    found = hub_files.load(hub(tmp_path, files), {})
    assert (found.root, [file.name for file in found.files]) == (tmp_path, chosen)


def test_an_override_is_merged(tmp_path: Path) -> None:
    override = "services: {llm: {ports: !override ['4001:4000']}}"
    base = "services: {llm: {image: litellm, ports: ['4000:4000']}}"
    found = hub_files.load(hub(tmp_path, {"compose.yaml": base, "compose.override.yaml": override}), {})
    assert [port.host for port in found.service("gateway").ports] == [4001]


def test_a_file_passed_over_is_noted(tmp_path: Path) -> None:
    found = hub_files.load(hub(tmp_path, {"compose.yaml": "a: [", "compose.local.yml": GATEWAY}), {})
    assert any("compose.yaml, line 1" in note.message for note in found.notes)


def test_compose_file_names_the_files(tmp_path: Path) -> None:
    hub(tmp_path, {"compose.yaml": OTHER, "a.yml": GATEWAY, "b.yml": "services: {llm: {image: litellm:b}}"})
    found = hub_files.load(tmp_path, {"COMPOSE_FILE": f"a.yml{os.pathsep}b.yml"})
    assert found.service("gateway").image == "litellm:b"


def test_compose_file_may_stand_in_dotenv_with_its_own_separator(tmp_path: Path) -> None:
    hub(tmp_path, {".env": "COMPOSE_FILE=a.yml,b.yml\nCOMPOSE_PATH_SEPARATOR=,\n", "a.yml": GATEWAY, "b.yml": OTHER})
    assert [file.name for file in hub_files.load(tmp_path, {}).files] == ["a.yml", "b.yml"]


def test_several_other_files_with_a_gateway_have_to_be_chosen_from(tmp_path: Path) -> None:
    hub(tmp_path, {"compose.a.yml": GATEWAY, "compose.b.yml": GATEWAY})
    with pytest.raises(errors.AmbiguousService, match=r"compose\.a\.yml, compose\.b\.yml") as caught:
        hub_files.load(tmp_path, {})
    assert "--hub FILE" in (caught.value.hint or "")
    assert hub_files.load(tmp_path / "compose.b.yml", {}).files == (tmp_path / "compose.b.yml",)


def test_the_environment_wins_over_dotenv(tmp_path: Path) -> None:
    hub(tmp_path, {"compose.yaml": GATEWAY, ".env": "TAG=dotenv\n"})
    assert hub_files.load(tmp_path, {}).service("gateway").image == "berriai/litellm:dotenv"
    assert hub_files.load(tmp_path, {"TAG": "shell"}).service("gateway").image == "berriai/litellm:shell"


def test_a_broken_dotenv_is_a_note_without_its_values(tmp_path: Path) -> None:
    found = hub_files.load(hub(tmp_path, {"compose.yaml": GATEWAY, ".env": "A=1\nB='sk-secret\n"}), {})
    assert [(note.file.name, note.line) for note in found.notes] == [(".env", 2)]
    assert "secret" not in found.notes[0].message


def test_a_dotenv_that_is_a_folder_is_a_note(tmp_path: Path) -> None:
    hub(tmp_path, {"compose.yaml": GATEWAY})
    (tmp_path / ".env").mkdir()
    assert len(hub_files.load(tmp_path, {}).notes) == 1


def test_compose_is_asked_for_include_and_extends_only(tmp_path: Path) -> None:
    asked: list[tuple[Path, ...]] = []

    def view(files: tuple[Path, ...]) -> dict[str, object]:
        asked.append(files)
        return {"name": "folder", "services": {"seen": {"image": "litellm"}}}

    hub(tmp_path, {"compose.yaml": GATEWAY, "a.yml": "include: [b.yml]\n", "b.yml": "services: {a: {extends: b}}"})
    assert hub_files.load(tmp_path, {}, view).service("gateway").name == "llm"
    assert asked == []
    for name in ("a.yml", "b.yml"):
        found = hub_files.load(tmp_path / name, {}, view)
        assert (found.service("gateway").name, found.project) == ("seen", None)
    assert asked == [(tmp_path / "a.yml",), (tmp_path / "b.yml",)]


def test_without_composes_view_the_files_are_read_as_they_are(tmp_path: Path) -> None:
    def away(_files: tuple[Path, ...]) -> dict[str, object]:
        raise errors.ComposeFailed("Compose is not installed")

    hub(tmp_path, {"compose.yaml": "include: [x.yml]\n" + GATEWAY})
    for view, reason in ((None, "not asked"), (away, "not installed")):
        found = hub_files.load(tmp_path, {}, view)
        assert found.service("gateway").name == "llm"
        assert reason in found.notes[0].message


def test_no_gateway_names_what_is_there(tmp_path: Path) -> None:
    hub(tmp_path, {"compose.yaml": "services:\n  web: {image: nginx, deploy: *gone}\n", "compose.x.yml": "a: ["})
    with pytest.raises(errors.HubNotFound) as caught:
        hub_files.load(tmp_path, {})
    message = caught.value.message
    assert "compose.yaml has web" in message
    assert "compose.yaml, line 2" in message
    assert "compose.x.yml, line 1" in message
    assert "hubctl init" in (caught.value.hint or "")


def test_a_long_list_of_notes_is_cut(tmp_path: Path) -> None:
    hub(tmp_path, {"compose.yaml": f"services: {{a: {{image: '{''.join(f'${{V{n}}}' for n in range(50))}'}}}}"})
    with pytest.raises(errors.HubNotFound, match="and 45 more notes"):
        hub_files.load(tmp_path, {})


def test_an_empty_folder_has_no_compose_file(tmp_path: Path) -> None:
    with pytest.raises(errors.HubNotFound, match="no compose file"):
        hub_files.load(tmp_path, {})


def test_the_nearest_hub_upwards_is_found(tmp_path: Path) -> None:
    hub(tmp_path, {"compose.yaml": GATEWAY})
    inner = tmp_path / "app" / "src"
    inner.mkdir(parents=True)
    hub(tmp_path / "app", {"compose.yaml": OTHER, "values.yaml": "a: [\n"})
    found = hub_files.find(inner, {})
    assert found is not None
    assert found.root == tmp_path


def test_a_broken_compose_file_on_the_way_up_is_said(tmp_path: Path) -> None:
    hub(tmp_path, {"compose.yaml": GATEWAY})
    (tmp_path / "app").mkdir()
    hub(tmp_path / "app", {"compose.yaml": "a: ["})
    with pytest.raises(errors.BadFile, match=r"app/compose\.yaml, line 1"):
        hub_files.find(tmp_path / "app", {})


def test_no_hub_upwards_is_none(tmp_path: Path) -> None:
    assert hub_files.find(tmp_path, {}) is None


def _missing(file: Path) -> None:
    file.with_name("elsewhere").touch()


def _folder(file: Path) -> None:
    file.mkdir()


def _loop(file: Path) -> None:
    file.symlink_to(file)


def _fifo(file: Path) -> None:
    os.mkfifo(file)


def _latin(file: Path) -> None:
    file.write_bytes(b"a: 1\nb: \xe9\n")


def _huge(file: Path) -> None:
    file.write_bytes(b"#" * 10_000_000)


@pytest.mark.parametrize("make", [_missing, _folder, _loop, _fifo, _latin, _huge])
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, make: Callable[[Path], None]) -> None:
    file = tmp_path / "compose.yaml"
    make(file)
    with pytest.raises(errors.BadFile, match=r"compose\.yaml") as caught:
        hub_files.load(file if make is _missing else tmp_path, {})
    assert caught.value.hint
    assert "\n" not in caught.value.message
