"""Making a hub: whole, twice, into what is there already, and where it cannot be made."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from hubctl.adapters.files import hub_files
from hubctl.adapters.state.identity import IdentityNote
from hubctl.core.compose.identity import Identity, fresh
from hubctl.core.models import model_list
from hubctl.core.text import env_text
from hubctl.errors import BadFile
from hubctl.operations.stack.init import GITIGNORE, PLACES, hub_files_folder, init

EXAMPLES = ["env/db", "env/litellm", "env/ollama", "env/openwebui", "env/redis"]
FILES = sorted(
    [
        ".env",
        ".env.example",
        ".gitignore",
        "compose.local.yml",
        "conf/litellm/litellm_config.yaml",
        *(f"{name}.env" for name in EXAMPLES),
        *(f"{name}.env.example" for name in EXAMPLES),
    ]
)
SECRETS = [(file, variable) for places in PLACES.values() for file, variable, _ in places]


def tree(root: Path) -> dict[str, bytes]:
    """Every file but hubctl's own lock, which says who held it last."""
    files = (path for path in root.rglob("*") if path.is_file() and path != root / ".hubctl/lock")
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def values(root: Path, file: str) -> dict[str, str]:
    return env_text.read((root / file).read_text(), {}).values()


def secret(root: Path, file: str, variable: str) -> str:
    """The secret at one of its places, without what stands around it."""
    value = values(root, file)[variable]
    (form,) = [form for places in PLACES.values() for f, v, form in places if (f, v) == (file, variable)]
    before, after = form.split("{}")
    return value.removeprefix(before).removesuffix(after)


def test_an_empty_folder_becomes_a_whole_hub(tmp_path: Path) -> None:
    made = init(tmp_path / "new" / "hub")
    assert sorted(tree(made.root)) == FILES
    assert (sorted(made.made), made.kept, made.notes, made.exit_code) == (FILES, (), (), 0)


def test_the_hub_is_found_with_all_its_roles_and_a_config_that_can_be_read(tmp_path: Path) -> None:
    root = init(tmp_path).root
    found = hub_files.load(root, {})
    assert {service.role for service in found.services} == {"gateway", "ui", "ollama", "cache", "database"}
    assert found.notes == ()
    config = root / "conf/litellm/litellm_config.yaml"
    listed = model_list.read(config.read_text(), config)
    assert [entry.name for entry in listed.active] == ["llama3.2:3b", "qwen2.5-coder:1.5b"]
    assert listed.aliases == {"llama3": "llama3.2:3b", "coder": "qwen2.5-coder:1.5b"}
    assert {"gpt-4", "gpt-3.5-turbo", "claude-3-sonnet", "gemini-pro"} <= {
        entry.name for entry in listed.entries if entry.state == "disabled"
    }


def test_the_second_time_nothing_changes(tmp_path: Path) -> None:
    init(tmp_path)
    before = tree(tmp_path)
    again = init(tmp_path)
    assert tree(tmp_path) == before
    assert (again.made, sorted(again.kept), again.notes) == ((), FILES, ())


@pytest.mark.parametrize("missing", FILES)
def test_a_missing_part_comes_back_with_the_secrets_that_the_others_hold(tmp_path: Path, missing: str) -> None:
    init(tmp_path)
    before = tree(tmp_path)
    (tmp_path / missing).unlink()
    again = init(tmp_path)
    assert (again.made, again.notes) == ((missing,), ())
    if missing == ".env":  # never started, so nobody knows its name yet
        assert before.pop(missing) != (tmp_path / missing).read_bytes()
    if missing == "env/openwebui.env":  # its session key is its own
        before.pop(missing)
        key, url = secret(tmp_path, missing, "OPENAI_API_KEYS"), secret(tmp_path, missing, "DATABASE_URL")
        assert key == secret(tmp_path, "env/litellm.env", "LITELLM_MASTER_KEY")
        assert url == secret(tmp_path, "env/db.env", "POSTGRES_PASSWORD")
    assert tree(tmp_path) | before == tree(tmp_path)


def test_each_hub_has_a_project_name_and_an_id_of_its_own_which_come_back(tmp_path: Path) -> None:
    hubs = [init(tmp_path / place / "My Hub!").root for place in ("a", "b")]
    first, second = (values(hub, ".env") for hub in hubs)
    assert re.fullmatch("myhub-[0-9a-f]{6}", first["COMPOSE_PROJECT_NAME"])
    assert re.fullmatch("[0-9a-f]{32}", first["HUB_ID"])
    assert first["COMPOSE_PROJECT_NAME"] != second["COMPOSE_PROJECT_NAME"]
    assert first["HUB_ID"] != second["HUB_ID"]
    noted = Identity(first["HUB_ID"], hubs[0], first["COMPOSE_PROJECT_NAME"])
    IdentityNote(hubs[0]).write(noted)
    (hubs[0] / ".env").unlink()
    init(hubs[0])
    assert values(hubs[0], ".env") == first


