"""What Tab offers in bash, zsh and fish: names out of the hub's files, without a network call and without noise."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.processes import environment
from tests.real_servers import missing

pytestmark = pytest.mark.process  # the shells start it


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder for PATH in which `hubctl` is this one."""
    script = tmp_path / "bin" / "hubctl"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hubctl "$@"\n')
    script.chmod(0o755)
    return script.parent


def shell(program: Path, name: str, script: str, cwd: Path) -> list[str]:
    """The lines that a shell prints for a script, with hubctl's own completion loaded as its documents say."""
    found = shutil.which(name) or missing(name, f"apt-get install {name}")
    shown = environment(PATH=f"{program}{os.pathsep}{os.environ['PATH']}", HOME=str(cwd / "home"))
    (cwd / "home").mkdir(exist_ok=True)
    done = subprocess.run(
        [found, *(["--no-config"] if name == "fish" else []), "-c", script],
        cwd=cwd, env=shown, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


BASH = """
eval "$(hubctl --show-completion bash)"
COMP_WORDS=({words} "{last}"); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
$(complete -p hubctl | sed 's/.*-F \\([^ ]*\\).*/\\1/') hubctl
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
FISH = """
hubctl --show-completion fish | source
complete --do-complete "{words} {last}"
"""
# zsh fills its own menu, which needs a terminal: so its completion function is called as it calls hubctl.
ZSH = """
_HUBCTL_COMPLETE=complete_zsh _TYPER_COMPLETE_ARGS="{words} {last}" hubctl
"""


LINES = [
    ("provider set-key", "", {"openai", "anthropic", "google", "openrouter"}),
    ("provider enable", "an", {"anthropic"}),
    ("models enable", "gpt", {"gpt-4", "gpt-6-luna", "gpt-6.1-sol"}),
    ("models disable", "", {"llama3.2", "qwen2.5-coder"}),
    ("test-model", "ll", {"llama3"}),
    ("models pull", "co", {"coder"}),
    ("restart", "", {"litellm", "redis", "openwebui"}),
    ("logs", "o", {"ollama", "openwebui"}),
]


@pytest.mark.parametrize(
    ("name", "script"), [("bash", BASH), ("fish", FISH), ("zsh", ZSH)], ids=["bash", "fish", "zsh"]
)
def test_names_are_offered_in_every_shell(hub_folder: Path, program: Path, name: str, script: str) -> None:
    for words, last, offered in LINES:
        text = " ".join(shell(program, name, script.format(words=f"hubctl {words}", last=last), hub_folder))
        assert {each for each in offered if each in text} == offered, f"{words} {last}: {text}"
        assert "gemini-pro" not in text, words


def test_what_stands_on_the_line_is_not_offered_again(run: Run) -> None:
    names = complete("models enable gpt-4 gpt")
    assert "gpt-4" not in names
    assert "gpt-6-luna" in names


def test_where_nothing_can_be_read_nothing_is_offered_and_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert complete("models enable ") == []
    (tmp_path / "compose.yaml").write_text("services: [\n")
    assert complete("restart ") == []


def complete(words: str) -> list[str]:
    """What hubctl answers bash."""
    done = subprocess.run(
        [sys.executable, "-m", "hubctl"],
        env={
            **environment(),
            "_HUBCTL_COMPLETE": "complete_bash",
            "COMP_WORDS": f"hubctl {words}",
            "COMP_CWORD": str(len(words.split()) + words.endswith(" ")),
        },
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()
