"""A hub for tests on real parts: hubctl as a process, the images there are, ports that are free."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hubctl.core.compose.stack import Address
from tests import preloaded
from tests.processes import PROGRAM, Finished
from tests.real_servers import free_port, is_alive

# variable of compose.local.yml -> images that will do, the shipped default first
IMAGES = {
    "OPENWEBUI_IMAGE": ("ghcr.io/open-webui/open-webui:main",),
    "LITELLM_IMAGE": ("ghcr.io/berriai/litellm:main-stable", "ghcr.io/berriai/litellm:main-latest"),
    "OLLAMA_IMAGE": ("ollama/ollama:latest",),
    "REDIS_IMAGE": ("redis:7-alpine",),
    "POSTGRES_IMAGE": ("postgres:15-alpine",),
}
ENV, CONFIG = "env/litellm.env", "conf/litellm/litellm_config.yaml"
PORTS = ("OPENWEBUI_PORT", "LITELLM_PORT", "OLLAMA_PORT", "REDIS_PORT", "POSTGRES_PORT")
# A service that answers late on a machine that runs two other hubs meanwhile is no fault of the hub.
LOOK = ("--timeout", "20")


def patiently(words: Sequence[str | Path]) -> list[str | Path]:
    """The words of a command, with time enough for a look where they name none themselves."""
    return [*words, *(LOOK if words[:1] == ("status",) and "--timeout" not in words else ())]


def own_name(word: str) -> str:
    """A folder's name that makes a Compose project of its own: tests run side by side on one engine."""
    return f"hubctl-{word}-{os.getpid()}"


# What `verify` proves by a measured time: how busy this machine is decides that. Unit tests hold it to both verdicts.
MEASURED = ("status_soon", "cache_faster")


def claims_of(verified: Finished) -> dict[str, Any]:
    """The claims of `verify --json` by their ids, without the verdicts that were found by measuring a time."""
    claims = {claim["id"]: claim for claim in verified.data["claims"]}
    assert verified.code == (1 if any(claim["ok"] is False for claim in claims.values()) else 0), verified.out
    return {name: claim for name, claim in claims.items() if name not in MEASURED or claim["ok"] is None}


@dataclass(frozen=True)
class RealHub:
    """A hub's folder, and hubctl and Docker Compose run in it as processes."""

    root: Path
    env: dict[str, str] = field(repr=False)

    @property
    def project(self) -> str:
        """The name that `hubctl init` gave it for Docker Compose."""
        named = re.search(r"^COMPOSE_PROJECT_NAME=(.+)$", (self.root / ".env").read_text(), re.MULTILINE)
        assert named
        return named[1]

    def hubctl(self, *words: str | Path, timeout_s: float = 420, stdin: str = "", **env: str) -> Finished:
        loads_anew = any(name.startswith("PYTHON") for name in env)  # which is read at the start of Python alone
        done = subprocess.run(
            [*(PROGRAM if loads_anew else (preloaded.hubctl(),)), *patiently(words)],
            cwd=self.root,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            input=stdin,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def begin(self, *words: str | Path) -> subprocess.Popen[str]:
        """Run hubctl beside the test, in a session of its own, with pipes for all that goes in and out."""
        return subprocess.Popen(
            [*PROGRAM, *patiently(words)],
            cwd=self.root,
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def compose(self, *words: str) -> str:
        return self.compose_at("--file", "compose.local.yml", *words)

    def compose_at(self, *words: str) -> str:
        done = subprocess.run(
            ["docker", "compose", *words],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout + done.stderr

    def is_alive(self) -> bool:
        """Whether the gateway answers: who waits for its start asks this first, for it costs next to nothing."""
        return is_alive(Address("127.0.0.1", int(self.env["LITELLM_PORT"])))

    def service(self, name: str) -> dict[str, Any]:
        """The status of one service, as the document has it."""
        services = self.hubctl("status", "--json").data["services"]
        found: dict[str, Any] = next(service for service in services if service["service"] == name)
        return found


@dataclass(frozen=True)
class Files:
    """The two files of the gateway that changes are about."""

    env: bytes = field(repr=False)
    config: bytes

    @classmethod
    def of(cls, hub: RealHub) -> "Files":
        return cls((hub.root / ENV).read_bytes(), (hub.root / CONFIG).read_bytes())

    def put_back(self, hub: RealHub) -> None:
        (hub.root / ENV).write_bytes(self.env)
        (hub.root / CONFIG).write_bytes(self.config)


@contextmanager
def hub_at(root: Path, **images: str) -> Iterator[RealHub]:
    """A hub just made by `hubctl init`, on ports of its own and not started; taken away with its data in the end.

    Its gateway does not ask three times for the newest prices, in a network that is not there. Once its services are
    well, they are asked for their health once a minute: the checks of five idle hubs cost a quarter of a machine with
    two cores.
    """
    root.mkdir()
    hub = RealHub(root, {**shell(), **hub_environment(), **images})
    assert hub.hubctl("init").code == 0
    described = root / "compose.local.yml"
    described.write_text(re.sub(r"( +)interval: .+", r"\1interval: 60s\n\1start_interval: 3s", described.read_text()))
    with (root / ENV).open("a") as env:
        env.write("LITELLM_LOCAL_MODEL_COST_MAP=True\n")
    try:
        yield hub
    finally:
        hub.hubctl("down", "--volumes", "--yes")


def shell() -> dict[str, str]:
    """The variables of this shell that hubctl and Docker need; none that could point at a hub or hold a key."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST") if name in os.environ}


def docker_problem() -> str | None:
    """Say what is missing for tests on a real engine, or nothing."""
    if shutil.which("docker") is None:
        return "the command docker is not installed"
    if _docker("version").returncode:
        return "no Docker engine answers"
    if _docker("compose", "version").returncode:
        return "Docker Compose is not installed"
    for names in IMAGES.values():
        if present(names) is None:
            return f"the image {names[0]} is not on this machine"
    return None


def hub_environment() -> dict[str, str]:
    """Choose images that are there and ports that are free, as variables of compose.local.yml."""
    images = {variable: present(names) or names[0] for variable, names in IMAGES.items()}
    return images | {variable: str(free_port()) for variable in PORTS}


def present(names: tuple[str, ...]) -> str | None:
    """The first of these images that is on this machine."""
    return next((name for name in names if _docker("image", "inspect", name).returncode == 0), None)


def _docker(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["docker", *words], capture_output=True, check=False, timeout=30)