@pytest.mark.parametrize("name", ["...", "Ünï", "a" * 80, "-_x_-", "0"])
def test_a_project_name_is_one_that_docker_takes(tmp_path: Path, name: str) -> None:
    assert re.fullmatch("[a-z0-9][a-z0-9_-]{0,46}", fresh(tmp_path / name).project)


@pytest.mark.parametrize("name", FILES)
def test_env_files_are_the_owners_alone_and_the_rest_can_be_read(tmp_path: Path, name: str) -> None:
    previous = os.umask(0)
    try:
        init(tmp_path)
    finally:
        os.umask(previous)
    secret_file = name.startswith("env/") and name.endswith(".env")
    assert (tmp_path / name).stat().st_mode & 0o777 == (0o600 if secret_file else 0o644)


def test_the_modes_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    previous = os.umask(0o077)
    try:
        init(tmp_path)
    finally:
        os.umask(previous)
    assert (tmp_path / "compose.local.yml").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(("file", "variable"), SECRETS)
def test_every_secret_is_empty_in_its_committed_example_and_filled_in_the_hub(
    tmp_path: Path, file: str, variable: str
) -> None:
    assert values(hub_files_folder(), f"{file}.example")[variable] == ""
    init(tmp_path)
    assert re.fullmatch(r"(sk-)?[0-9a-f]{64}", secret(tmp_path, file, variable))


def test_the_places_of_one_secret_hold_the_same_and_different_secrets_differ(tmp_path: Path) -> None:
    init(tmp_path)
    held = [{secret(tmp_path, file, variable) for file, variable, _ in places} for places in PLACES.values()]
    assert [len(secrets) for secrets in held] == [1, 1, 1, 1]
    assert len(set.union(*held)) == 4


def test_no_secret_of_one_hub_is_one_of_another(tmp_path: Path) -> None:
    one, two = init(tmp_path / "one").root, init(tmp_path / "two").root
    assert not {secret(one, *place) for place in SECRETS} & {secret(two, *place) for place in SECRETS}


def test_no_committed_example_sets_a_variable_that_looks_like_a_secret() -> None:
    source = hub_files_folder()
    for path in [source / ".env.example", *sorted((source / "env").glob("*.env.example"))]:
        for name, value in env_text.read(path.read_text(), {}).values().items():
            if re.search(r"KEY|PASSWORD|SECRET|TOKEN|DATABASE_URL", name):
                assert value == "", f"{path.name}: {name}"


@pytest.mark.parametrize(
    "password",
    ["plain", "with space", "a$b", "it's", 'a"b', "back\\1slash", "a@b/c:d?e#f%41", "x\\g<0>", "é 模型", "#x"],
)
def test_a_password_that_is_there_is_taken_over_exactly(tmp_path: Path, password: str) -> None:
    (tmp_path / "env").mkdir()
    quoted = '"' + re.sub(r'([\\"$])', r"\\\1", password) + '"'
    (tmp_path / "env/db.env").write_text(f"POSTGRES_PASSWORD={quoted}\n")
    (tmp_path / "env/redis.env").write_text(f"REDIS_PASSWORD={quoted}\n")
    made = init(tmp_path)
    url = urlsplit(values(tmp_path, "env/openwebui.env")["DATABASE_URL"])
    assert unquote(url.password or "") == password
    assert (url.hostname, url.port, url.path) == ("db", 5432, "/openwebui")
    assert values(tmp_path, "env/litellm.env")["REDIS_PASSWORD"] == password
    assert made.notes == ()
    (tmp_path / "env/db.env").unlink()
    init(tmp_path)
    assert values(tmp_path, "env/db.env")["POSTGRES_PASSWORD"] == password


