"""The rules on real files from the field: HUBCTL_CORPUS names the folder, with `config/`, `config-bad/`, `env/`, ...

Errors on files of `config/` are printed (`pytest -rP`) for a person to look at: each has to be a real one.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl.core.judging import judge
from hubctl.core.judging.rule import Finding
from hubctl.core.rules import RULES
from hubctl.operations.config import sources

CORPUS = os.environ.get("HUBCTL_CORPUS")

pytestmark = pytest.mark.skipif(not CORPUS, reason="HUBCTL_CORPUS names no folder with sample files")

# What the collection's README says of a bad file, in its words -> the rule that has to say so.
TRAITS = {
    r"unknown sections": "HUB201",
    r"unknown (?:logging|server_settings)": "HUB201",
    r"cache/set_verbose under general_settings": "HUB221",
    r"cache/cache_params under general_settings": "HUB221",
    r"\$\{VAR\} (?:keys|in api_key)": "HUB301",
    r"does not parse": "HUB101",
    r"merge conflict|conflict markers": "HUB101",
    r"Go template": "HUB101",
    r"two model_list": "HUB105",
    r"set_verbose under general_settings": "HUB202",
    r"master_key and database_url under litellm_settings": "HUB202",
    r"no model_list": "HUB122",
    r"hard-coded provider keys": "HUB306",
    r"fallbacks at top level": "HUB201",
}
# Ways to be wrong that are so common that a good-looking file of the field may have them.
REAL = {"HUB105", "HUB131", "HUB141", "HUB225", "HUB243", "HUB264", "HUB301", "HUB306", "HUB323", "HUB324"}


def _files(kind: str) -> list[Path]:
    folder = Path(CORPUS or "/nonexistent") / kind
    return sorted(file for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []


def _found(file: Path) -> tuple[Finding, ...]:
    return judge.check(RULES, sources.of_file(file, {}))


def _traits() -> Iterator[tuple[str, str]]:
    """(file, rule) for everything that the README says of a bad file."""
    readme = Path(CORPUS or "/nonexistent") / "README.md"
    section = readme.read_text("utf-8").partition("## config-bad/")[2] if readme.is_file() else ""
    for line in section.partition("\n## ")[0].splitlines():
        if name := re.match(r"\| `([^`]+)`", line):
            found = [rule for trait, rule in TRAITS.items() if re.search(trait, line)]
            yield from ((name[1], rule) for rule in dict.fromkeys(found or ["any"]))


@pytest.mark.parametrize("kind", ["config", "config-bad", "env", "compose"])
def test_every_file_of_the_field_can_be_judged(kind: str) -> None:
    assert [file.name for file in _files(kind) if not isinstance(_found(file), tuple)] == []


@pytest.mark.parametrize(("name", "rule"), list(_traits()) if CORPUS else [])
def test_a_bad_file_gets_the_finding_that_its_description_names(name: str, rule: str) -> None:
    found = {finding.rule for finding in _found(Path(CORPUS or "") / "config-bad" / name) if finding.severity != "info"}
    assert rule in found if rule != "any" else found


@pytest.mark.parametrize("file", _files("config"), ids=lambda file: file.name)
def test_a_file_that_works_gets_no_error_but_of_a_kind_that_was_looked_at(file: Path) -> None:
    errors = [finding for finding in _found(file) if finding.severity == "error"]
    for finding in errors:
        sys.stdout.write(f"{finding.file.name}:{finding.line}: {finding.rule} {finding.message}\n")
    assert {finding.rule for finding in errors} <= REAL


@pytest.mark.parametrize("kind", ["config", "config-bad", "env", "compose"])
def test_no_finding_shows_a_secret(kind: str) -> None:
    for file in _files(kind):
        secret = set(re.findall(r"(?:sk-[\w-]{20,}|AIza\w{20,}|FAKE\w{12,}|0{20,})", file.read_text("utf-8")))
        said = " ".join(f"{each.message} {each.fix} {each.effect}" for each in _found(file))
        assert not [value for value in secret if value in said]
