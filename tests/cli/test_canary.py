"""A known key is in place, every command runs, well and badly; afterwards the key is where it belongs and nowhere else.

Searched: what is printed, as text and as JSON; every file of the hub, of the home and of the temporary folder; and the
arguments of every process of this machine while the commands run.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import typer.main

from hubctl.cli import app
from hubctl.operations.stack.init import init
from tests.conftest import run_command
from tests.processes import Finished, hubctl, in_terminal
from tests.servers import reply, routes, serving

# Its own for each worker: the arguments of all processes of the machine are searched for it.
CANARY = f"sk-proj-c4n4ry{os.getpid():010}abcdefghWXYZ"
# What may be shown of it.
MASKED = "sk-proj-…WXYZ"

# Every leaf command, well and badly; `KEY` comes on standard input.
RUNS: list[tuple[str, ...]] = [
    ("init", "."),
    ("status", "--timeout", "1"),
    ("up", "--timeout", "1"),
    ("down",),
    ("logs",),
    ("restart",),
    ("test-model", "gpt-4"),
    ("verify",),
    ("doctor", "--timeout", "1"),
    ("config", "check"),
    ("config", "check", "--format", "github"),
    ("models", "list"),
    ("models", "enable", "gpt-4", "--no-restart"),
    ("models", "disable", "gpt-4", "--no-restart"),
    ("models", "add", "mine", "openai/gpt-4o", "--no-restart"),
    ("models", "pull", "llama3"),
    ("models", "enable", CANARY),
    ("provider", "list"),
    ("provider", "check"),
    ("provider", "check", CANARY),
    ("provider", "set-key", "openai", "--stdin", "--no-restart"),
    ("provider", "set-key", "openai", "--stdin", "--force", "--no-restart"),
    ("provider", "set-key", "anthropic", "--stdin"),
    ("provider", "set-key", "openai", CANARY),
    ("provider", "set-key", CANARY, "--stdin"),
    ("provider", "set-key", "openai", "--from-env", CANARY),
    ("provider", "enable", "openai", CANARY),
    ("provider", "enable", "openai", "--stdin", "--dry-run"),
    ("provider", "enable", "openai", "--stdin", "--force", "--no-restart"),
    ("provider", "disable", "openai", "--no-restart"),
    ("undo", "--no-restart"),
    ("provider", "remove-key", "openai", "--no-restart"),
    ("undo", "--no-restart"),
    ("adopt", "--yes"),
    ("adopt", "--as-new", "--yes"),
    ("dashboard", "--port", "70000"),  # one that serves: tests/gateway/test_dashboard_safety.py
    ("nosuch", CANARY),
    ("status", f"--{CANARY}"),
]
# The keys that a test gives as an argument on purpose are in the arguments of that one process.
GIVEN = [words for words in RUNS if any(CANARY in word for word in words)]


def leaves(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that does something, as the words that call it."""
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if hasattr(command, "commands"):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name)


