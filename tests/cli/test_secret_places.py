"""A secret somewhere in a hub's files, told by all that the hub talks to: no command shows it, or writes it down."""

import itertools
import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl.core.compose.stack import Address, LogLine
from hubctl.core.probe import Answer, NoAnswer, Probe
from hubctl.operations.stack.init import init
from hubctl.runtimes import SecondGateway
from tests.cli.test_canary import GIVEN, RUNS
from tests.conftest import run_command
from tests.fakes import FakeInside, FakeRuntime, instance, run_of
from tests.secret_places import PLACES, leaks, pairs, told
from tests.servers import Script, reply, requested, serving
from tests.sweeps import WHOLE

# Each command once a pair, as text and as JSON in turns.
PAIRS = 200 if WHOLE else 3
KEY = "another-key-0123456789"
FILES = {"env": "env/litellm.env", "config": "conf/litellm/litellm_config.yaml", "compose": "compose.local.yml"}
WAITING = [("restart",), ("provider", "set-key", "anthropic", "--stdin")]
QUICK = [tuple("0.2" if word == "1" else word for word in words) for words in RUNS if words not in [*GIVEN, *WAITING]]
MORE = [
    ("test-model", "llama3.2:3b", "--junit", "junit.xml", "--github"),
    ("test-model", "--retries", "0"),
    ("models", "list"),
    ("doctor", "--timeout", "0.5", "--report", "ticket.md"),
    ("logs", "--follow"),
    *((*words, "--timeout", "0.3") for words in WAITING),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub to copy."""
    return init(tmp_path_factory.mktemp("made") / "hub").root


def put(root: Path, place: str, secret: str) -> None:
    """Write the secret into its place of the hub's files."""
    kind = PLACES[place].kind
    file, line = root / FILES[kind], PLACES[place].write(secret)
    text = file.read_text()
    if kind == "env":
        file.write_text(f"{text}{line}\n")
    elif kind == "config":
        head = "  - model_name: told\n    litellm_params:\n      model: ollama_chat/told\n"
        file.write_text(text.replace("model_list:\n", f"model_list:\n{head}{line}\n", 1))
    else:
        between = "    environment:\n" if line.startswith("      -") else ""
        file.write_text(text.replace("services:\n", f"services:\n  told:\n    image: told:1\n{between}{line}\n", 1))


def teller(secret: str) -> Script:
    """A server that refuses everything, and tells the secret in every way."""
    texts = itertools.cycle([text for text, _, _ in told(secret)])

    def script(peer: socket.socket) -> None:
        while True:
            requested(peer)
            peer.sendall(reply(401, {"error": {"message": next(texts), "type": "auth", "code": "x"}}))

    return script


class Telling(FakeInside):
    """A container from which every question is answered with the secret in its environment."""

    def probe(self, probe: Probe, *, timeout_s: float) -> Answer:
        """Tell it."""
        raise NoAnswer("garbage", f"{probe.url} said {self.environment['X']}")


def runtime_of(address: Address, secret: str) -> FakeRuntime:
    """What runs: everything tells the secret, in its log and in its answers."""
    names = (("litellm", "gateway"), ("openwebui", "ui"), ("ollama", "ollama"), ("redis", "cache"), ("db", "database"))
    view = [run_of(name, role, instance(f"hub-{name}-1"), address=address) for name, role in names]  # type: ignore[arg-type]
    log = [LogLine("litellm", f"{word} {text}") for text, _, _ in told(secret) for word in ("ERROR:", "INFO:")]
    log += [LogLine("litellm", json.dumps({"level": "ERROR", "message": f"ValueError: {secret}"}))]
    second = SecondGateway(address, "key", lambda: True, lambda: [line.text for line in log])
    return FakeRuntime(
        [view], log=log, second=second, insides={"litellm": Telling({"X": secret}), "openwebui": Telling({"X": secret})}
    )


def written_down(root: Path) -> Iterator[Path]:
    """Every file of the hub in which no secret belongs."""
    for path in root.rglob("*"):
        kept = "/before/" in str(path) or ".hubctl/proven/" in str(path)
        if path.is_file() and not kept and path not in {root / file for file in FILES.values()}:
            yield path


def test_no_command_shows_a_secret(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "hub/summary.md"))
    found: list[object] = []
    chosen = list(pairs(4000))[:: 4000 // PAIRS]
    for number, (place, shape, secret) in enumerate(chosen):
        root = tmp_path / "hub"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(made, root)
        put(root, place, secret)
        monkeypatch.chdir(root)
        with serving(teller(secret)) as address:
            for at, words in enumerate([*QUICK, *MORE]):
                if words == ("verify",) and number % 20:
                    continue  # five seconds of waiting for what never comes
                form = ("--json",) if (number + at) % 2 else ()
                done = run_command(*words, *form, stdin=KEY, runtime=runtime_of(address, secret))
                if leaked := leaks(done.stdout + done.stderr, secret):
                    found.append((place, shape, secret, words, form, done.stdout + done.stderr, leaked[:3]))
        files = {path.name: path.read_text(errors="replace") for path in written_down(root)}
        found += [(place, shape, secret, name) for name, text in files.items() if leaks(text, secret)]
    assert found[:3] == []
