"""README and docs say what is so: their commands exist, their tables are complete, their links lead somewhere."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from hubctl.cli import COMMANDS, app
from hubctl.core.doctor.hops import KINDS
from hubctl.core.rules import RULES

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").glob("*.md"))]
NAMES = [document.name for document in DOCUMENTS]


def _commands(text: str) -> list[list[str]]:
    """Every hubctl command line in code: in blocks of sh, and in backquotes."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    lines = [part for line in blocks.splitlines() for part in re.split(r"&&|\|", line)]
    lines += re.findall(r"`(hubctl [^`]+)`", text)
    return [shlex.split(line) for line in lines if line.strip().startswith("hubctl ")]


def _command(words: list[str]) -> Any:
    """The Typer command that these words call."""
    group: Any = typer.main.get_command(app)
    context = typer.Context(group)
    command = group.get_command(context, words[1])
    assert command is not None, f"no such command: {' '.join(words)}"
    if hasattr(command, "commands"):
        sub = next((word.strip("[]") for word in words[2:] if word.strip("[]") in command.commands), "list")
        command = command.commands[sub]
    return command


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_command_and_option_in_a_document_exists(document: Path) -> None:
    for words in _commands(document.read_text()):
        if words[1].startswith("-"):
            continue
        options = {option for parameter in _command(words).params for option in parameter.opts} | {"--help"}
        given = {word.strip("[]").partition("=")[0] for word in words[2:] if word.strip("[]").startswith("-")}
        assert given <= options, " ".join(words)


def test_the_readme_has_a_row_for_every_command() -> None:
    rows = re.findall(r"^\| `hubctl ([a-z-]+)", (REPOSITORY / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_the_makefile_has_what_a_document_says(document: str) -> None:
    targets = re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"(?:^|`|=1 )make ([a-z]+)", (REPOSITORY / document).read_text(), re.MULTILINE)
    assert named
    assert set(named) <= set(targets)


def test_every_path_that_the_map_names_is_there() -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text()
    named = set(
        re.findall(r"`((?:hubctl|tests|docs|conf|env|tools)/[\w./]*|(?:commands|core|adapters)/[\w./]+)`", text)
    )
    patterns = {path for path in named if not re.search(r"ROOM|NAME|/X/|/Y", path)}
    assert len(patterns) > 30
    for path in patterns:
        assert (REPOSITORY / path).exists() or (REPOSITORY / "hubctl" / path).exists(), path


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_no_document_tells_people_to_install_from_the_index(document: Path) -> None:
    assert not re.search(r"pipx? install (?:--\S+ )*['\"]?hubctl(?!-)", document.read_text())


def test_every_symptom_names_a_rule_or_a_hop_that_is_there() -> None:
    sections = (REPOSITORY / "docs/troubleshooting.md").read_text().split("\n## ")[1:]
    ids = {rule.id for rule in RULES} | {kind.rule for kind in KINDS.values()}
    for section in sections:
        named = set(re.findall(r"(?:HUB|DOC)\d+", section))
        assert named, section.partition("\n")[0]
        assert named <= ids
