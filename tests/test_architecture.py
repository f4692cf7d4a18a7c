"""How the code hangs together, read from its imports."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "hubctl"
FILES = sorted(ROOT.rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
MODULES = {".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__") for path in FILES}

# From the top down: each may import what stands below it, and itself.
LAYERS = [
    {"cli", "__main__"},
    {"commands", "dashboard"},
    {"hub"},
    {"output", "render", "stderr", "stdout"},
    {"operations"},
    {"runtimes"},
    {"adapters"},
    {"core"},
]
FREE = {"errors", "interrupts", "progress", "settings", "parallel", ""}
# What each room of a layer may look at in its own layer: no other room, and no circle. A module beside the rooms is a
# room of one file. An arrow more is a decision; a circle is a room that does not know what it is for.
ARROWS: dict[str, dict[str, set[str]]] = {
    "core": {
        "result": set(),
        "probe": set(),
        "change": set(),
        "text": set(),
        "reports": {"text"},
        "providers": {"text"},
        "secrecy": {"providers"},
        "compose": {"change", "text"},
        "models": {"providers", "text"},
        "doctor": {"compose"},
        "gateway": {"compose", "models", "text"},
        "judging": {"compose", "models", "providers", "text"},
        "rules": {"compose", "judging", "models", "providers", "secrecy", "text"},
    },
    "adapters": {
        "files": set(),
        "net": {"files"},
        "state": {"files"},
        "docker": set(),
        "services": {"net"},
        "gateway": {"files", "net", "services", "state"},
    },
    "runtimes": {
        "obstacles": set(),
        "compose": {"obstacles"},
        "embedded": {"compose", "obstacles"},
    },
    "operations": {
        "change": set(),
        "dashboard": set(),
        "config": {"change"},
        "providers": {"change"},
        "secrecy": {"providers"},
        "smoke": {"change"},
        "models": {"change", "providers", "smoke"},
        "stack": {"change", "config", "providers"},
        "doctor": {"config", "providers", "stack"},
        "verify": {"dashboard", "providers", "smoke", "stack"},
    },
    "render": {
        "parts": set(),
        "change": {"parts"},
        "config": {"parts"},
        "dashboard": {"parts"},
        "doctor": {"parts"},
        "models": {"parts"},
        "providers": {"parts"},
        "smoke": {"parts"},
        "stack": {"change", "parts"},
        "verify": {"parts"},
    },
    "commands": {
        "_options": set(),
        "_completion": set(),
        "_command": {"_options"},
        "change": {"_command", "_options"},
        "config": {"_command", "_options", "change"},
        "dashboard": {"_command"},
        "doctor": {"_command", "_options"},
        "models": {"_command", "_completion", "_options", "change"},
        "providers": {"_command", "_completion", "_options", "change"},
        "smoke": {"_command", "_completion", "_options"},
        "stack": {"_command", "_completion", "_options"},
        "verify": {"_command", "_options"},
    },
}
LARGEST_FILE = 250
LONGEST_FUNCTION = 40

# library -> where alone it may be imported
PLACES = {
    "typer": {"cli", "commands", "dashboard"},  # the dashboard's calls of commands raise its BadParameter
    "rich": {"output", "render"},
    "docker": {"adapters"},
    "requests": {"adapters"},
    "httpx": {"adapters"},
    "http": {"adapters"},
    "urllib3": {"adapters"},
    "fastapi": {"dashboard"},
    "starlette": {"dashboard"},
    "pydantic": {"dashboard"},
    "uvicorn": {"dashboard"},
    "h11": {"dashboard"},
    "threading": {"interrupts", "parallel"},  # the former asks which thread it is in
    "concurrent": set(),
    "asyncio": {"dashboard"},
    "multiprocessing": set(),
    "subprocess": {"adapters"},
    "socket": {"adapters", "dashboard"},
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def noun(path: Path) -> str:
    """The layer or top-level module that a file belongs to; empty for the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever it does, with full names."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "hubctl")


def modules(path: Path) -> Iterator[str]:
    """Every module of hubctl that a file imports: `from hubctl.a import b` is hubctl.a.b where that is a module."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("hubctl"):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else str(node.module)


def rooms(layer: str) -> set[str]:
    return {path.stem for path in (ROOT / layer).iterdir() if path.stem not in {"__init__", "__pycache__"}}


def own(path: Path) -> set[str]:
    """The layers and top-level modules of hubctl that a file imports."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("hubctl.")} - {"__version__"}


def rank(name: str) -> int:
    (found,) = [index for index, layer in enumerate(LAYERS) if name in layer]
    return found


def objections(check: Callable[[Path], object]) -> dict[str, object]:
    """What a check finds wrong, by file. One test for all files: a test for each would cost more than it tells."""
    return {name: found for path, name in zip(FILES, NAMES, strict=True) if (found := check(path))}


def test_imports_go_one_way() -> None:
    def wrong(path: Path) -> set[str]:
        above = noun(path)
        if above in FREE:
            return own(path) - FREE
        return {below for below in own(path) - FREE if rank(below) < rank(above)}

    assert objections(wrong) == {}


