"""A running embedded hub for the dashboard: the real proxy before a scripted model, a real Redis, a provider."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hubctl.core.compose.stack import Address
from tests.gateway.embedded_hub import PASSWORD, HubFolder
from tests.processes import environment
from tests.real_hub import RealHub
from tests.real_servers import litellm, redis_server
from tests.scripted_gateway import completion, streamed
from tests.servers import reply, requested, serving

CANARY = "sk-proj-c4n4ry0123456789abcdefghWXYZ"
TEXTS = ("One", " by", " one", ".")
PAUSE_S = 0.3
CONFIG = """\
model_list:
  - model_name: quick
    litellm_params: {model: openai/quick, api_base: "http://UPSTREAM/v1", api_key: none, FREE}
  - model_name: "<img src=x onerror=alert(1)>"
    litellm_params: {model: openai/broken, api_base: "http://UPSTREAM/v1", api_key: CANARY, FREE}
  - model_name: dear
    litellm_params: {model: openai/dear, api_base: "http://UPSTREAM/v1", api_key: none, DEAR}
  # - model_name: gpt
  #   litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY}
litellm_settings:
  cache: true
  cache_params: {type: redis, host: os.environ/REDIS_HOST, namespace: litellm, ttl: 90}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
"""


@dataclass(frozen=True)
class Stand:
    """The hub, and how hubctl is run in it."""

    folder: HubFolder
    hub: RealHub
    redis: Address

    @property
    def root(self) -> Path:
        return self.folder.root

    @property
    def env(self) -> dict[str, str]:
        return self.hub.env


def _model(peer: socket.socket) -> None:
    """Answer as OpenAI: `quick` piece by piece, `broken` with an error that repeats the key it got."""
    head, _, body = requested(peer).partition("\r\n\r\n")
    if "/models" in head.split("\r\n")[0]:
        peer.sendall(reply(200, {"data": []}))
        return
    asked = json.loads(body)
    if asked["model"] == "broken":
        told = {"error": {"message": f"Incorrect API key provided: {CANARY}", "code": "invalid_api_key"}}
        peer.sendall(reply(401, told))
    elif not asked.get("stream"):
        peer.sendall(completion("".join(TEXTS)))
    else:
        pieces = streamed(*TEXTS).split(b"\n\n")
        for piece in pieces[:-1]:
            peer.sendall(piece + b"\n\n")
            time.sleep(PAUSE_S)


@contextmanager
def standing(root: Path) -> Iterator[Stand]:
    """Start it; it ends with the block."""
    litellm()
    (root / "redis").mkdir()
    (root / "hub").mkdir()
    with serving(_model) as upstream, redis_server(root / "redis", "--requirepass", PASSWORD) as redis:
        folder = HubFolder.copied_to(root / "hub")
        prices = {"FREE": "input_cost_per_token: 0, output_cost_per_token: 0"}
        prices["DEAR"] = "input_cost_per_token: 0.001, output_cost_per_token: 0.00001"
        text = CONFIG.replace("UPSTREAM", str(upstream)).replace("CANARY", CANARY)
        folder.config.write_text(text.replace("FREE", prices["FREE"]).replace("DEAR", prices["DEAR"]))
        env = folder.root / "env/litellm.env"
        env.write_text(f"{env.read_text()}OPENAI_BASE_URL=http://{upstream}/v1\nOPENAI_API_KEY={CANARY}\n")
        folder.beside(redis=redis.port)
        hub = RealHub(folder.root, environment(LITELLM_PORT=str(folder.port)))
        try:
            done = hub.hubctl("up", "--embedded", "--json")
            assert done.code == 0, done.out
            yield Stand(folder, hub, redis)
        finally:
            hub.hubctl("down")
