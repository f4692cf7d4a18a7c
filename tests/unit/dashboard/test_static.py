"""The files of the page: which modules may import which."""

import re
from graphlib import TopologicalSorter

import pytest

from hubctl.dashboard.page import FOLDER, INDEX

MODULES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.js"))
# The folders that a module may import from. Parts do not import each other: main.js connects them.
ARROWS = {"": {"parts", "tools"}, "parts": {"tools"}, "tools": {"tools", "words"}, "words": set()}


def text(name: str) -> str:
    return (FOLDER / name).read_text()


def folder(name: str) -> str:
    return name.rpartition("/")[0]


def imports(name: str) -> set[str]:
    """The modules that a module imports. Each of them must exist."""
    asked = re.findall(r'\b(?:from|import)\s*\(?\s*"([^"]+)"', text(name))
    found = {(FOLDER / name).parent.joinpath(each).resolve().relative_to(FOLDER.resolve()).as_posix() for each in asked}
    assert found <= set(MODULES), name
    return found


def linked(tag: str) -> list[str]:
    """The files that index.html links to with this tag."""
    return re.findall(rf'<{tag} [^>]*(?:href|src)="/static/([^"]+)"', text(INDEX))


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_from_the_folders_it_may(name: str) -> None:
    assert {folder(each) for each in imports(name)} <= ARROWS[folder(name)]


def test_no_module_imports_itself_through_others() -> None:
    tuple(TopologicalSorter({name: imports(name) for name in MODULES}).static_order())  # raises CycleError


def test_every_module_is_used_and_main_connects_every_part() -> None:
    assert set().union(*map(imports, MODULES), linked("script")) == set(MODULES)
    assert {name for name in imports("main.js") if folder(name) == "parts"} == {
        name for name in MODULES if folder(name) == "parts"
    }
