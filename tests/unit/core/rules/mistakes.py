"""Kinds of mistakes that people make, each an edit of a good hub's texts, with the rule that has to see it."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

Files = dict[str, str]


@dataclass(frozen=True)
class Mistake:
    """An edit of one file; `rule` has to see it."""

    rule: str
    file: str
    edit: Callable[[str, random.Random], str]


def _one(pattern: str, new: str) -> Callable[[str, random.Random], str]:
    """Replace one of the places that fit, at random."""

    def edit(text: str, chance: random.Random) -> str:
        places = list(re.finditer(pattern, text, re.MULTILINE))
        place = chance.choice(places)
        return text[: place.start()] + place.expand(new) + text[place.end() :]

    return edit


CONFIG, ENV, COMPOSE, UI = "config.yaml", "litellm.env", "compose.yml", "openwebui.env"
MISTAKES = [
    Mistake("HUB101", CONFIG, _one(r"^    litellm_params:", r"\t    litellm_params:")),
    Mistake("HUB101", CONFIG, _one(r"^  - model_name: (\S+)", r"<<<<<<< HEAD\n  - model_name: \1")),
    Mistake("HUB105", CONFIG, _one(r"\Z", r"litellm_settings:\n  num_retries: 3\n")),
    Mistake("HUB201", CONFIG, _one(r"^router_settings:", r"routing:")),
    Mistake("HUB202", CONFIG, _one(r"^general_settings:\n", r"general_settings:\n  request_timeout: 5\n")),
    Mistake("HUB203", CONFIG, _one(r"^  num_retries:", r"  num_retrys:")),
    Mistake("HUB205", CONFIG, _one(r"^router_settings:\n", r"router_settings:\n  health_check_interval: 5\n")),
    Mistake("HUB221", CONFIG, _one(r"^general_settings:\n", r"general_settings:\n  cache: true\n")),
    Mistake("HUB222", CONFIG, _one(r"^  cache: true\n", r"")),
    Mistake("HUB224", CONFIG, _one(r"type: redis", r"type: rediss")),
    Mistake("HUB225", CONFIG, _one(r"namespace:", r"name_space:")),
    Mistake("HUB126", CONFIG, _one(r"^      model:", r"      modell:")),
    Mistake("HUB124", CONFIG, _one(r"^  - model_name: \S+\n    litellm_params:", r"  - litellm_params:")),
    Mistake("HUB131", CONFIG, _one(r"model: (?:openai|ollama_chat|anthropic)/", r"model: opnai/")),
    Mistake("HUB134", CONFIG, _one(r"ollama_chat/", r"ollama/")),
    Mistake("HUB143", CONFIG, _one(r"^      api_base: .*\n", r"")),
    Mistake("HUB241", CONFIG, _one(r"simple-shuffle", r"round-robin")),
    Mistake("HUB243", CONFIG, _one(r"^    (\w+): (\S+)$(?=(?s:.*)fallbacks)", r"    \1: [\2]")),
    Mistake("HUB246", CONFIG, _one(r"\[llama3.2:3b\]", r"[ghost]")),
    Mistake("HUB261", CONFIG, _one(r"success_callback: \[langfuse\]", r"success_callback: langfuse")),
    Mistake("HUB301", CONFIG, _one(r"os\.environ/(\w+)", r"${\1}")),
    Mistake("HUB302", CONFIG, _one(r"os\.environ/(\w+)", r"os.environ.\1")),
    Mistake("HUB306", CONFIG, _one(r"api_key: os\.environ/\w+", r"api_key: sk-proj-a8Zk2Qm4Xv7Lp9Rt3Wn5Bd1C")),
    Mistake("HUB304", ENV, _one(r"^OPENAI_API_KEY=.*\n", r"")),
    Mistake("HUB323", ENV, _one(r"^LITELLM_MASTER_KEY=.*", r"LITELLM_MASTER_KEY=sk-1234")),
    Mistake("HUB141", ENV, _one(r"11434", r"11434/v1")),
    Mistake("HUB142", ENV, _one(r"http://ollama:", r"http://localhost:")),
    Mistake("HUB401", ENV, _one(r"^(OPENAI_API_KEY)=", r"\1 X=")),
    Mistake("HUB326", UI, _one(r"^OPENAI_API_KEYS=.*", r"OPENAI_API_KEYS=sk-another")),
    Mistake("HUB551", UI, _one(r"litellm:4000", r"localhost:4000")),
    Mistake("HUB503", COMPOSE, _one(r"env_file: litellm.env", r"env_file: [litellm.env, more.env]")),
    Mistake("HUB522", COMPOSE, _one(r"/health/liveliness", r"/health")),
    Mistake("HUB541", COMPOSE, _one(r"127\.0\.0\.1:11435", r"11435")),
]


def good_hub(chance: random.Random) -> Files:
    """A hub without a mistake: models, aliases and blank lines differ each time."""
    names = chance.sample(["alpha", "beta", "gamma", "delta", "omega"], k=chance.randint(2, 5))
    key = f"sk-{chance.randbytes(32).hex()}"
    blank = chance.choice(["", "\n", "  # a comment\n"])
    providers = [("openai", "OPENAI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY")]
    chosen = [providers[0], *(chance.choice(providers) for _ in names[1:])]
    cloud = "".join(
        f"{blank}  - model_name: {name}\n    litellm_params:\n      model: {provider}/{name}-1\n"
        f"      api_key: os.environ/{variable}\n"
        for name, (provider, variable) in zip(names, chosen, strict=True)
    )
    config = f"""model_list:
  - model_name: llama3.2:3b
    litellm_params:
      model: ollama_chat/llama3.2:3b
      api_base: os.environ/OLLAMA_BASE_URL
{cloud}litellm_settings:
  request_timeout: {chance.randint(30, 600)}
  success_callback: [langfuse]
  cache: true
  cache_params:
    type: redis
    host: os.environ/REDIS_HOST
    namespace: {chance.choice(names)}
