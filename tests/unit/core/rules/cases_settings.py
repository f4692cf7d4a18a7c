"""Cases of the rules about settings and the cache."""

from tests.unit.core.rules.judging import CONFIG, KEY, LITELLM_ENV, Case, hub

CACHE = CONFIG.replace("request_timeout: 300", "request_timeout: 300\n  cache: true")

FIRES: dict[str, list[Case]] = {
    "HUB201": [
        "model_list: []\nfallbacks: [] # <-\n",
        "model_list: []\nserver_settings: {port: 1} # <-\n",
        "model_lists: [] # <-\nmodel_list: []\n",
        "model_list: []\nlogging: {} # <-\nrate_limits: {} # <-\n",
    ],
    "HUB202": [
        "general_settings:\n  set_verbose: true # <-\n",
        "litellm_settings:\n  routing_strategy: least-busy # <-\n",
        "router_settings:\n  drop_params: true # <-\n",
        "litellm_settings:\n  database_url: os.environ/DATABASE_URL # <-\n",
    ],
    "HUB203": [
        "router_settings:\n  num_retires: 3 # <-\n",
        "general_settings:\n  cors_settings: {} # <-\n",
        "litellm_settings:\n  drop_parms: true # <-\n",
        "litellm_settings:\n  drop_params: true\n  model_list: [] # <-\n",
        "general_settings:\n  guardrails_list: [] # <-\n",
    ],
    "HUB204": [
        "model_list: []\nenvironment_variables: [A=1] # <-\n",
        "model_list: []\nlitellm_settings: [a] # <-\n",
        "model_list: []\nrouter_settings: text # <-\n",
    ],
    "HUB205": ["router_settings:\n  health_check_interval: 30 # <-\n"],
    "HUB221": [
        "general_settings:\n  cache: true # <-\n  cache_params: {type: redis, host: redis} # <-\n",
        "general_settings:\n  cache: true # <-\n  cache_params: {type: redis} # <-\n",
        "model_list: []\ncache: true # <-\n",
        "router_settings:\n  cache: true # <-\n",
    ],
    "HUB222": [
        "litellm_settings:\n  cache_params: {type: redis, host: redis} # <-\n",
        "litellm_settings:\n  cache_params: {type: redis} # <-\n",
    ],
    "HUB223": ["litellm_settings:\n  cache: 'true' # <-\n", "litellm_settings:\n  cache: {type: redis} # <-\n"],
    "HUB224": ["litellm_settings:\n  cache: true\n  cache_params:\n    type: rediss # <-\n"],
    "HUB225": [
        "litellm_settings:\n  cache: true\n  cache_params:\n    type: redis\n    hots: redis # <-\n    bogus: 1 # <-\n"
    ],
    "HUB226": [
        hub(config=CACHE.replace("cache: true", "cache: true # <-")),
        hub(
            config=CACHE.replace(
                "cache: true", "cache: true # <-\n  cache_params: {type: redis, host: os.environ/NOPE}"
            )
        ),
    ],
    "HUB230": [
        hub(config=CACHE, litellm_env=f"LITELLM_MASTER_KEY={KEY}\nREDIS_HOST=localhost # <-\n"),
        hub(
            config=CACHE.replace(
                "cache: true", "cache: true\n  cache_params:\n    type: redis\n    host: 127.0.0.1 # <-"
            )
        ),
    ],
    "HUB227": [
        "litellm_settings:\n  cache: true\n  cache_params:\n    type: redis\n    host: redis\n    port: abc # <-\n",
        hub(
            config=CACHE + "  port: 1",
            litellm_env=f"LITELLM_MASTER_KEY={KEY}\nP=six\n",
        )
        | {
            "config.yaml": CACHE.replace(
                "cache: true",
                "cache: true\n  cache_params:\n    type: redis\n    host: redis\n    port: os.environ/P # <-",
            )
        },
    ],
    "HUB228": ["litellm_settings:\n  cache: true\n  cache_params: {host: redis} # <-\n"],
    "HUB229": [
        "litellm_settings:\n  cache: true\n  cache_params: # <-\n",
        "litellm_settings:\n  cache: true\n  cache_params: redis # <-\n",
    ],
}
QUIET: dict[str, list[Case]] = {
    "HUB201": [
        "model_list: []\nrouter_settings: {fallbacks: []}\n",
        CONFIG,
        "x-defaults: &d {a: 1}\n.base: {}\nmodel_list: []\n",
        "defaults:\n  ollama: &o\n    api_base: x\nmodel_list: [{model_name: a, litellm_params: {<<: *o, model: b}}]\n",
        "environment_variables: {}\nmodel_list: []\nguardrails: []\nmcp_servers: {}\n",
    ],
    "HUB202": [
        "litellm_settings:\n  set_verbose: true\n",
        CONFIG,
        "router_settings: {num_retries: 2, fallbacks: []}\nlitellm_settings: {fallbacks: []}\n",
    ],
    "HUB203": [
        "router_settings:\n  num_retries: 3\n",
        CONFIG,
        "general_settings: {database_url: x, store_model_in_db: true, proxy_batch_write_at: 60, alerting: [slack]}\n",
        "litellm_settings: {drop_params: true, success_callback: [langfuse], json_logs: true, ssl_verify: false}\n",
    ],
    "HUB204": ["model_list: []\nenvironment_variables: {A: '1'}\n", CONFIG, "model_list: []\nlitellm_settings:\n"],
    "HUB205": ["general_settings:\n  health_check_interval: 30\n", "general_settings: {health_check_interval: 30}\n"],
    "HUB221": [
        "litellm_settings:\n  cache: true\n  cache_params: {type: redis, host: redis}\n",
        CACHE,
        CACHE.replace("cache: true", "cache: true\n  cache_params: {type: redis}"),
    ],
    "HUB222": [
        "litellm_settings:\n  cache: true\n  cache_params: {type: redis, host: redis}\n",
        CACHE,
        "litellm_settings: {cache: false, cache_params: {type: redis}}\n",
    ],
    "HUB223": ["litellm_settings:\n  cache: true\n", CACHE, "litellm_settings: {cache: False}\n"],
    "HUB224": [
        "litellm_settings:\n  cache: true\n  cache_params:\n    type: redis\n",
        CACHE,
        "litellm_settings: {cache: true, cache_params: {type: local}}\n",
    ],
    "HUB225": [
        "litellm_settings:\n  cache: true\n  cache_params:\n    type: redis\n    host: redis\n",
        "litellm_settings: {cache: true, cache_params: {type: redis, host: a, port: 1, password: b, ssl: true}}\n",
        "litellm_settings: {cache: true, cache_params: {type: local, bogus: 1}}\n",
        "litellm_settings: {cache: false, cache_params: {bogus: 1}}\n",
    ],
    "HUB226": [
        hub(config=CACHE, litellm_env=LITELLM_ENV + "REDIS_HOST=redis\n"),
        hub(config=CACHE, litellm_env=f"LITELLM_MASTER_KEY={KEY}\nREDIS_HOST=redis\n"),
        hub(config=CACHE.replace("cache: true", "cache: true\n  cache_params: {type: local}")),
        hub(config=CACHE.replace("cache: true", "cache: true\n  cache_params: {type: redis, host: redis}")),
        hub(config=CACHE + "environment_variables: {REDIS_HOST: redis}\n"),
        CACHE,
    ],
    "HUB230": [
        hub(config=CACHE, litellm_env=f"LITELLM_MASTER_KEY={KEY}\nREDIS_HOST=redis\n"),
        hub(config=CACHE, litellm_env=f"LITELLM_MASTER_KEY={KEY}\nREDIS_HOST=localhost\nREDIS_URL=redis://redis\n"),
        CACHE.replace("cache: true", "cache: true\n  cache_params: {type: redis, host: localhost}"),
    ],
    "HUB227": [
        "litellm_settings:\n  cache: true\n  cache_params:\n    type: redis\n    host: redis\n    port: 6379\n",
        CACHE,
        CACHE.replace("cache: true", "cache: true\n  cache_params: {type: redis, host: redis, port: '6379'}"),
    ],
    "HUB229": [
        "litellm_settings:\n  cache: true\n  cache_params: {type: local}\n",
        CACHE,
        "litellm_settings: {cache: false, cache_params: }\n",
    ],
    "HUB228": [
        "litellm_settings:\n  cache: true\n  cache_params: {type: redis, host: redis}\n",
        CACHE,
        CACHE.replace("cache: true", "cache: true\n  cache_params: {ttl: 5}"),
    ],
}
