"""Adding, checking, switching and removing providers and models, as an operator and a script do it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl import parallel
from hubctl.core.models import model_list
from hubctl.core.text import env_text
from tests.conftest import Ended, Run
from tests.fakes import FakeRuntime, instance, run_of
from tests.processes import Finished, hubctl, in_terminal
from tests.servers import reply, requested, routes, serving

KEY = "sk-proj-0123456789abcdefWXYZ"
OTHER = "sk-proj-9876543210zyxwvuABCD"
CHANGED = ["change", "proof", "rolled_back", "notes", "cause", "way_back"]
ROW = ["provider", "variable", "key", "masked", "source", "state", "models", "disabled", "detail"]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No provider is ever asked: the proxy on the way to it is not there."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")


@pytest.fixture
def env(hub_folder: Path) -> Path:
    return hub_folder / "env/litellm.env"


@pytest.fixture
def config(hub_folder: Path) -> Path:
    return hub_folder / "conf/litellm/litellm_config.yaml"


def key_of(env: Path, name: str = "OPENAI_API_KEY") -> str | None:
    return env_text.read(env.read_text(), {}).values().get(name)


def active(config: Path) -> list[str]:
    return [entry.name for entry in model_list.read(config.read_text(), config).active]


def row(ended: Ended, name: str = "openai") -> dict[str, object]:
    return next(each for each in ended.data["providers"] if each["provider"] == name)


LOCAL = ["llama3.2:3b", "qwen2.5-coder:1.5b"]
OPENAI = ["gpt-6.1-sol", "gpt-6-luna", "gpt-4", "gpt-3.5-turbo"]


def test_enable_changes_the_meant_lines_of_both_files_and_undo_gives_the_bytes_back(
    run: Run, env: Path, config: Path
) -> None:
    before = env.read_bytes(), config.read_bytes()
    done = run("provider", "enable", "openai", "--stdin", "--force", "--no-restart", "--json", stdin=f"{KEY}\n")
    assert done.exit_code == 0
    assert list(done.data) == CHANGED
    assert list(done.data["change"]) == ["id", "files", "effect", "reason"]
    assert [list(each) for each in done.data["change"]["files"]] == [["path", "diff"]] * 2
    assert (key_of(env), active(config)) == (KEY, LOCAL + OPENAI)
    old, new = before[0].decode().splitlines(), env.read_text().splitlines()
    assert [line for line in new if line not in old] == [f"OPENAI_API_KEY={KEY}"]
    assert [line for line in old if line not in new] == []
    pairs = zip(before[1].splitlines(), config.read_bytes().splitlines(), strict=True)
    changed = [was for was, line in pairs if was != line]
    assert len(changed) == 16  # four entries of four lines
    undone = run("undo", "--no-restart", "--json")
    assert undone.data["change"]["id"] == done.data["change"]["id"]
    assert (env.read_bytes(), config.read_bytes()) == before


def test_set_key_and_enable_apart_and_undo_twice_do_the_same_over_a_key_that_was_there(
    run: Run, env: Path, config: Path
) -> None:
    env.write_text(env.read_text().replace("#OPENAI_API_KEY=", f"export OPENAI_API_KEY = '{OTHER}' # mine"))
    before = env.read_bytes(), config.read_bytes()
    assert run("provider", "set-key", "openai", "--stdin", "--force", stdin=KEY).exit_code == 0
    assert f"export OPENAI_API_KEY = '{KEY}' # mine" in env.read_text()
    assert run("provider", "enable", "openai", "--no-restart").exit_code == 0
    assert active(config) == LOCAL + OPENAI
    assert run("undo").exit_code == run("undo").exit_code == 0
    assert (env.read_bytes(), config.read_bytes()) == before
    assert run("undo", "--json").document["error"]["code"] == "nothing_to_undo"


def test_a_key_gets_mode_0600_wherever_it_is_written(run: Run, env: Path) -> None:
    env.chmod(0o644)
    run("provider", "set-key", "openai", "--stdin", "--force", stdin=KEY)
    assert env.stat().st_mode & 0o777 == 0o600


def test_a_key_of_another_provider_is_refused_and_nothing_is_written(run: Run, env: Path) -> None:
    before = env.read_bytes()
    ended = run("provider", "set-key", "openai", "--stdin", "--json", stdin="sk-ant-api03-0123456789abcdef")
    assert (ended.exit_code, ended.document["error"]["code"]) == (4, "bad_key")
    assert "looks like a key of Anthropic, not of OpenAI" in ended.document["error"]["message"]
    assert env.read_bytes() == before


@pytest.mark.parametrize("given", ["", "\n", "   ", "two\nlines", "a\0b"])
def test_what_is_no_key_is_refused(run: Run, env: Path, given: str) -> None:
    before = env.read_bytes()
    ended = run("provider", "set-key", "openai", "--stdin", "--force", "--json", stdin=given)
    assert (ended.exit_code, ended.document["error"]["code"]) == (4, "bad_key")
    assert env.read_bytes() == before


def test_without_a_key_and_without_a_terminal_the_ways_to_give_one_are_named(run: Run) -> None:
    for words in (("set-key", "openai"), ("enable", "openai")):
        error = run("provider", *words, "--json").document["error"]
        assert error["code"] == "bad_key"
        assert "--stdin" in error["hint"]
        assert "--from-env" in error["hint"]


def test_a_key_comes_from_a_variable_of_the_shell(run: Run, env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    assert run("provider", "set-key", "openai", "--from-env", "MY_KEY", "--force").exit_code == 0
    assert key_of(env) == KEY
    missing = run("provider", "set-key", "openai", "--from-env", "NO_KEY", "--json")
    assert "no variable NO_KEY" in missing.document["error"]["message"]


@pytest.mark.process
def test_a_key_in_the_arguments_is_refused_and_not_repeated(hub_folder: Path) -> None:
    of_mistral = "0123456789abcdef0123456789abcdef"
    for command in ("set-key", "enable", "disable", "remove-key"):
        for key in (KEY, of_mistral):
            ended = hubctl("provider", command, "openai", key, cwd=hub_folder)
            assert (ended.code, ended.out) == (2, "")
            assert key not in ended.err
            assert "a key is never taken from the arguments" in ended.err


def test_a_provider_without_an_entry_gets_those_of_its_current_models(run: Run, config: Path) -> None:
    run("provider", "enable", "groq", "--stdin", "--force", "--no-restart", stdin="gsk_0123456789abcdef")
    assert active(config) == [*LOCAL, "gpt-oss-120b", "gpt-oss-20b"]
    text = config.read_text()
    assert "  - model_name: gpt-oss-20b\n    litellm_params:\n      model: groq/openai/gpt-oss-20b\n" in text
    assert "      api_key: os.environ/GROQ_API_KEY\n" in text


def test_only_the_named_models_are_enabled_and_only_those_of_the_provider(run: Run, config: Path) -> None:
    words = ("provider", "enable", "openai", "--stdin", "--force", "--no-restart", "--model", "gpt-4")
    assert run(*words, stdin=KEY).exit_code == 0
    assert active(config) == [*LOCAL, "gpt-4"]
    refused = run(*words[:-1], "gemini-pro", "--json", stdin=KEY)
    assert "gemini-pro (line 56) is no model of OpenAI" in refused.document["error"]["message"]
    assert active(config) == [*LOCAL, "gpt-4"]


def test_disable_comments_the_models_out_again_and_keeps_the_key(run: Run, env: Path, config: Path) -> None:
    before = config.read_bytes()
    run("provider", "enable", "openai", "--stdin", "--force", "--no-restart", stdin=KEY)
    assert run("provider", "disable", "openai", "--no-restart").exit_code == 0
    assert (config.read_bytes(), key_of(env)) == (before, KEY)


def test_remove_key_takes_the_line_away_and_names_who_needs_it(run: Run, env: Path) -> None:
    before = env.read_bytes()
    run("provider", "enable", "openai", "--stdin", "--force", "--no-restart", stdin=KEY)
    done = run("provider", "remove-key", "openai", "--no-restart", "--json")
    assert env.read_bytes() == before
    assert f"active and without a key from now on: {', '.join(OPENAI)}" in done.data["notes"]
    assert run("provider", "remove-key", "openai", "--json").document["error"]["code"] == "edit_refused"


def test_a_key_that_nothing_uses_needs_no_restart_and_that_is_said(run: Run) -> None:
    done = run("provider", "set-key", "openai", "--stdin", "--force", "--json", stdin=KEY)
    assert done.data["change"]["reason"] == "no active entry uses OPENAI_API_KEY, so the gateway need not read it"


def test_the_list_shows_keys_masked_with_their_place(run: Run, env: Path) -> None:
    run("provider", "enable", "openai", "--stdin", "--force", "--no-restart", stdin=KEY)
    ended = run("provider", "--json")
    assert list(ended.data) == ["providers", "notes"]
    assert list(row(ended)) == ROW
    assert row(ended) == {
        "provider": "openai",
        "variable": "OPENAI_API_KEY",
        "key": "present",
        "masked": "sk-proj-…WXYZ",
        "source": f"{env}:18",
        "state": "unchecked",
        "models": OPENAI,
        "disabled": [],
        "detail": None,
    }
    assert row(ended, "anthropic")["key"] == "missing"
    assert row(ended, "anthropic")["disabled"] == ["claude-sonnet-5-5", "claude-haiku-5-5", "claude-3-sonnet"]
    assert run("provider", "list", "--json").data == ended.data
    assert KEY not in ended.stdout


def test_a_key_that_the_compose_file_itself_sets_is_not_written_where_it_would_not_count(
    run: Run, hub_folder: Path, env: Path
) -> None:
    compose = hub_folder / "compose.local.yml"
    text = compose.read_text()
    ours = "    env_file: env/litellm.env\n"
    compose.write_text(text.replace(ours, f"{ours}    environment: {{OPENAI_API_KEY: fixed}}\n"))
    refused = run("provider", "set-key", "openai", "--stdin", "--force", "--json", stdin=KEY).document["error"]
    assert "sets OPENAI_API_KEY itself, under `environment:`" in refused["message"]
    compose.write_text(compose.read_text().replace("fixed", "$OPENAI_API_KEY"))
    (hub_folder / ".env").write_text(f"OPENAI_API_KEY={OTHER}\n")
    assert run("provider", "set-key", "openai", "--stdin", "--force", stdin=KEY).exit_code == 0
    assert (hub_folder / ".env").read_text() == f"OPENAI_API_KEY={KEY}\n"
    assert key_of(env) is None


@pytest.fixture
def provider_server() -> Iterator[str]:
    """What answers in the place of OpenAI, and takes one key alone."""

    def script(peer: socket.socket) -> None:
        request = requested(peer)
        is_good = request.startswith("GET /v1/models ") and KEY in request
        peer.sendall(reply(200, {"data": [{"id": "a"}]}) if is_good else reply(404, {"detail": "Not Found"}))

    with serving(script) as address:
        yield f"http://{address}/v1"


def test_keys_are_checked_where_the_gateway_would_send_them(run: Run, env: Path, provider_server: str) -> None:
    env.write_text(f"{env.read_text()}OPENAI_BASE_URL={provider_server}\nOPENAI_API_KEY={KEY}\n")
    checked = run("provider", "check", "openai", "--json")
    assert (checked.exit_code, row(checked)["state"]) == (0, "valid")
    env.write_text(env.read_text().replace("/v1\n", "/v2\n"))
    unclear = run("provider", "check", "--json")
    assert [each["provider"] for each in unclear.data["providers"]] == ["openai"]
    assert (unclear.exit_code, row(unclear)["state"]) == (4, "unverified")
    missing = run("provider", "check", "groq", "--json")
    assert (missing.exit_code, row(missing, "groq")["detail"]) == (1, "no env file of the gateway sets GROQ_API_KEY")


def test_a_refused_key_is_not_written_without_force(run: Run, env: Path) -> None:
    refusal = reply(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})
    with serving(routes({"/v1/models": refusal})) as address:
        env.write_text(f"{env.read_text()}OPENAI_BASE_URL=http://{address}/v1\n")
        refused = run("provider", "set-key", "openai", "--stdin", "--json", stdin=KEY)
        assert refused.document["error"]["code"] == "bad_key"
        assert "OpenAI refuses the key: Incorrect API key provided" in refused.document["error"]["message"]
        assert KEY not in refused.stdout
        assert key_of(env) is None
        forced = run("provider", "set-key", "openai", "--stdin", "--force", "--json", stdin=KEY)
        assert forced.data["notes"][-1].startswith("used all the same: OpenAI refuses the key")
    assert key_of(env) == KEY


def test_a_dry_run_shows_the_diff_without_secrets_and_writes_nothing(run: Run, env: Path, config: Path) -> None:
    before = env.read_bytes(), config.read_bytes()
    ended = run("provider", "enable", "openai", "--stdin", "--dry-run", stdin=KEY)
    assert ended.exit_code == 0
    assert "+OPENAI_API_KEY=sk-proj-…WXYZ" in ended.stdout
    assert "+  - model_name: gpt-6.1-sol" in ended.stdout
    assert KEY not in ended.stdout + ended.stderr
    assert (env.read_bytes(), config.read_bytes()) == before


def test_lone_files_need_no_hub(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text("model_list:\n#- model_name: a\n#  litellm_params: {model: openai/a}\n")
    Path("e.env").write_text("A=1\n")
    both = ("--config", "c.yaml", "--env-file", "e.env")
    assert run("provider", "enable", "openai", "--stdin", "--force", *both, stdin=KEY).exit_code == 0
    assert Path("e.env").read_text() == f"A=1\nOPENAI_API_KEY={KEY}\n"
    assert Path("c.yaml").read_text() == "model_list:\n- model_name: a\n  litellm_params: {model: openai/a}\n"
    assert run("provider", "list", *both, "--json").data["providers"][0]["models"] == ["a"]
    assert run("models", "disable", "a", "--config", "c.yaml").exit_code == 0
    assert run("provider", "remove-key", "openai", "--env-file", "e.env").exit_code == 0
    assert Path("e.env").read_text() == "A=1\n"
    alone = run("provider", "enable", "openai", "--config", "c.yaml", "--json")
    assert "no env file was named, so the key was not looked at" in alone.data["notes"]
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["c.yaml", "e.env"]


@pytest.mark.parametrize(
    "words",
    [
        ("models", "disable", "llama3.2:3b"),
        ("models", "add", "mine", "ollama_chat/mine:1b"),
        ("provider", "enable", "openai"),
    ],
    ids=" ".join,
)
def test_each_start_has_the_time_that_was_given(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("KEY", KEY)
    key = ("--from-env", "KEY", "--force") if words[0] == "provider" else ()
    before = config.read_bytes()
    starting = run_of("litellm", "gateway", instance(health="starting"))
    ended = run(*words, *key, "--timeout", "0.4", "--json", runtime=FakeRuntime([[starting]]))
    assert (ended.exit_code, ended.document["error"]["code"]) == (4, "rolled_back")
    assert "litellm is not ready 0.4 s after its start" in ended.document["error"]["message"]
    assert config.read_bytes() == before


def test_models_are_switched_one_by_one_and_added(run: Run, config: Path) -> None:
    before = config.read_bytes()
    assert run("models", "enable", "gpt-4", "gemini-pro@56", "--json").data["notes"] == [
        "gpt-4 wants OPENAI_API_KEY, which no env file of the gateway sets",
        "gemini-pro wants GEMINI_API_KEY, which no env file of the gateway sets",
    ]
    assert active(config) == [*LOCAL, "gpt-4", "gemini-pro"]
    assert run("models", "disable", "gpt-4", "gemini-pro").exit_code == 0
    assert config.read_bytes() == before
    warned = run("models", "disable", "qwen2.5-coder:1.5b", "--json").data["notes"]
    assert "qwen2.5-coder:1.5b is still named by" in warned[0]
    run("undo")
    assert run("models", "add", "phi", "ollama_chat/phi4").exit_code == 0
    assert config.read_text().count("api_base: os.environ/OLLAMA_BASE_URL") == 3
    run("undo")
    assert config.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("models", "enable", "nosuch"), "unknown_model"),
        (("models", "disable", "gpt-4@1"), "unknown_model"),
        (("provider", "enable", "nosuch", "--stdin"), "unknown_provider"),
        (("provider", "check", "nosuch"), "unknown_provider"),
        (("models", "enable", "gpt-4", "--config", "gone.yaml"), "bad_file"),
        (("provider", "set-key", "openai", "--stdin", "--env-file", "gone.env"), "bad_file"),
        (("provider", "disable", "openai", "--config", "env"), "bad_file"),
        (("undo",), "nothing_to_undo"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_what_cannot_be_done_is_one_message_in_both_forms(run: Run, words: tuple[str, ...], code: str) -> None:
    text, document = run(*words, stdin=KEY), run(*words, "--json", stdin=KEY)
    assert (text.exit_code, document.exit_code) == (4, 4)
    assert document.document["error"]["code"] == code
    assert text.stderr.startswith("error: ")
    assert "Traceback" not in text.stderr


@pytest.mark.process
def test_on_a_terminal_the_plan_is_shown_and_a_no_changes_nothing(hub_folder: Path, env: Path, config: Path) -> None:
    before = env.read_bytes(), config.read_bytes()
    variables = {"HTTPS_PROXY": "http://127.0.0.1:9"}
    with in_terminal("provider", "enable", "openai", "--no-restart", cwd=hub_folder, variables=variables) as terminal:
        terminal.wait_for("it is not shown")
        terminal.type(f"{KEY}\n")
        terminal.wait_for("Use sk-proj-…WXYZ? [y/N]")
        terminal.type("y\n")
        terminal.wait_for("Enable openai? [y/N]")
        terminal.type("n\n")
        assert terminal.end() == 4
    assert "OPENAI_API_KEY=sk-proj-…WXYZ" in terminal.shown
    assert KEY not in terminal.shown
    assert (env.read_bytes(), config.read_bytes()) == before


@pytest.mark.process
def test_two_at_once_never_lose_an_edit(run: Run, hub_folder: Path, env: Path) -> None:
    names = ["openai", "anthropic", "google", "groq", "mistral", "deepseek", "xai", "cohere"]

    def set_key(name: str) -> Finished:
        words = ("provider", "set-key", name, "--stdin", "--force", "--json")
        return hubctl(*words, cwd=hub_folder, stdin=f"key-of-{name}", HTTPS_PROXY="http://127.0.0.1:9")

    ended = parallel.each(set_key, names, timeout_s=60, late=pytest.fail)
    # On a slow machine the last one may have waited too long for its turn; then it says so.
    assert {each.error["code"] for each in ended if each.code} <= {"busy"}
    made = [name for name, each in zip(names, ended, strict=True) if each.code == 0]
    assert len(made) > 1
    values = set(env_text.read(env.read_text(), {}).values().values())
    assert {f"key-of-{name}" for name in names if f"key-of-{name}" in values} == {f"key-of-{name}" for name in made}
