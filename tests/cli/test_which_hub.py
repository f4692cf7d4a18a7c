"""Outside of every hub's folder: which hub a command takes, what it says of that, and when it asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl.operations.stack.init import init
from tests.fakes import container, docker_engine
from tests.processes import hubctl, in_terminal
from tests.servers import serving

pytestmark = pytest.mark.process

CHANGING = [
    ("down",),
    ("down", "--yes"),
    ("undo", "--yes"),
    ("models", "disable", "llama3.2:3b", "--no-restart"),
    ("models", "pull", "llama3"),
    ("provider", "disable", "openai", "--no-restart"),
    ("config", "check", "--fix"),
    ("adopt", "--yes"),
    ("dashboard",),
]
LOOKING = [("status",), ("models",), ("provider",), ("config", "check"), ("doctor", "--timeout", "2")]


@pytest.fixture
def engine(hub_folder: Path) -> Iterator[dict[str, str]]:
    """The way to an engine on which this hub's gateway runs, and nothing else."""
    with serving(docker_engine([container(hub_folder / "compose.local.yml", "litellm")])) as at:
        yield {"DOCKER_HOST": f"tcp://{at}"}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_who_looks_is_told_in_the_first_line_which_hub_it_is(
    engine: dict[str, str], hub_folder: Path, elsewhere: Path, words: tuple[str, ...], form: tuple[str, ...]
) -> None:
    done = hubctl(*words, *form, cwd=elsewhere, **engine)
    told = f"hub: {hub_folder}/compose.local.yml, the one that runs here, for this is no hub's folder"
    assert done.err.splitlines()[0] == told
    if form:
        assert done.data


@pytest.mark.parametrize("words", CHANGING, ids=" ".join)
def test_a_change_of_a_hub_that_nobody_named_is_refused_where_nobody_can_be_asked(
    engine: dict[str, str], hub_folder: Path, elsewhere: Path, words: tuple[str, ...]
) -> None:
    before = {path: path.read_bytes() for path in hub_folder.rglob("*") if path.is_file()}
    done = hubctl(*words, "--json", cwd=elsewhere, **engine)
    assert (done.code, done.error["code"]) == (4, "declined")
    assert done.error["hint"] == f"name it: --hub {hub_folder}/compose.local.yml"
    assert {path: path.read_bytes() for path in hub_folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("answer", "code"), [("n", 4), ("y", 0)])
def test_on_a_terminal_it_asks(
    engine: dict[str, str], hub_folder: Path, elsewhere: Path, answer: str, code: int
) -> None:
    config = hub_folder / "conf/litellm/litellm_config.yaml"
    before = config.read_bytes()
    words = ("models", "disable", "llama3.2:3b", "--no-restart")
    with in_terminal(*words, cwd=elsewhere, variables=engine) as terminal:
        terminal.wait_for("[y/N]")
        terminal.type(f"{answer}\n")
        assert terminal.end() == code
    assert (config.read_bytes() == before) is (answer == "n")


def test_a_hub_that_was_named_is_not_asked_about(engine: dict[str, str], hub_folder: Path, elsewhere: Path) -> None:
    words = ("models", "disable", "llama3.2:3b", "--no-restart", "--json")
    done = hubctl(*words, "--hub", str(hub_folder), cwd=elsewhere, **engine)
    assert (done.code, done.err) == (0, "")
    assert hubctl("undo", "--no-restart", "--json", cwd=elsewhere, HUBCTL_HUB=str(hub_folder), **engine).code == 0


def test_of_several_that_run_one_has_to_be_named(hub_folder: Path, tmp_path: Path, elsewhere: Path) -> None:
    other = init(tmp_path / "other").root
    running = [container(root / "compose.local.yml", "litellm") for root in (hub_folder, other)]
    with serving(docker_engine(running)) as at:
        done = hubctl("status", "--json", cwd=elsewhere, DOCKER_HOST=f"tcp://{at}")
    assert (done.code, done.error["code"]) == (4, "ambiguous_service")
    assert "name one of them with `--hub FILE`" in done.error["hint"]


def test_without_an_engine_there_is_no_hub(elsewhere: Path) -> None:
    done = hubctl("status", "--json", cwd=elsewhere, DOCKER_HOST="unix:///nowhere.sock")
    assert (done.code, done.error["code"]) == (4, "hub_not_found")
