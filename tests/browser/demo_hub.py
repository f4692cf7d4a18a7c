"""A demo hub that runs on the real embedded gateway, with a real Redis and a provider that takes one key."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from tests import one_key_provider
from tests.gateway.embedded_hub import tell_neighbours
from tests.one_key_provider import GOOD_KEY
from tests.real_hub import RealHub
from tests.real_servers import accepts, free_port, litellm, missing, running

ENV, CONFIG = "env/litellm.env", "conf/litellm/litellm_config.yaml"
PASSWORD = "correct-horse-battery"
EVIL = "<img src=x onerror=alert(1)>"
# One that answers word by word when it is asked to take its time, and one whose name is markup.
MODELS = f"""\
  - model_name: slow
    litellm_params: {{model: openai/slow, api_key: os.environ/SLOW_API_KEY,
      input_cost_per_token: 0, output_cost_per_token: 0}}
  - model_name: "{EVIL}"
    litellm_params: {{model: ollama_chat/evil, api_base: os.environ/OLLAMA_BASE_URL}}
"""


@dataclass
class Redis:
    """A Redis that can be stopped and started again where it was."""

    port: int
    folder: Path
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        program = which("redis-server") or missing("redis-server", "apt-get install redis-server")
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        log = self.folder / "redis.log"
        self._running.enter_context(running([*command, "--requirepass", PASSWORD], self.port, log, accepts))

    def stop(self) -> None:
        self._running.close()


@dataclass
class DemoHub:
    """The hub, and what it uses."""

    hub: RealHub
    redis: Redis

    @property
    def log(self) -> Path:
        (found,) = (self.hub.root / ".hubctl").rglob("gateway.log")
        return found

    def config(self) -> str:
        return (self.hub.root / CONFIG).read_text()


@contextmanager
def demo_hub(folder: Path) -> Iterator[DemoHub]:
    """Start it all, and stop it when the block ends. The key of its OpenAI is there; its models are switched off."""
    litellm()
    root = folder / "demo-hub"
    root.mkdir(parents=True)
    alone = {"PATH": "/usr/bin:/bin", "HOME": str(root), "DOCKER_HOST": "unix:///nowhere.sock"}
    hub = RealHub(root, {**alone, "LITELLM_PORT": str(free_port())})
    redis, port = Redis(free_port(), folder), free_port()
    command = [sys.executable, one_key_provider.__file__, "127.0.0.1", str(port)]
    with running(command, port, folder / "provider.log", accepts):
        redis.start()
        try:
            assert hub.hubctl("init").code == 0
            _fill(root, port)
            tell_neighbours(root, redis.port, free_port())
            up = hub.hubctl("up", "--embedded", "--demo", "--json")
            assert up.code == 0, up.out + up.err
            yield DemoHub(hub, redis)
        finally:
            hub.hubctl("down")
            redis.stop()


def _fill(root: Path, port: int) -> None:
    """Give Redis and the gateway the password, the gateway its provider, and the config two models more."""
    more = [f"OPENAI_BASE_URL=http://127.0.0.1:{port}/v1", "LITELLM_LOCAL_MODEL_COST_MAP=True"]
    more += [f"{name}={GOOD_KEY}" for name in ("OPENAI_API_KEY", "SLOW_API_KEY")]
    for name, added in ((ENV, more), ("env/redis.env", [])):
        path = root / name
        lines = [line for line in path.read_text().splitlines() if not line.startswith("REDIS_PASSWORD=")]
        path.write_text("\n".join([*lines, f"REDIS_PASSWORD={PASSWORD}", *added, ""]))
    config = root / CONFIG
    config.write_text(config.read_text().replace("model_list:\n", f"model_list:\n{MODELS}", 1))
