"""What every test gets: an empty environment, no engine unless it asks for one, and ways to a hub and to hubctl."""

import gc
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from typer.testing import CliRunner

from hubctl.cli import app
from hubctl.hub import Hub
from hubctl.operations.stack.init import init
from hubctl.output import Output
from hubctl.runtimes import Runtime
from hubctl.settings import Settings
from tests import preloaded

# What the test tools themselves need; all else of the shell that they were started from is taken away.
_KEPT = ("PATH", "TMPDIR", "LANG", "HUBCTL_CORPUS")
_KEPT_STARTS = ("HUBCTL_TEST_", "PYTEST_", "COVERAGE_", "LC_")
# Python looks for garbage after every 700 new objects; ten thousand collected tests are none.
gc.set_threshold(100_000)
preloaded.use()
# What a script starts in the background ignores Ctrl-C, under `nohup` SIGHUP too, and so would every process that a
# test starts to interrupt it.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)
NO_ENGINE = "unix:///nonexistent/this-test-must-not-touch-the-engine.sock"


# A test without any of these is `fast`, which `make check` runs: it starts no server and no second Python. One that
# does start one without saying so fails, so that nothing but what a test does decides where it belongs. The first ones
# take longest.
SLOW_KINDS = ("engine", "gateway", "browser", "wheel", "redis", "postgres", "process")
_UNDECLARED: list[str] = []
_declared = True


def _kinds(item: pytest.Item) -> list[int]:
    return [place for place, kind in enumerate(SLOW_KINDS) if item.get_closest_marker(kind)]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what is fast."""
    if not _kinds(item):
        item.add_marker("fast")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: modules are shared out in this order, and the many fast ones fill up the end.

    Those that make hubs of containers for themselves come before those that share one, for that one stays to the end.
    """
    sharing = {item.path for item in items if isinstance(item, pytest.Function) and "new_hub" in item.fixturenames}
    items.sort(key=lambda item: (min(_kinds(item), default=len(SLOW_KINDS)), item.path in sharing))


def _notice(event: str, args: tuple[object, ...]) -> None:
    if event == "subprocess.Popen" and not _declared and f"{Path(sys.executable).parent}/" in f"{args[0]} {args[1]}":
        _UNDECLARED.append(f"{args[1]}"[:200])


sys.addaudithook(_notice)


@pytest.fixture(autouse=True)
def _starts_what_it_says(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that starts a Python of its own and bears none of the markers for that."""
    global _declared  # noqa: PLW0603 - an audit hook cannot be taken away again
    _declared = request.node.get_closest_marker("fast") is None
    _UNDECLARED.clear()
    yield
    _declared = True
    assert not _UNDECLARED, f"starts a program of its own ({_UNDECLARED[0]}): mark it with `process`"


@pytest.fixture(autouse=True)
def _empty_environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take the shell's variables away. Only a test with the marker `engine` sees the machine's engine."""
    if request.node.get_closest_marker("engine"):
        monkeypatch.delenv("HUBCTL_HUB", raising=False)
        return
    for name in os.environ:
        if name not in _KEPT and not name.startswith(_KEPT_STARTS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(_new_home(tmp_path_factory)))
    monkeypatch.setenv("DOCKER_HOST", NO_ENGINE)


_homes = itertools.count()


def _new_home(factory: pytest.TempPathFactory) -> Path:
    """Make an empty home. `factory.mktemp` would look through all that were made before it, for thousands of tests."""
    home = factory.getbasetemp() / "homes" / f"{next(_homes)}"
    home.mkdir(parents=True)
    return home


@pytest.fixture
def hub_folder(tmp_path: Path) -> Path:
    """A hub as `hubctl init` makes it."""
    return init(tmp_path / "hub").root


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        (line,) = self.stdout.splitlines()
        return json.loads(line)

    @property
    def data(self) -> Any:
        """What the command answered."""
        assert self.document["ok"], self.document
        return self.document["data"]


class Run(Protocol):
    """Run a command inside this process, in the hub's folder, on a fake runtime where one is given."""

    def __call__(self, *words: str, runtime: Runtime | None = None, stdin: str | None = None) -> Ended:
        """Run `hubctl` with these words."""


@pytest.fixture
def run(hub_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give the way to run a command."""
    monkeypatch.chdir(hub_folder)
    return run_command


def run_command(*words: str, runtime: Runtime | None = None, stdin: str | None = None) -> Ended:
    """Run a command where the process is; a bug in hubctl is raised here."""
    hub = None
    if runtime:
        settings = Settings.read()
        hub = Hub(settings, Output(as_json="--json" in words, color=False), runtime=runtime)
    result = CliRunner().invoke(app, list(words), obj=hub, input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def executable(tmp_path: Path) -> Callable[[str, str], Path]:
    """Give a way to put a shell script under a name into a folder of its own, which is returned."""

    def make(name: str, script: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
        return folder

    return make
