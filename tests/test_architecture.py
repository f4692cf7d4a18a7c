"""How the code hangs together, read from its imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "hubctl"
FILES = sorted(ROOT.rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in FILES]

# From the top down: each may import what stands below it, and itself.
LAYERS = [
    {"cli", "__main__"},
    {"commands", "dashboard"},
    {"hub"},
    {"output", "render", "stdout"},
    {"operations"},
    {"runtimes"},
    {"adapters"},
    {"core"},
]
FREE = {"errors", "progress", "settings", "parallel", ""}
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
    "threading": {"parallel"},
    "concurrent": set(),
    "asyncio": {"dashboard"},
    "multiprocessing": set(),
    "subprocess": {"adapters"},
    "socket": {"adapters", "dashboard"},
}


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


def own(path: Path) -> set[str]:
    """The layers and top-level modules of hubctl that a file imports."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("hubctl.")} - {"__version__"}


def rank(name: str) -> int:
    (found,) = [index for index, layer in enumerate(LAYERS) if name in layer]
    return found


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_imports_go_one_way(path: Path) -> None:
    above = noun(path)
    if above in FREE:
        assert own(path) <= FREE
        return
    wrong = {below for below in own(path) - FREE if rank(below) < rank(above)}
    assert wrong == set()


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_threads_are_not_started_by_commands(path: Path) -> None:
    assert "parallel" not in own(path) or noun(path) in {"operations", "runtimes", "adapters", "dashboard"}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_settings_are_read_at_the_top_alone(path: Path) -> None:
    assert "settings" not in own(path) or noun(path) in {"cli", "commands", "dashboard", "hub"}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_each_library_stays_in_its_place(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imported(path)}
    wrong = {name for name in libraries & set(PLACES) if noun(path) not in PLACES[name]}
    assert wrong == set()


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_core_does_no_input_or_output(path: Path) -> None:
    if noun(path) != "core":
        return
    assert not {name.split(".")[0] for name in imported(path)} & {"os", "sys", "shutil", "tempfile", "time", "signal"}
    calls = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert not calls & {"read_text", "write_text", "read_bytes", "write_bytes", "exists", "stat", "open", "mkdir"}


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


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_module_says_in_one_line_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(tree(path))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", "!"))


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_no_file_is_too_long_to_read_at_once(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LARGEST_FILE


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_no_function_is_too_long_to_understand(path: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_a_command_has_an_operation_of_the_same_noun() -> None:
    commands = {path.stem for path in (ROOT / "commands").glob("[!_]*.py")}
    assert commands <= {path.stem for path in (ROOT / "operations").iterdir()}