def test_every_command_is_among_the_runs() -> None:
    called = {words[:length] for words in RUNS for length in (1, 2)}
    missing = {words for words in leaves(typer.main.get_command(app)) if words not in called}
    assert missing <= set(), "put it into RUNS"


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A hub with the key in its env file, and as a literal in its config."""
    root = init(tmp_path / "hub").root
    env = root / "env/litellm.env"
    env.write_text(env.read_text().replace("#OPENAI_API_KEY=", f"OPENAI_API_KEY={CANARY}"))
    config = root / "conf/litellm/litellm_config.yaml"
    literal = f"  - model_name: literal\n    litellm_params: {{model: openai/gpt-4o, api_key: {CANARY}}}\n"
    config.write_text(config.read_text().replace("model_list:\n", f"model_list:\n{literal}"))
    return root


@contextmanager
def watching_arguments() -> Iterator[set[str]]:
    """Note every command line of this machine that holds the key."""
    seen: set[str] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.005):  # a process of hubctl lives ten times as long and more
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    line = process.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                    if CANARY in line:
                        seen.add(line)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def run(hub: Path, temporary: Path, words: tuple[str, ...], **more: str) -> Finished:
    shell = {"HOME": str(temporary), "TMPDIR": str(temporary), "HTTPS_PROXY": "http://127.0.0.1:9", **more}
    return hubctl(*words, cwd=hub, stdin=CANARY, **shell)


def holders(*folders: Path) -> set[str]:
    """Every file that holds the key, by its path below the folder."""
    return {
        str(path.relative_to(folder))
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    }


def allowed(path: str) -> bool:
    own = path in ("env/litellm.env", "conf/litellm/litellm_config.yaml")
    return own or (path.startswith(".hubctl/receipts/") and "/before/" in path)


@pytest.mark.process
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_the_key_is_nowhere_but_where_it_belongs(hub: Path, tmp_path: Path, form: tuple[str, ...]) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    leaks: list[str] = []
    with watching_arguments() as arguments:
        for words in RUNS:
            done = run(hub, temporary, (*words, *form))
            assert done.code in (0, 1, 2, 4), (words, done.err)
            if CANARY in done.out + done.err or CANARY[-12:] in done.out + done.err:
                leaks.append(f"{words} {form}: {done.out}{done.err}")
            if stray := {path for path in holders(hub, temporary) if not allowed(path)}:
                leaks.append(f"{words}: {stray}")
    assert leaks == []
    given = {" ".join(words) for words in GIVEN}
    assert [line for line in arguments if not any(words in line for words in given)] == []
    modes = {path.stat().st_mode & 0o777 for path in (hub / ".hubctl").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert run(hub, temporary, ("undo", "--forget")).code == 0
    assert {path for path in holders(hub) if path.startswith(".hubctl")} == set()


BROKEN = {
    "a config that does not parse": ("conf/litellm/litellm_config.yaml", f"model_list:\n  - api_key: {CANARY}\n  x: ["),
    "a key where a name belongs": ("conf/litellm/litellm_config.yaml", f"{CANARY}: [\n"),
    "an env file that Compose refuses": ("env/litellm.env", f'OPENAI_API_KEY="{CANARY}\n'),
    "an env file with a stray key": ("env/litellm.env", f"{CANARY} x=1\nA={CANARY}"),
    "a compose file that does not parse": ("compose.local.yml", f"services: {{litellm: {{environment: [K={CANARY}"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_no_complaint_about_a_broken_file_repeats_the_key_in_it(
    hub: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.chdir(hub)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    file, text = BROKEN[what]
    (hub / file).write_text(text)
    for words in RUNS:
        if words not in GIVEN:
            done = run_command(*words, stdin=CANARY)  # raises what would be a traceback
            assert CANARY not in done.stdout + done.stderr, words


@pytest.mark.process
def test_a_provider_that_repeats_the_key_does_not_make_hubctl_repeat_it(hub: Path, tmp_path: Path) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    refusal = reply(401, {"error": {"message": f"wrong: {CANARY}"}})
    with serving(routes({"/v1/models": refusal})) as address:
        env = hub / "env/litellm.env"
        env.write_text(f"{env.read_text()}OPENAI_BASE_URL=http://{address}/v1\n")
        for words in (("provider", "check"), ("provider", "set-key", "openai", "--stdin")):
            done = run(hub, temporary, words)
            assert "wrong: sk-proj-…" in " ".join((done.out + done.err).split())
            assert CANARY not in done.out + done.err


@pytest.mark.process
def test_a_key_that_is_typed_is_not_shown(hub: Path, tmp_path: Path) -> None:
    shell = {"HTTPS_PROXY": "http://127.0.0.1:9", "HOME": str(tmp_path)}
    with in_terminal("provider", "set-key", "openai", "--force", "--no-restart", cwd=hub, variables=shell) as terminal:
        terminal.wait_for("it is not shown")
        terminal.type(f"{CANARY}\n")
        terminal.wait_for(f"Use {MASKED}? [y/N]")
        terminal.type("y\n")
        assert terminal.end() == 0
    assert CANARY not in terminal.shown
    assert os.path.lexists(hub / ".hubctl")
