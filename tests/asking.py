"""A run of the smoke test over a real socket, on a config with free, paid, mixed and unusable names."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hubctl.adapters.gateway.client import Gateway
from hubctl.core.gateway.chat import Question
from hubctl.core.models import model_list
from hubctl.core.models.askable import Names
from hubctl.operations.smoke import run
from hubctl.operations.smoke.call import PROMPT, Plan
from hubctl.operations.smoke.run import SmokeTest
from tests.fakes import GATEWAY
from tests.servers import Script, reply, routes, serving

CONFIG = """\
model_list:
  - model_name: llama3.2:3b
    litellm_params: {model: ollama_chat/llama3.2:3b}
  - model_name: gpt
    litellm_params: {model: openai/gpt-x}
  # - model_name: spare
  #   litellm_params: {model: openai/gpt-y}
  - model_name: wrong
  - model_name: mixed
    litellm_params: {model: ollama/x}
  - model_name: mixed
    litellm_params: {model: openai/x}
router_settings:
  model_group_alias: {llama3: llama3.2:3b, best: gpt, lost: nowhere}
"""
CHAT = "/v1/chat/completions"


def names(config: str = CONFIG) -> Names:
    path = Path("config.yaml")
    return Names(model_list.read(config, path), model_list.load(config, path))


def ask(
    *asked: str,
    answers: dict[str, bytes | Script] | None = None,
    script: Script | None = None,
    key: str | None = "sk-right",
    seen: list[str] | None = None,
    demo: frozenset[str] = frozenset(),
    question: Question | None = None,
    fallbacks: str = "[]",
    **plan: Any,
) -> SmokeTest:
    with serving(script or routes({**GATEWAY, **(answers or {})}, seen)) as address:
        full = Plan(question or Question("", PROMPT), **{"timeout_s": 5.0, **plan})
        return run.run(names(CONFIG + f"  fallbacks: {fallbacks}\n"), Gateway(address, key), asked, full, demo=demo)


def prices(**infos: object) -> bytes:
    """What /model/info says of these names."""
    return reply(200, {"data": [{"model_name": name, "model_info": info} for name, info in infos.items()]})


def chats(seen: Sequence[str]) -> list[str]:
    """The models that were asked."""
    return [json.loads(text.partition("\r\n\r\n")[2])["model"] for text in seen if text.startswith(f"POST {CHAT} ")]
