"""Cases of the rules about routing, callbacks and switches."""

from tests.unit.core.rules.judging import CONFIG, KEY, LITELLM_ENV, Case, Machine, hub

BASE = "model_list:\n  - {model_name: a, litellm_params: {model: openai/gpt-4o}}\n"
ROUTER = BASE + "router_settings:\n"
TWO = BASE + "  - {model_name: b, litellm_params: {model: openai/b}}\nrouter_settings:\n"
SETTINGS = BASE + "litellm_settings:\n"
GENERAL = BASE + "general_settings:\n"
RPM = "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/gpt-4o\n      rpm: 5 # <-\n"
DATABASE = f"LITELLM_MASTER_KEY={KEY}\nDATABASE_URL=postgresql://u:p@db/litellm\n"

FIRES: dict[str, list[Case]] = {
    "HUB241": [ROUTER + "  routing_strategy: round-robin # <-\n"],
    "HUB242": [ROUTER + "  model_group_alias: [a] # <-\n"],
    "HUB243": [
        ROUTER
        + "  model_group_alias:\n    b: [a] # <-\n    c: nowhere # <-\n    d: {model: gone, hidden: true} # <-\n",
    ],
    "HUB244": [TWO + "  model_group_alias:\n    b: a # <-\n"],
    "HUB245": [
        ROUTER + "  fallbacks: {a: [b]} # <-\n".replace("{a: [b]}", "{a: [b], c: [d]}"),
        ROUTER + "  fallbacks:\n    - a # <-\n",
        SETTINGS + "  context_window_fallbacks:\n    - {a: [a]}\n    - {a: [a], b: [a]} # <-\n",
        ROUTER + "  fallbacks: # <-\n    a: [b]\n",
    ],
    "HUB246": [
        TWO + "  fallbacks:\n    - a: [ghost] # <-\n",
        ROUTER + "  fallbacks:\n    - a: [ghost] # <-\n    - b: [a] # <-\n",
        SETTINGS + "  fallbacks:\n    - a:\n        - a\n        - ghost # <-\n",
        ROUTER + "  default_fallbacks:\n    - a\n    - ghost # <-\n",
    ],
    "HUB247": [
        TWO + "  fallbacks:\n    - a: b # <-\n",
        ROUTER + "  fallbacks:\n    - a: a # <-\n",
        SETTINGS + "  default_fallbacks: a # <-\n",
    ],
    "HUB249": [ROUTER + "  model_group_alias:\n    b: {model: a} # <-\n"],
    "HUB248": [
        RPM,
        RPM + "router_settings: {routing_strategy: least-busy}\n",
        BASE.replace("}}", "}, tpm: 5} # <-"),
    ],
    "HUB261": [SETTINGS + "  success_callback: langfuse # <-\n"],
    "HUB262": [SETTINGS + "  success_callback: [langfus] # <-\n", SETTINGS + "  failure_callback:\n    - redis # <-\n"],
    "HUB264": [
        SETTINGS + "  callbacks: prometheus # <-\n",
        SETTINGS + "  callbacks: [otel, langfusee] # <-\n",
        SETTINGS + "  callbacks:\n    - s3 # <-\n    - os.environ/CALLBACK # <-\n",
    ],
    "HUB263": [
        Machine(hub(config=SETTINGS + "  callbacks: [prometheus] # <-\n"), lacks=frozenset({"prometheus_client"})),
    ],
    "HUB271": [
        BASE.replace("model_list:", "model_list: # <-"),
        SETTINGS.replace("settings:", "settings: # <-") + "  num_retries: 1\n",
    ],
    "HUB272": [
        GENERAL + "  allow_requests_on_db_unavailable: true # <-\n",
        hub(config=GENERAL + "  allow_requests_on_db_unavailable: true # <-\n"),
    ],
    "HUB273": [
        GENERAL + "  dangerously_permit_weak_or_unset_master_key: true # <-\n",
        hub(
            litellm_env="LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY=true # <-\nOLLAMA_BASE_URL=http://ollama:1\n"
        ),
    ],
    "HUB274": [GENERAL + "  background_health_checks: true # <-\n"],
    "HUB275": [hub(config=GENERAL + "  store_model_in_db: true # <-\n")],
}
QUIET: dict[str, list[Case]] = {
    "HUB241": [
        ROUTER + "  routing_strategy: simple-shuffle\n",
        CONFIG,
        ROUTER + "  routing_strategy: usage-based-routing-v2\n",
    ],
    "HUB242": [ROUTER + "  model_group_alias: {b: a}\n", ROUTER + "  model_group_alias:\n"],
    "HUB243": [
        ROUTER + "  model_group_alias:\n    b: a\n    c: a\n    d: {model: a, hidden: true}\n",
        ROUTER + "  model_group_alias: {b: a, c: {model: a, hidden: true}}\n",
        "include: [x.yaml]\nrouter_settings: {model_group_alias: {b: elsewhere}}\n",
        BASE.replace("model_name: a", "model_name: openai/*") + "router_settings: {model_group_alias: {b: openai/x}}\n",
    ],
    "HUB244": [TWO + "  model_group_alias:\n    c: a\n", ROUTER + "  model_group_alias: {a: a, b: a}\n"],
    "HUB245": [
        ROUTER + "  fallbacks: [{a: [b]}, {c: [d]}]\n",
        ROUTER + "  fallbacks: [{a: [a]}]\n",
        ROUTER + "  fallbacks: []\n",
        ROUTER + "  fallbacks:\n",
    ],
    "HUB246": [
        TWO + "  fallbacks:\n    - a: [b]\n",
        ROUTER + "  fallbacks: [{a: [b]}]\n  model_group_alias: {b: a}\n",
        ROUTER + "  fallbacks: [{'*': [a]}]\n",
        SETTINGS + "  default_fallbacks: [a]\n",
        ROUTER + "  fallbacks: [{a: [{model: openai/x}]}]\n",
    ],
    "HUB247": [TWO + "  fallbacks:\n    - a: [b]\n", ROUTER + "  fallbacks: [{a: [a]}]\n"],
    "HUB249": [
        ROUTER + "  model_group_alias:\n    b: {model: a, hidden: true}\n",
        ROUTER + "  model_group_alias: {b: a, c: {model: a, hidden: true}}\n",
    ],
    "HUB248": [
        RPM.replace(" # <-", "") + "router_settings: {optional_pre_call_checks: [enforce_model_rate_limits]}\n",
        CONFIG,
        RPM.replace(" # <-", "") + "router_settings: {routing_strategy: usage-based-routing-v2}\n",
    ],
    "HUB261": [
        SETTINGS + "  success_callback: [langfuse]\n",
        SETTINGS + "  success_callback: [langfuse]\n  callbacks: my.handler\n",
    ],
    "HUB262": [
        SETTINGS + "  success_callback: [langfuse]\n",
        SETTINGS + "  success_callback: [langfuse, my_module.handler, prometheus]\n  callbacks: [otel, datadog]\n",
    ],
    "HUB263": [hub(config=SETTINGS + "  callbacks: [prometheus]\n"), SETTINGS + "  success_callback: [langfuse]\n"],
    "HUB264": [
        SETTINGS + "  callbacks: [prometheus]\n",
        SETTINGS + "  callbacks: [langfuse, my.handler]\n",
        SETTINGS + "  success_callback: [s3]\n  callbacks: my.handler\n",
    ],
    "HUB271": [
        BASE + "litellm_settings: {request_timeout: 300}\n",
        CONFIG,
        ROUTER + "  timeout: 5\n",
        BASE.replace("gpt-4o", "gpt-4o, timeout: 5"),
        "model_list: []\n",
    ],
    "HUB272": [GENERAL + "  allow_requests_on_db_unavailable: false\n", CONFIG],
    "HUB273": [GENERAL + "  master_key: os.environ/LITELLM_MASTER_KEY\n", CONFIG, hub()],
    "HUB274": [
        GENERAL + "  background_health_checks: false\n",
        CONFIG + "  background_health_checks: true\n",
    ],
    "HUB275": [
        hub(
            config=GENERAL + "  store_model_in_db: true\n",
            litellm_env=LITELLM_ENV + "DATABASE_URL=postgresql://u:p@db/litellm\n",
        ),
        hub(config=GENERAL + "  store_model_in_db: true\n", litellm_env=DATABASE),
        GENERAL + "  store_model_in_db: true\n",
    ],
}
