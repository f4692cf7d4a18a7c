"""Cases of the rules about the compose file, its services, and Open WebUI."""

from tests.unit.core.rules.judging import COMPOSE, CONFIG, KEY, LITELLM_ENV, OPENWEBUI_ENV, Case, hub


def lone(*lines: str, image: str = "ghcr.io/berriai/litellm:main-stable") -> dict[str, str]:
    """A compose file on its own, with a gateway."""
    return {"compose.yml": "\n".join(["services:", "  litellm:", f"    image: {image}", *(f"    {x}" for x in lines)])}


def changed(old: str, new: str) -> dict[str, str]:
    """The good hub with a change in its compose file."""
    assert old in COMPOSE
    return hub(compose=COMPOSE.replace(old, new))


def webui(*lines: str) -> dict[str, str]:
    return hub(openwebui_env="\n".join(lines) + "\n")


LITELLM = "image: ghcr.io/berriai/litellm:main-stable\n"
LIVELINESS = (
    "  test: [CMD, python3, -c, \"import urllib.request as r; r.urlopen('http://localhost:4000/health/liveliness')\"]"
)
CHECK = "healthcheck: {test: [CMD-SHELL, \"curl -f http://localhost:4000/health -H 'Authorization: Bearer %s'\"]} # <-"

FIRES: dict[str, list[Case]] = {
    "HUB500": [{"compose.yml": "services:\n  litellm:\n    image: a\n   ports: [] # <-\n"}],
    "HUB501": [
        lone("restart: always", "restart: no # <-"),
        lone("deploy: *gpu # <-"),
        lone("environment:", "  A: ${-} # <-"),
    ],
    "HUB502": [lone("environment:", "  A: ${NOPE} # <-"), changed(LITELLM, LITELLM + "    restart: ${NOPE} # <-\n")],
    "HUB503": [
        lone("env_file: nope.env # <-"),
        lone("env_file:", "  - path: nope.env # <-"),
        {k: v for k, v in changed("env_file: litellm.env", "env_file: litellm.env # <-").items() if k != "litellm.env"},
    ],
    "HUB504": [
        {
            k: v
            for k, v in changed(
                'volumes: ["./config.yaml:/app/config.yaml:ro"]', 'volumes: ["./config.yaml:/app/config.yaml:ro"] # <-'
            ).items()
            if k != "config.yaml"
        },
    ],
    "HUB505": [lone("command: --config /app/config.yaml # <-", "volumes: ['./other:/data']")],
    "HUB506": [lone("build: ./nowhere # <-"), lone("build:", "  context: ./nowhere # <-")],
    "HUB507": [
        changed("    depends_on: [ollama, redis]\n", "").copy()
        | {
            "compose.yml": COMPOSE.replace("    depends_on: [ollama, redis]\n", "").replace(
                LITELLM.strip(), LITELLM.strip() + " # <-"
            )
        }
    ],
    "HUB508": [
        lone("environment:", '  - A="v" # <-', "  - B='v' # <-", "  - C=v"),
    ],
    "HUB509": [
        changed('    command: ["--config", "/app/config.yaml", "--port", "4000"]\n', "")
        | {
            "compose.yml": COMPOSE.replace(
                '    command: ["--config", "/app/config.yaml", "--port", "4000"]\n', ""
            ).replace(':/app/config.yaml:ro"]', ':/app/config.yaml:ro"] # <-')
        },
    ],
    "HUB510": [
        changed(
            "    depends_on: [ollama, redis]\n",
            "    depends_on:\n      redis: {condition: service_started}\n"
            "      ollama: {condition: service_healthy} # <-\n",
        ),
    ],
    "HUB521": [
        lone("healthcheck:", "  test: ['CMD', 'curl', '-f', 'http://localhost:11434'] # <-", image="ollama/ollama"),
        lone("healthcheck:", "  test: curl -f http://localhost:4000/health/liveliness || exit 1 # <-"),
    ],
    "HUB522": [
        lone("healthcheck:", "  test: wget -q http://localhost:4000/health # <-"),
        lone("healthcheck:", "  test: ['CMD', 'curl', 'http://127.0.0.1:4000/health'] # <-"),
    ],
    "HUB523": [
        lone(CHECK % "sk-1234"),
        lone(CHECK % KEY),
        lone((CHECK % KEY).replace("Authorization: Bearer", "x-api-key:")),
    ],
    "HUB524": [
        lone("environment:", f"  - LITELLM_MASTER_KEY={KEY} # <-", "  - A=b"),
        lone("environment:", f"  OPENAI_API_KEY: sk-proj-{'Ab3' * 12} # <-"),
    ],
    "HUB531": [lone(image="ghcr.io/berriai/litellm:main-latest # <-"), lone(image="ghcr.io/berriai/litellm # <-")],
    "HUB532": [
        lone(image="ghcr.io/berriai/litellm:main-v1.82.7 # <-"),
        lone("command: pip install litellm==1.82.8 # <-"),
    ],
    "HUB541": [
        lone("ports: ['4000:4000'] # <-"),
        lone("ports:", "  - 0.0.0.0:11434:11434 # <-", image="ollama/ollama:0.5.1"),
    ],
    "HUB542": [lone("volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro'] # <-")],
    "HUB543": [
        hub(
            litellm_env=LITELLM_ENV + "REDIS_HOST=redis\n",
            openwebui_env=OPENWEBUI_ENV + "REDIS_URL=redis://redis:6379/1 # <-\n",
        ),
        hub(
            config=CONFIG.replace("request_timeout: 300", "cache: true\n  cache_params: {type: redis, host: redis}"),
            openwebui_env=OPENWEBUI_ENV + "REDIS_URL=redis://redis:6379/1 # <-\n",
        ),
    ],
    "HUB551": [
        webui("OPENAI_API_BASE_URL=http://localhost:4000/v1 # <-"),
        webui("OPENAI_API_BASE_URL=http://ollama:11434/v1 # <-"),
        hub(openwebui_env="A=1\n", compose=COMPOSE.replace("open-webui:main", "open-webui:main # <-")),
    ],
    "HUB552": [webui("OPENAI_API_BASE_URL=http://litellm:4000/v1", "ENABLE_OPENAI_API=false # <-")],
    "HUB553": [webui("ENABLE_PERSISTENT_CONFIG=True # <-")],
    "HUB554": [
        hub(
            openwebui_env="ENABLE_PERSISTENT_CONFIG=False\n",
            compose=COMPOSE.replace("open-webui:main", "open-webui:main # <-"),
        ),
        hub(openwebui_env="A=1\n", compose=COMPOSE.replace("open-webui:main", "open-webui:main # <-")),
    ],
}
FINE = lone("restart: always", image="ghcr.io/berriai/litellm:v1.83.0")
QUIET: dict[str, list[Case]] = {
    "HUB500": [{"compose.yml": "services:\n  litellm:\n    image: a\n    ports: []\n"}, hub(), FINE],
    "HUB501": [lone("restart: always"), hub(), FINE, lone("x: &a b", "hostname: *a", "labels: ['cost=$$5']")],
    "HUB502": [lone("environment:", "  A: ${NOPE:-x}"), hub(), lone("hostname: ${NAME:-x}")],
    "HUB503": [lone("env_file: [{path: nope.env, required: false}]"), hub()],
    "HUB504": [hub(), FINE],
    "HUB505": [
        lone("command: --config /app/config.yaml", "volumes: ['./config.yaml:/app/config.yaml:ro']"),
        hub(),
        FINE,
        lone("command: --config /app/c.yaml", "volumes: [data:/app]"),
    ],
    "HUB506": [lone("build: ."), hub(), FINE, lone("build: https://example.com/x.git"), lone("build: ${DIR}")],
    "HUB507": [hub(), FINE],
    "HUB508": [
        lone("environment:", "  - A=v", '  - "B=v"', "  - C=v"),
        hub(),
        lone("environment:", "  - A=v", '  - "B=v"', '  - C={"a": "b"}', "  - D="),
    ],
    "HUB509": [
        hub(),
        FINE,
        lone("volumes: ['./c.yaml:/app/config.yaml']", "environment: {CONFIG_FILE_PATH: /app/config.yaml}"),
        lone("volumes: ['./c.yaml:/app/config.yaml']", "command: $ARGS"),
        lone("volumes: ['./c.yaml:/app/config.yaml']", "entrypoint: /start.sh"),
        lone("volumes: ['./c.yaml:/app/config.yaml']", "env_file: .env"),
    ],
    "HUB510": [
        changed(
            "    depends_on: [ollama, redis]\n",
            "    depends_on:\n      redis: {condition: service_started}\n      ollama: {condition: service_started}\n",
        ),
        hub(),
        changed(
            "image: ollama/ollama:latest\n",
            "image: ollama/ollama:latest\n    healthcheck: {test: [CMD, ollama, list]}\n",
        )
        | {},
        changed("    depends_on: [litellm]\n", "    depends_on: {litellm: {condition: service_healthy}}\n"),
    ],
    "HUB521": [
        lone("healthcheck:", "  test: ['CMD', 'ollama', 'list']", image="ollama/ollama"),
        hub(),
        lone("build: .", "healthcheck: {test: curl -f http://localhost}"),
        lone("healthcheck: {test: curl -f http://localhost}", image="ghcr.io/open-webui/open-webui:main"),
        lone("healthcheck: {test: wget -q x || curl -f y}"),
        lone("healthcheck: {test: [CMD, ollama, list]}", image="ollama/ollama"),
    ],
    "HUB522": [
        lone("healthcheck:", LIVELINESS),
        hub(),
        lone("healthcheck: {test: wget -q http://localhost:4000/health/liveliness}"),
    ],
    "HUB523": [
        lone("healthcheck:", LIVELINESS),
        hub(),
        lone("healthcheck:", "  test: 'curl -H \"Authorization: Bearer $$KEY\" http://localhost'"),
    ],
    "HUB524": [
        lone("env_file: litellm.env", "environment:", "  - A=b"),
        hub(),
        lone("environment:", "  - LITELLM_MASTER_KEY=$KEY", "  - OPENAI_API_KEY=sk-your-key-goes-here-123"),
    ],
    "HUB531": [
        lone(image="ghcr.io/berriai/litellm:v1.83.0"),
        FINE,
        lone(image="ghcr.io/berriai/litellm@sha256:abc"),
        lone("build: ."),
    ],
    "HUB532": [
        lone(image="ghcr.io/berriai/litellm:main-v1.83.0"),
        FINE,
        lone(image="ghcr.io/berriai/litellm:main-v1.82.71"),
        hub(),
    ],
    "HUB541": [lone("ports: ['127.0.0.1:4000:4000']"), hub(), lone("expose: [4000]")],
    "HUB542": [lone("volumes: ['./config.yaml:/app/config.yaml:ro']"), hub(), FINE],
    "HUB543": [
        hub(
            litellm_env=LITELLM_ENV + "REDIS_HOST=redis\n",
            openwebui_env=OPENWEBUI_ENV + "REDIS_URL=redis://redis-of-webui:6379/1\n",
        ),
        hub(litellm_env=LITELLM_ENV + "REDIS_HOST=redis\n"),
        hub(),
    ],
    "HUB551": [
        webui("OPENAI_API_BASE_URL=http://litellm:4000/v1"),
        hub(),
        webui("OPENAI_API_BASE_URLS=http://api.x.com/v1;http://litellm:4000"),
        webui("OPENAI_API_BASE_URL=https://llm.example.com/v1"),
    ],
    "HUB552": [
        webui("OPENAI_API_BASE_URL=http://litellm:4000/v1", "ENABLE_OPENAI_API=True"),
        hub(),
        webui("ENABLE_OPENAI_API=True"),
    ],
    "HUB553": [webui("ENABLE_PERSISTENT_CONFIG=False"), hub()],
    "HUB554": [hub(openwebui_env="ENABLE_PERSISTENT_CONFIG=False\nENABLE_OLLAMA_API=False\n"), hub()],
}