router_settings:
  routing_strategy: simple-shuffle
  num_retries: {chance.randint(0, 3)}
  model_group_alias:
    llama: llama3.2:3b
    first: {names[0]}
  fallbacks:
    - {names[0]}: [llama3.2:3b]
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
    env = (
        f"LITELLM_MASTER_KEY={key}\nOLLAMA_BASE_URL=http://ollama:11434\nREDIS_HOST=redis\nREDIS_PORT=6379\n"
        f"OPENAI_API_KEY={chance.randbytes(20).hex()}\nANTHROPIC_API_KEY={chance.randbytes(20).hex()}\n"
    )
    ui = (
        f"OPENAI_API_BASE_URLS=http://litellm:4000/v1\nOPENAI_API_KEYS={key}\nENABLE_OLLAMA_API=False\n"
        "ENABLE_PERSISTENT_CONFIG=False\n"
    )
    return {CONFIG: config, ENV: env, UI: ui, COMPOSE: _COMPOSE}


_COMPOSE = """services:
  litellm:
    image: ghcr.io/berriai/litellm:main-stable
    command: ["--config", "/app/config.yaml", "--port", "4000"]
    env_file: litellm.env
    depends_on: [ollama, redis]
    ports: ["127.0.0.1:4000:4000"]
    volumes: ["./config.yaml:/app/config.yaml:ro"]
    healthcheck:
      test: [CMD, python3, -c, "import urllib.request as u; u.urlopen('http://localhost:4000/health/liveliness')"]
  openwebui:
    image: ghcr.io/open-webui/open-webui:main
    env_file: openwebui.env
    depends_on: [litellm]
    ports: ["127.0.0.1:3000:8080"]
  ollama:
    image: ollama/ollama:latest
    ports: ["127.0.0.1:11435:11434"]
  redis:
    image: redis:7-alpine
"""