def test_files_that_do_not_fit_together_are_left_alone_and_noted(tmp_path: Path) -> None:
    init(tmp_path)
    path = tmp_path / "env/openwebui.env"
    path.write_text("OPENAI_API_KEYS=sk-another\n")
    before = tree(tmp_path)
    notes = init(tmp_path).notes
    assert tree(tmp_path) == before
    assert notes == (
        "env/openwebui.env was left alone, but its OPENAI_API_KEYS does not hold the gateway key of env/litellm.env",
        "env/openwebui.env was left alone, but its DATABASE_URL does not hold the database password of env/db.env",
        "env/openwebui.env was left alone, but its WEBUI_SECRET_KEY does not hold the session key of this hub",
    )
    assert "sk-another" not in "".join(notes)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("", ".env, env/*.env, .hubctl/, *.hubctl.tmp, *.rejected-*"),
        ("*.pyc\n.env\n", "env/*.env, .hubctl/, *.hubctl.tmp, *.rejected-*"),
        ("# of a hub made before\n.env\nenv/*.env\n.hubctl/\n", "*.hubctl.tmp, *.rejected-*"),
        ("# mine\n*.rejected-*\n*.hubctl.tmp\n.hubctl/\nenv/*.env\n.env\n", None),
        (GITIGNORE + "more\n", None),
    ],
)
def test_a_gitignore_of_the_operators_is_kept_and_what_it_lacks_is_noted(
    tmp_path: Path, text: str, lacking: str | None
) -> None:
    (tmp_path / ".gitignore").write_text(text)
    made = init(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == text
    assert [note for note in made.notes if ".gitignore" in note] == (
        [f".gitignore was left alone and lacks {lacking}: keep these files out of git"] if lacking else []
    )


def test_the_gitignore_keeps_secrets_and_state_out_of_git(tmp_path: Path) -> None:
    root = init(tmp_path).root
    (root / ".hubctl/state").write_text("x")
    for name in (".db.env.hubctl.tmp", ".db.env.aside.hubctl.tmp", "db.env.rejected-20260131T120000"):
        (root / "env" / name).write_text("x")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=root, check=True, capture_output=True, text=True
    )
    assert sorted(listed.stdout.split()) == [name for name in FILES if not name.endswith(".env")]


def test_a_file_that_is_a_link_is_kept_with_its_target(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "hub", tmp_path / "shared.env"
    elsewhere.write_text("REDIS_PASSWORD=shared\n")
    (root / "env").mkdir(parents=True)
    (root / "env/redis.env").symlink_to(elsewhere)
    made = init(root)
    assert "env/redis.env" in made.kept
    assert (root / "env/redis.env").is_symlink()
    assert elsewhere.read_text() == "REDIS_PASSWORD=shared\n"
    assert values(root, "env/litellm.env")["REDIS_PASSWORD"] == "shared"


def test_a_link_that_leads_nowhere_is_kept_and_noted_and_nothing_is_made_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    (tmp_path / "env/redis.env").symlink_to(tmp_path / "nowhere.env")
    made = init(tmp_path)
    assert "env/redis.env" in made.kept
    assert not (tmp_path / "nowhere.env").exists()
    assert [note for note in made.notes if note.startswith("env/redis.env was left alone")]


def test_a_folder_that_is_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "hub").symlink_to(tmp_path / "real")
    init(tmp_path / "hub")
    assert sorted(tree(tmp_path / "real")) == FILES


@pytest.mark.parametrize("name", ["env/litellm.env", "env/db.env"])
def test_a_directory_in_a_files_place_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    with pytest.raises(BadFile, match=rf"{name} is a directory, not a file"):
        init(tmp_path)


@pytest.mark.parametrize("name", ["hub", "hub/env", "hub/conf"])
def test_a_file_in_a_folders_place_is_named_and_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(BadFile, match=r"is a file, not a folder") as caught:
        init(tmp_path / "hub")
    assert str(tmp_path / name) in caught.value.message
    assert (tmp_path / name).read_text() == "mine"


def test_an_env_file_that_is_no_text_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    (tmp_path / "env/db.env").write_bytes(b"A=1\nB=\xff\n")
    with pytest.raises(BadFile, match=r"env/db.env, line 2: not UTF-8 text"):
        init(tmp_path)


@pytest.fixture
def anybodys_folder() -> Iterator[Path]:
    """A folder that another user can reach."""
    with tempfile.TemporaryDirectory(prefix="hubctl-init-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.process
def test_a_folder_that_may_not_be_written_is_one_clear_error(anybodys_folder: Path) -> None:
    anybodys_folder.chmod(0o555)
    program = (
        "import os, sys; from pathlib import Path\n"
        "from hubctl.operations.stack.init import init; from hubctl.errors import BadFile\n"
        "if os.geteuid() == 0: os.seteuid(65534)  # root may write everywhere\n"
        "try: init(Path(sys.argv[1]))\n"
        "except BadFile as error: print(error.message)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, anybodys_folder],
        capture_output=True,
        text=True,
        cwd=hub_files_folder(),
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    assert done.stdout == (
        f"{anybodys_folder}/.hubctl cannot be made: Permission denied; {anybodys_folder} belongs to root\n"
    )
    assert list(anybodys_folder.iterdir()) == []


def test_nothing_temporary_is_left(tmp_path: Path) -> None:
    init(tmp_path)
    init(tmp_path)
    assert not list(tmp_path.rglob("*.tmp"))


def test_what_comes_next_in_a_copy_is_a_name_of_its_own(tmp_path: Path) -> None:
    made = init(tmp_path / "hub")
    IdentityNote(made.root).write(fresh(made.root))
    shutil.copytree(made.root, tmp_path / "copy")
    assert (made.next_command, init(tmp_path / "copy").next_command) == ("hubctl up", "hubctl adopt --as-new")
    made.root.rename(tmp_path / "moved")
    assert init(tmp_path / "moved").next_command == "hubctl adopt"
