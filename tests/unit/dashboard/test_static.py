"""The files of the page: a module and a stylesheet for each part, and which modules may import which."""

import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from hubctl.dashboard.page import FOLDER, INDEX, sheets
from tests.unit.dashboard.asking import Desk

MODULES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.js"))
SHEETS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.css"))
# The folders that a module may import from. Parts do not import each other: main.js connects them.
ARROWS = {"": {"parts", "tools"}, "parts": {"tools"}, "tools": {"tools", "words"}, "words": set()}
# Tools without a stylesheet.
WITHOUT_LOOKS = {"announce", "api", "early", "element", "place", "session", "text"}


def text(name: str) -> str:
    return (FOLDER / name).read_text()


def folder(name: str) -> str:
    return name.rpartition("/")[0]


def stems(names: list[str], asked: str) -> set[str]:
    return {Path(name).stem for name in names if folder(name) == asked}


def imports(name: str) -> set[str]:
    """The modules that a module imports. Each of them must exist."""
    asked = re.findall(r'\b(?:from|import)\s*\(?\s*"([^"]+)"', text(name))
    found = {(FOLDER / name).parent.joinpath(each).resolve().relative_to(FOLDER.resolve()).as_posix() for each in asked}
    assert found <= set(MODULES), name
    return found


def linked(tag: str) -> list[str]:
    """The files that index.html links to with this tag."""
    return re.findall(rf'<{tag} [^>]*(?:href|src)="/static/([^"]+)"', text(INDEX))


def classes(sheet: str) -> Iterator[str]:
    """The classes in the selectors of a stylesheet."""
    for selector in re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", text(sheet), flags=re.DOTALL)):
        yield from re.findall(r"\.([a-zA-Z][\w-]*)", selector)


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


def test_each_part_and_each_tool_with_looks_has_a_stylesheet_of_its_name() -> None:
    assert stems(SHEETS, "parts") == stems(MODULES, "parts")
    assert stems(SHEETS, "tools") == stems(MODULES, "tools") - WITHOUT_LOOKS
    assert stems(MODULES, "tools") >= WITHOUT_LOOKS
    assert stems(SHEETS, "words") == set()


def test_each_stylesheet_is_served_once_in_cascade_order(desk: Desk) -> None:
    names = [path.relative_to(FOLDER).as_posix() for path in sheets()]
    assert sorted(names) == SHEETS
    assert [folder(name) for name in names] == sorted(map(folder, names), key=["", "tools", "parts"].index)
    assert not [name for name in names if "@import" in text(name)]  # browsers ignore it below other rules
    assert [name for name in linked("link") if name.endswith(".css")] == ["looks.css"]
    answer = desk.ask("GET", "/static/looks.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.text == "\n".join(map(text, names))


def test_every_request_carries_the_token_and_nothing_else_does() -> None:
    asking = re.compile(
        r"\bfetch\(|new (EventSource|WebSocket|XMLHttpRequest|Worker)\b|sendBeacon|serviceWorker|\.cookie\b"
    )
    assert {name for name in MODULES if asking.search(text(name))} == {"tools/session.js"}
    addressed = re.findall(r'\b(?:href|src|action)="([^"]*)"', text(INDEX))  # what the browser asks for by itself
    assert [each for each in addressed if not each.startswith(("#", "/static/"))] == []
    assert [name for name in MODULES if re.search(r"\b(href|src|action)\s*[:=]", text(name))] == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_class_in_a_stylesheet_is_in_a_module_or_the_html(sheet: str) -> None:
    drawn = set(re.findall(r"[\w-]+", " ".join(map(text, [INDEX, *MODULES]))))
    assert set(classes(sheet)) <= drawn
