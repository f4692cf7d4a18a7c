"""Cases of the rules about variables, secrets and the master key. All keys here are made up."""

from tests.unit.core.rules.cases_targets import entry
from tests.unit.core.rules.judging import COMPOSE, CONFIG, KEY, LITELLM_ENV, OPENWEBUI_ENV, Case, hub

REAL = "sk-proj-" + "Ab3" * 12
OLLAMA = "OLLAMA_BASE_URL=http://ollama:11434\n"


def master(value: str) -> str:
    return CONFIG.replace("os.environ/LITELLM_MASTER_KEY", value)


PASSED_THROUGH = """\
general_settings:
  pass_through_endpoints:
    - path: /v1/rerank
      target: https://api.cohere.com/v1/rerank
      headers: {Authorization: "bearer os.environ/COHERE_API_KEY"}
"""

FIRES: dict[str, list[Case]] = {
    "HUB301": [
        entry("model: openai/a", "api_key: ${OPENAI_API_KEY} # <-"),
        entry("model: openai/a", "api_key: $OPENAI_API_KEY # <-"),
        entry("model: openai/a", "api_base: http://${HOST}:80/v1 # <-"),
        master("${LITELLM_MASTER_KEY} # <-"),
        "environment_variables:\n  A: ${B} # <-\nmodel_list: []\n",
        entry("model: openai/a", "api_key: '${KEY:-none}' # <-"),
    ],
    "HUB302": [
        entry("model: openai/a", "api_key: os.environ.OPENAI_API_KEY # <-"),
        entry("model: openai/a", "api_key: os.environ['X'] # <-"),
        entry("model: openai/a", "api_key: env/X # <-"),
        entry("model: openai/a", "api_key: env:OPENAI_API_KEY # <-"),
        entry("model: openai/a", "api_key: '%OPENAI_API_KEY%' # <-"),
        entry("model: openai/a", "api_key: \u201cos.environ/OPENAI_API_KEY\u201d # <-"),
        entry("model: openai/a", "api_key: OPENAI_API_KEY # <-"),
        entry("model: openai/a", "api_key: os.getenv('X') # <-"),
        entry("model: openai/a", "api_key: ' os.environ/X' # <-"),
        entry("model: openai/a", "api_base: os.environ/BASE/v1 # <-"),
        master('"os.environ/" # <-'),
    ],
    "HUB303": [
        entry("model: openai/a", "extra_headers:", "  Authorization: Bearer os.environ/X # <-"),
    ],
    "HUB304": [
        hub(
            config=entry("model: openai/a", "api_key: os.environ/OPENAI_API_KY # <-"),
            litellm_env=LITELLM_ENV + "OPENAI_API_KEY=x\n",
        ),
        hub(config=CONFIG + "  database_url: os.environ/NOPE # <-\n"),
        hub(config=entry("model: openai/a", "api_key: os.environ/OPENAI_API_KY # <-")),
    ],
    "HUB305": [
        hub(
            config=entry("model: openai/a", "api_key: os.environ/OPENAI_API_KEY"),
            litellm_env=f"LITELLM_MASTER_KEY={KEY}\nOPENAI_API_KEY='' # <-\n",
        )
    ],
    "HUB306": [
        entry("model: openai/a", f"api_key: {REAL} # <-"),
        entry("model: x/y", "custom_llm_provider: openai", "api_key: 0a1b2c3d4e5f60718293 # <-"),
        CONFIG + "  database_url: postgresql://u:0a1b2c3d4e5f60718293@db/x # <-\n",
        master(f"{KEY} # <-"),
        entry("model: openai/a", "extra_headers:", f"  Authorization: Bearer {REAL} # <-"),
        f"mcp_servers:\n  x:\n    url: https://x.example\n    auth_value: {'Ab3_' * 12} # <-\nmodel_list: []\n",
    ],
    "HUB307": [entry("model: openai/gpt-4o", "api_key: your-api-key # <-")],
    "HUB321": [
        hub(litellm_env=OLLAMA, config=master("os.environ/LITELLM_MASTER_KEY # <-")),
        hub(
            litellm_env=OLLAMA,
            config=CONFIG.replace("  master_key", "  x").replace("general_settings:", "general_settings: # <-"),
        ),
        CONFIG.replace("  master_key: os.environ/LITELLM_MASTER_KEY", "").replace(
            "general_settings:", "general_settings: # <-"
        ),
    ],
    "HUB322": [master("'' # <-"), hub(litellm_env=OLLAMA + "LITELLM_MASTER_KEY='' # <-\n")],
    "HUB323": [
        master("sk-1234 # <-"),
        hub(litellm_env=OLLAMA + "LITELLM_MASTER_KEY=sk-1234 # <-\n"),
        {"litellm.env": "LITELLM_MASTER_KEY=sk-1234 # <-\n"},
        {"compose.yml": COMPOSE.replace("env_file: litellm.env", "environment: {LITELLM_MASTER_KEY: sk-1234} # <-")},
    ],
    "HUB324": [master("sk-1234567890abcdef # <-"), hub(litellm_env=OLLAMA + "LITELLM_MASTER_KEY=sk-litellm # <-\n")],
    "HUB325": [master("sk-a8f3 # <-")],
    "HUB326": [
        hub(openwebui_env=OPENWEBUI_ENV.replace(KEY, "sk-other # <-")),
        hub(
            openwebui_env="ENABLE_PERSISTENT_CONFIG=False\n",
            compose=COMPOSE.replace(
                "    env_file: openwebui.env\n",
                "    env_file: openwebui.env\n    environment:\n      OPENAI_API_BASE_URL: http://litellm:4000/v1\n"
                "      OPENAI_API_KEY: other # <-\n",
            ),
        ),
    ],
    "HUB327": [master("12345678 # <-")],
}
QUIET: dict[str, list[Case]] = {
    "HUB301": [
        entry("model: openai/a", "api_key: os.environ/OPENAI_API_KEY"),
        CONFIG,
        entry("model: openai/a", "mock_response: costs $5 or ${X}"),
        entry("model: openai/a", "api_key: pa$$word"),
        hub(
            config=master("${LITELLM_MASTER_KEY}"),
            compose=COMPOSE.replace('["--config", "/app/config.yaml"', '["sh", "-c", "envsubst x; litellm"').replace(
                ', "--port", "4000"]', "]"
            ),
        ),
    ],
    "HUB302": [
        entry("model: openai/a", "api_key: os.environ/OPENAI_API_KEY"),
        CONFIG,
        entry("model: openai/a", "api_key: environment-x"),
        entry("model: a/b", "x: env/creds.json"),
        entry("model: openai/a", "api_key: NOT_NEEDED"),
        entry("model: openai/a", "api_key: DUMMY_API_KEY"),
        entry("model: openai/a", "api_key: '{{ OPENAI_API_KEY }}'"),
    ],
    "HUB303": [entry("model: openai/a", "extra_headers:", "  Authorization: os.environ/X"), CONFIG, PASSED_THROUGH],
    "HUB304": [
        hub(
            config=entry("model: openai/a", "api_key: os.environ/OPENAI_API_KEY"),
            litellm_env=LITELLM_ENV + "OPENAI_API_KEY=x\n",
        ),
        CONFIG,
        hub(),
        {k: v for k, v in hub(config=CONFIG + "  database_url: os.environ/NOPE\n").items() if k != "litellm.env"},
        hub(
            config=entry("model: openai/a", "api_key: os.environ/FROM_COMPOSE"),
            compose=COMPOSE.replace(
                '    ports: ["127.0.0.1:4000', '    environment: [FROM_COMPOSE=x]\n    ports: ["127.0.0.1:4000'
            ),
        ),
    ],
    "HUB305": [
        hub(
            config=entry("model: openai/a", "api_key: os.environ/OPENAI_API_KEY"),
            litellm_env=f"LITELLM_MASTER_KEY={KEY}\nOPENAI_API_KEY=a-real-key\n",
        ),
        hub(),
    ],
    "HUB306": [
        entry("model: openai/a", "api_key: os.environ/OPENAI_API_KEY"),
        CONFIG,
        entry("model: openai/a", "api_base: http://vllm:8000/v1", "api_key: not-needed-here-1234567"),
        entry("model: openai/a", "api_key: sk-1234"),
        entry("model: vertex_ai/a", "vertex_credentials: my-project-0123456789-key.json"),
        entry("model: openai/a", "api_key: sk-no-key-required-0123"),
        entry("model: openai/a", "api_key: your-openai-api-key-123456789"),
        entry("model: openai/gpt-4o-2024-08-06-and-more-0123456789"),
        entry("model: openai/a", "extra_headers:", "  Authorization: Bearer os.environ/A_LONG_NAME_OF_A_VARIABLE_1"),
        CONFIG + "  database_url: postgresql://llmproxy:dbpassword9090@db:5432/litellm\n",
    ],
    "HUB307": [
        entry("model: openai/gpt-4o", "api_key: os.environ/OPENAI_API_KEY"),
        entry("model: openai/a", "api_base: http://vllm/v1", "api_key: none"),
        entry("model: openai/a", "api_key: os.environ/YOUR_KEY"),
    ],
    "HUB321": [
        hub(),
        CONFIG,
        hub(config=CONFIG.replace("  master_key: os.environ/LITELLM_MASTER_KEY", "  alerting: []")),
        hub(litellm_env=OLLAMA, config=CONFIG + "  dangerously_permit_weak_or_unset_master_key: true\n"),
    ],
    "HUB322": [CONFIG, hub()],
    "HUB323": [CONFIG, hub(), master("sk-12345")],
    "HUB324": [CONFIG, hub(), master("sk-1234")],
    "HUB325": [CONFIG, hub(), master(KEY)],
    "HUB326": [
        hub(),
        CONFIG,
        hub(openwebui_env=OPENWEBUI_ENV.replace("litellm:4000/v1", "elsewhere/v1").replace(KEY, "x")),
    ],
    "HUB327": [CONFIG, master("'12345678'")],
}
