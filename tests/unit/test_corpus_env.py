"""Real env files from the field: HUBCTL_CORPUS names the folder (env files in it, or in its `env/`)."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hubctl.core.text import env_edit, env_text
from hubctl.core.text.env_statements import statements
from hubctl.errors import EditRefused
from tests.sweeps import one_in

CORPUS = os.environ.get("HUBCTL_CORPUS")
VALUE = "sk-it's $ome #\\value"
NEW = "A_NAME_THAT_NOBODY_HAS"

pytestmark = pytest.mark.skipif(not CORPUS, reason="HUBCTL_CORPUS names no folder with sample env files")


def _texts() -> Iterator[tuple[Path, str]]:
    folder = Path(CORPUS or "/nonexistent")
    folder = folder / "env" if (folder / "env").is_dir() else folder
    for file in sorted(folder.iterdir()):
        if file.suffix == ".env":
            yield file, file.read_bytes().decode()


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(statement.name for statement in statements(text) if statement.name))


def _others(text: str, name: str) -> list[str]:
    return [statement.raw.rstrip("\r") for statement in statements(text) if statement.name != name]


def _added(text: str, name: str, file: Path) -> bool:
    """Whether a new variable is read back, and taking it away gives the same bytes."""
    after = env_edit.assign(text, name, VALUE, file)
    return env_text.read(after, {}).values()[name] == VALUE and env_edit.remove(after, name, file) == text


def _replaced(text: str, name: str, file: Path) -> bool:
    """Whether the new value is read back, and one line alone is another one."""
    after = env_edit.assign(text, name, VALUE, file)
    changed = sum(line != was for line, was in zip(after.split("\n"), text.split("\n"), strict=True))
    is_read = env_text.read(after, {}).values()[name] == VALUE
    return is_read and changed == 1 and _others(after, name) == _others(text, name)


def _removed(text: str, name: str, file: Path) -> bool:
    """Whether the name is gone, and what is left are the other lines."""
    after = env_edit.remove(text, name, file)
    rest = iter(text.splitlines())
    is_kept = all(line in rest for line in after.splitlines())
    return name not in _names(after) and is_kept and _others(after, name) == _others(text, name)


def _sentence(what: str, counts: Counter[str]) -> str:
    return f"\nenv files, {what}: {counts['done']} done, {counts['refused']} refused, {counts['wrong']} wrong"


@pytest.mark.parametrize(
    ("what", "edit", "names"),
    [("set a new one", _added, lambda _: [NEW]), ("replace", _replaced, _names), ("remove", _removed, _names)],
    ids=["set", "replace", "remove"],
)
def test_every_variable_of_every_file(
    what: str,
    edit: Callable[[str, str, Path], bool],
    names: Callable[[str], list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts: Counter[str] = Counter()
    told = []
    for file, text in _texts():
        for name in one_in(4, names(text)):
            try:
                outcome = "done" if edit(text, name, file) else "wrong"
            except EditRefused as error:
                outcome = "refused"
                told.append(f"  refused: {file.name}{error.message.removeprefix(str(file))}")
            counts[outcome] += 1
    with capsys.disabled():
        sys.stdout.write("\n".join([_sentence(what, counts), *told, ""]))
    assert counts["done"]
    assert not counts["wrong"]
