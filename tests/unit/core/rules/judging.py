"""How a case becomes findings: its files are written, read as the command reads them, and judged."""

import subprocess
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hubctl.adapters.files import hub_files
from hubctl.core.judging import judge
from hubctl.core.judging.rule import Finding
from hubctl.core.judging.subject import Subject
from hubctl.core.rules import RULES
from hubctl.core.text.span import Span
from hubctl.operations.config import sources

MARK = "# <-"


@dataclass(frozen=True)
class Machine:
    """Files on a machine where env files have a `mode`, git tracks them all, or the gateway `lacks` packages."""

    files: Mapping[str, str]
    mode: int = 0o600
    tracked: bool = False
    lacks: frozenset[str] = frozenset()


# A case is a litellm config on its own, or files by name: with a compose file and others it is a hub.
Case = str | Mapping[str, str] | Machine

COMPOSE = """
services:
  litellm:
    image: ghcr.io/berriai/litellm:main-stable
    command: ["--config", "/app/config.yaml", "--port", "4000"]
    env_file: litellm.env
    depends_on: [ollama, redis]
    ports: ["127.0.0.1:4000:4000"]
    volumes: ["./config.yaml:/app/config.yaml:ro"]
  openwebui:
    image: ghcr.io/open-webui/open-webui:main
    env_file: openwebui.env
    depends_on: [litellm]
    ports: ["127.0.0.1:3000:8080"]
  ollama:
    image: ollama/ollama:latest
  redis:
    image: redis:7-alpine
"""
CONFIG = """
model_list:
  - model_name: llama3.2:3b
    litellm_params:
      model: ollama_chat/llama3.2:3b
      api_base: os.environ/OLLAMA_BASE_URL
litellm_settings:
  request_timeout: 300
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
KEY = "sk-" + "0123456789abcdef" * 4
LITELLM_ENV = f"LITELLM_MASTER_KEY={KEY}\nOLLAMA_BASE_URL=http://ollama:11434\n"
OPENWEBUI_ENV = f"""\
OPENAI_API_BASE_URLS=http://litellm:4000/v1
OPENAI_API_KEYS={KEY}
ENABLE_OLLAMA_API=False
ENABLE_PERSISTENT_CONFIG=False
WEBUI_SECRET_KEY={"fedcba9876543210" * 4}
"""
HUB = {"compose.yml": COMPOSE, "config.yaml": CONFIG, "litellm.env": LITELLM_ENV, "openwebui.env": OPENWEBUI_ENV}


def hub(**changes: str) -> dict[str, str]:
    """The files of a hub that has nothing wrong, with other texts: `config=`, `compose=`, `litellm_env=`, ..."""
    names = {"config": "config.yaml", "compose": "compose.yml", "dotenv": ".env"}
    given = {names.get(key, key.replace("_env", ".env")): text for key, text in changes.items()}
    return {**HUB, **given}


def machine_of(case: Case) -> Machine:
    """The files of a case as they are written, and the machine they are on."""
    machine = case if isinstance(case, Machine) else Machine({"config.yaml": case} if isinstance(case, str) else case)
    return replace(machine, files={name: textwrap.dedent(text).lstrip("\n") for name, text in machine.files.items()})


def written(case: Case, folder: Path) -> list[Path]:
    """Write the files of a case; env files are their user's alone, as a good hub's are."""
    machine = machine_of(case)
    paths = []
    for name, text in machine.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        path.chmod(machine.mode if ".env" in name else 0o644)
        paths.append(path)
    if machine.tracked:
        for words in (["init", "--quiet"], ["add", "."]):
            subprocess.run(["git", *words], cwd=folder, check=True)
    return paths


def subject_of(case: Case, folder: Path) -> Subject:
    """Read the files of a case as the command does."""
    paths = written(case, folder)
    if len(paths) == 1:
        return sources.of_file(paths[0], {})
    layout = hub_files.load(folder, {})
    lacks = case.lacks if isinstance(case, Machine) else frozenset()
    return sources.of_hub(layout, layout.service("gateway"), missing_packages=lacks)


def judged(case: Case, folder: Path, *only: str) -> tuple[Finding, ...]:
    """The findings on a case, of all rules or of `only` some."""
    return judge.check(RULES, subject_of(case, folder), only=only)


def under(finding: Finding) -> str:
    """The text under the place of a finding."""
    return words_at(finding.file.read_bytes().decode("utf-8", "replace"), finding)


def words_at(text: str, place: Finding | Span) -> str:
    """What stands at a place of a text, which has to lie inside the text; counted here in a way of its own."""
    lines = text.removeprefix("\ufeff").split("\n")
    assert place.line is not None
    assert place.column is not None
    assert place.end_line is not None
    assert place.end_column is not None
    assert (1, 1) <= (place.line, place.column) <= (place.end_line, place.end_column)
    assert place.end_line <= len(lines)
    assert place.column <= len(lines[place.line - 1]) + 1
    assert place.end_column <= len(lines[place.end_line - 1]) + 1
    words = lines[place.line - 1 : place.end_line]
    words[-1] = words[-1][: place.end_column - 1]
    return "\n".join(words)[place.column - 1 :]


def marked(folder: Path) -> set[tuple[str, int]]:
    """Where the texts of a case say that a finding belongs."""
    return {
        (path.name, number)
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if MARK in line
    }
