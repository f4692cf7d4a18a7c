"""`hubctl config check --fix` as a process: what it writes, what it leaves, and `undo`."""

from pathlib import Path

import pytest

from tests.processes import hubctl

pytestmark = pytest.mark.process

MODEL = "      api_base: os.environ/OLLAMA_BASE_URL\n"


def _hub(folder: Path) -> Path:
    hubctl("init", "hub", cwd=folder)
    config = folder / "hub/conf/litellm/litellm_config.yaml"
    config.write_text(config.read_text().replace(MODEL, "      api_base: ${OLLAMA_BASE_URL}\n", 1))
    return config


def test_what_is_fixed_is_clean_and_undo_gives_the_bytes_back(tmp_path: Path) -> None:
    config = _hub(tmp_path)
    hub, before = tmp_path / "hub", config.read_bytes()
    assert hubctl("config", "check", "--json", cwd=hub).data["errors"] == 1
    done = hubctl("config", "check", "--fix", "--no-restart", "--json", cwd=hub)
    assert done.code == 0, done.out
    (file,) = done.data["change"]["files"]
    changed = [line for line in file["diff"].splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
    assert len(changed) == 2
    assert hubctl("config", "check", "--strict", cwd=hub).code == 0
    assert hubctl("undo", "--no-restart", cwd=hub).code == 0
    assert config.read_bytes() == before


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    config = _hub(tmp_path)
    before = config.read_bytes()
    done = hubctl("config", "check", "--fix", "--dry-run", "--json", cwd=tmp_path / "hub")
    assert (done.code, len(done.data["change"]["files"])) == (0, 1)
    assert config.read_bytes() == before


def test_lone_files_are_fixed_in_place_and_what_is_left_is_said(tmp_path: Path) -> None:
    config, env = tmp_path / "litellm.yaml", tmp_path / "my.env"
    config.write_text("model_list: []\nbogus: 1\nlitellm_settings:\n  success_callback: langfuse\n")
    env.write_text("KEY: v\n")
    done = hubctl("config", "check", "--fix", "litellm.yaml", "my.env", "--json", cwd=tmp_path)
    assert done.code == 0, done.out
    assert config.read_text() == "model_list: []\nbogus: 1\nlitellm_settings:\n  success_callback: [langfuse]\n"
    assert env.read_text() == "KEY=v\n"
    assert any("left to you" in note for note in done.data["notes"])
    assert hubctl("config", "check", "--fix", "litellm.yaml", "--json", cwd=tmp_path).data["change"]["files"] == []


def test_a_named_file_of_the_hub_can_be_taken_back_too(tmp_path: Path) -> None:
    config = _hub(tmp_path)
    before = config.read_bytes()
    done = hubctl("config", "check", "--fix", str(config.relative_to(tmp_path / "hub")), "--json", cwd=tmp_path / "hub")
    assert (done.code, done.data["change"]["effect"]) == (0, "unchanged"), done.out
    assert config.read_bytes() != before
    assert hubctl("undo", "--no-restart", cwd=tmp_path / "hub").code == 0
    assert config.read_bytes() == before


def test_of_files_without_a_hub_it_is_said_that_there_is_no_way_back(tmp_path: Path) -> None:
    _hub(tmp_path)
    (tmp_path / "hub/other.env").write_text("KEY: v\n")
    done = hubctl("config", "check", "--fix", "other.env", "--json", cwd=tmp_path / "hub")
    assert (done.code, done.data["change"]["id"]) == (0, None)
    assert "cannot take this back" in done.data["change"]["reason"]