@pytest.mark.parametrize("layer", ARROWS)
def test_every_room_is_on_the_map(layer: str) -> None:
    assert rooms(layer) == set(ARROWS[layer])


@pytest.mark.parametrize("layer", ARROWS)
def test_no_room_leads_back_to_itself(layer: str) -> None:
    tuple(TopologicalSorter(ARROWS[layer]).static_order())  # raises CycleError


@pytest.mark.parametrize("layer", ARROWS)
def test_a_room_looks_only_where_it_may_and_has_no_arrow_too_many(layer: str) -> None:
    seen: dict[str, set[str]] = {room: set() for room in rooms(layer)}
    for path in (ROOT / layer).rglob("*.py"):
        room = path.relative_to(ROOT / layer).with_suffix("").parts[0]
        for name in modules(path):
            if name.startswith(f"hubctl.{layer}.") and room != "__init__":
                seen[room].add(name.split(".")[2])
    assert {room: others - {room} for room, others in seen.items()} == ARROWS[layer]


def test_a_room_has_the_same_noun_in_each_layer() -> None:
    nouns = rooms("operations")
    assert rooms("commands") - {"_command", "_completion", "_options"} <= nouns
    assert rooms("render") - {"parts"} <= nouns


def test_the_unit_tests_mirror_the_rooms() -> None:
    for layer in ("core", "adapters", "operations", "runtimes"):
        tested = {path.name for path in (ROOT.parent / "tests/unit" / layer).iterdir() if path.is_dir()}
        assert tested - {"__pycache__"} <= rooms(layer)


def test_rules_hold_rules_alone() -> None:
    """What helps them lives in `judging`, so that no rule needs another one's module."""

    def wrong(path: Path) -> list[str]:
        if not path.is_relative_to(ROOT / "core/rules") or path.name == "__init__.py":
            return []
        functions = [node for node in tree(path).body if isinstance(node, ast.FunctionDef)]
        others = [name for name in modules(path) if name.startswith("hubctl.core.rules")]
        return others + [f.name for f in functions if not f.decorator_list and not f.name.startswith("_")]

    assert objections(wrong) == {}


def test_threads_are_not_started_by_commands() -> None:
    may = {"operations", "runtimes", "adapters", "dashboard"}
    assert objections(lambda path: "parallel" in own(path) and noun(path) not in may) == {}


def test_settings_are_read_at_the_top_alone() -> None:
    may = {"cli", "commands", "dashboard", "hub"}
    assert objections(lambda path: "settings" in own(path) and noun(path) not in may) == {}


def test_each_library_stays_in_its_place() -> None:
    def wrong(path: Path) -> set[str]:
        libraries = {name.split(".")[0] for name in imported(path)}
        return {name for name in libraries & set(PLACES) if noun(path) not in PLACES[name]}

    assert objections(wrong) == {}


def test_the_core_does_no_input_or_output() -> None:
    doors = {"os", "sys", "shutil", "tempfile", "time", "signal"}
    calls = {"read_text", "write_text", "read_bytes", "write_bytes", "exists", "stat", "open", "mkdir"}

    def wrong(path: Path) -> set[str]:
        if noun(path) != "core":
            return set()
        called = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
        return ({name.split(".")[0] for name in imported(path)} & doors) | (called & calls)

    assert objections(wrong) == {}


def reads_environment(path: Path) -> bool:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"}:
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            return any(alias.name in {"environ", "environb", "getenv"} for alias in node.names)
    return False


def test_the_environment_is_read_in_one_place() -> None:
    assert [str(path.relative_to(ROOT)) for path in FILES if reads_environment(path)] == ["settings.py"]


def prints(path: Path) -> bool:
    """Whether it prints: `typer.echo` for --help and --version is the command line's own."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "input"}:
            return True
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"stdout", "stderr", "stdin"}
            and isinstance(node.value, ast.Name)
        ):
            return node.value.id == "sys"
    return False


def test_only_the_output_prints() -> None:
    # cli.py sets how both streams treat characters that they cannot show
    assert [str(path.relative_to(ROOT)) for path in FILES if prints(path)] == ["cli.py", "output.py", "stdout.py"]


def test_every_module_says_in_one_line_what_it_is_for() -> None:
    def wrong(path: Path) -> bool:
        docstring = ast.get_docstring(tree(path))
        return not docstring or not docstring.splitlines()[0].endswith((".", "!"))

    assert objections(wrong) == {}


def test_no_file_is_too_long_to_read_at_once() -> None:
    assert objections(lambda path: max(0, len(path.read_text().splitlines()) - LARGEST_FILE)) == {}


def test_no_function_is_too_long_to_understand() -> None:
    def long(path: Path) -> list[str]:
        return [
            f"{node.name}: {node.end_lineno - node.lineno + 1}"
            for node in ast.walk(tree(path))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.end_lineno is not None
            and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
        ]

    assert objections(long) == {}
