"""A copy of the repository's own hub for the embedded runtime, and how to wait for it and ask it."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import httpx

from hubctl.adapters.files import hub_files
from hubctl.core.compose.stack import Instance
from hubctl.errors import EngineUnavailable
from hubctl.operations.providers import credentials
from hubctl.progress import silent
from hubctl.runtimes import Runtime
from hubctl.runtimes.embedded.beside import Beside
from hubctl.runtimes.embedded.runtime import EmbeddedRuntime
from tests.real_servers import free_port

ROOT = Path(__file__).parents[2]
KEY = "sk-for-tests-0123456789abcdef"
PASSWORD = "correct-horse"
AUTHORIZATION = {"Authorization": f"Bearer {KEY}"}
OPERATORS_SHELL = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "OPENAI_API_KEY": "sk-operators"}


def _no_engine() -> NoReturn:
    raise EngineUnavailable("these tests have no engine")


@dataclass
class HubFolder:
    """A copy of the repository's own hub, on ports of its own. Redis and Ollama are expected where nothing is."""

    root: Path
    port: int
    redis_port: int
    ollama_port: int

    @classmethod
    def copied_to(cls, root: Path) -> "HubFolder":
        """Copy config and compose file, and fill the env files as `hubctl init` does."""
        shutil.copytree(ROOT / "conf", root / "conf")
        shutil.copy(ROOT / "compose.local.yml", root)
        (root / "env").mkdir()
        for example in (ROOT / "env").glob("*.env.example"):
            filled = example.read_text().replace("MASTER_KEY=\n", f"MASTER_KEY={KEY}\n")
            filled = filled.replace("REDIS_PASSWORD=\n", f"REDIS_PASSWORD={PASSWORD}\n")
            (root / "env" / example.name.removesuffix(".example")).write_text(filled)
        hub = cls(root, free_port(), free_port(), free_port())
        tell_neighbours(root, hub.redis_port, hub.ollama_port)
        return hub

    def beside(self, *, redis: int | None = None, ollama: int | None = None) -> None:
        """Let the hub's files name these ports of this machine."""
        self.redis_port, self.ollama_port = redis or self.redis_port, ollama or self.ollama_port
        tell_neighbours(self.root, self.redis_port, self.ollama_port)

    @property
    def config(self) -> Path:
        return self.root / "conf/litellm/litellm_config.yaml"

    @property
    def state(self) -> Path:
        return self.root / ".hubctl"

    def change(self, before: str, after: str) -> None:
        text = self.config.read_text()
        assert before in text
        self.config.write_text(text.replace(before, after))

    def runtime(self, *, demo: bool = False) -> EmbeddedRuntime:
        environment = {"LITELLM_PORT": str(self.port)}
        layout = hub_files.load(self.root / "compose.local.yml", environment)
        gateway = layout.service("gateway")
        return EmbeddedRuntime(
            layout,
            gateway,
            environment=lambda: credentials.service_environment(gateway, environment),
            shell=OPERATORS_SHELL,
            state_folder=self.state,
            beside=Beside(layout, _no_engine, _no_engine),
            demo=demo,
        )

    def up(self, *, demo: bool = False) -> EmbeddedRuntime:
        """Start it and wait until it is ready, or has ended."""
        runtime = self.runtime(demo=demo)
        runtime.up(timeout_s=60, progress=silent)
        self.wait(runtime)
        return runtime

    def wait(self, runtime: Runtime) -> None:
        eventually(lambda: instance(runtime).status != "running" or self.is_alive(), within_s=90)

    def is_alive(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/liveliness").status_code == 200
        except httpx.TransportError:
            return False

    def models(self) -> set[str]:
        answer = httpx.get(f"http://127.0.0.1:{self.port}/v1/models", headers=AUTHORIZATION)
        return {entry["id"] for entry in answer.raise_for_status().json()["data"]}

    def chat(self, model: str, text: str = "hello") -> httpx.Response:
        return httpx.post(
            f"http://127.0.0.1:{self.port}/v1/chat/completions",
            headers=AUTHORIZATION,
            json={"model": model, "messages": [{"role": "user", "content": text}], "num_retries": 0},
            timeout=60,
        )


def tell_neighbours(root: Path, redis: int, ollama: int) -> None:
    """Let the gateway's env file name Redis and Ollama by their ports on this machine, as an operator may."""
    file = root / "env/litellm.env"
    told = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": redis, "OLLAMA_BASE_URL": f"http://127.0.0.1:{ollama}"}
    lines = [line for line in file.read_text().splitlines() if line.partition("=")[0] not in told]
    file.write_text("\n".join([*lines, *(f"{name}={value}" for name, value in told.items()), ""]))


def eventually(is_so: Callable[[], bool], *, within_s: float = 60) -> None:
    """Wait until it is so: a bound against hanging, not a claim about speed.

    Half of the processor is left to what it waits for, however long a look takes.
    """
    give_up_at = time.monotonic() + within_s
    while True:
        began = time.monotonic()
        if is_so():
            return
        ended = time.monotonic()
        assert ended < give_up_at, "did not come true in time"
        time.sleep(max(0.1, ended - began))


def instance(runtime: Runtime) -> Instance:
    return runtime.snapshot(timeout_s=5).services[0].instances[0]


def content(answer: httpx.Response) -> Any:
    return answer.raise_for_status().json()["choices"][0]["message"]["content"]
