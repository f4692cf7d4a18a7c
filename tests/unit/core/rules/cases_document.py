"""Cases of the rules about the document and the shape of its entries: `# <-` stands where a finding belongs."""

from tests.unit.core.rules.judging import Case, hub

FIRES: dict[str, list[Case]] = {
    "HUB101": [
        "model_list:\n\t- model_name: a  # <-\n",
        "model_list:\n  - model_name: a\n     litellm_params: {}  # <-\n",
        "model_list:\n\u00a0\u00a0- model_name: a  # <-\n\u00a0\u00a0x\n",
        "model_list:\n<<<<<<< HEAD # <-\n  - model_name: a\n=======\n  - model_name: b\n>>>>>>> other\n".replace(
            "HEAD # <-", "# <-"
        ),
        "model_list:\n  {{- range .Models }}  # <-\n  - model_name: {{ .Name }}\n  {{- end }}\n".replace(
            "}}  # <-", "}}{{/*# <-*/}}"
        ),
        "model_list:\n  - model_name: *  # <-\n    litellm_params: {model: openai/x}\n",
        'model_list: []\nlitellm_settings: {a: "b}  # <-\n',
        "model_list:\n  - model_name: @home  # <-\n",
        "general_settings:\n  master_key: x\n  - model_name: a  # <-\n",
        "model_list:\n  - model_name: !env X  # <-\n",
        "model_list: &all\n  - *all  # <-\n",
        "model_list:\n  - model_name:gpt-4o  # <-\n    litellm_params: {}\n",
        "router_settings:\n  timeout: 5\n  num_retries:2  # <-\n\ngeneral_settings: {}\n",
        "router_settings:\n  timeout: 5\n  num_retries  # <-\ngeneral_settings: {}\n",
    ],
    "HUB102": ["- model_name: a  # <-\n", "# nothing here # <-\n", "model_list  # <-\n"],
    "HUB103": ["model_list: []\n---  # <-\nlitellm_settings: {}\n"],
    "HUB104": [
        """
        apiVersion: v1
        kind: ConfigMap
        data:
          config.yaml: |  # <-
            model_list:
              - model_name: a
                litellm_params: {model: openai/gpt-4o}
        """,
        "litellm:\n  config:  # <-\n    model_list: []\n",
    ],
    "HUB105": [
        "litellm_settings: {cache: true}  # <-\nmodel_list: []\nlitellm_settings: {num_retries: 2}\n",
        "router_settings:\n  num_retries: 1  # <-\n  timeout: 5\n  num_retries: 2\n",
        "model_list: []  # <-\nmodel_list: []\n",
    ],
    "HUB106": ["model_list: []\nrouter_settings:\n\u00a0\u00a0num_retries: 2  # <-\n"],
    "HUB107": [hub(config="model_list: []\n# caf\udce9 # <-\n")],
    "HUB121": ["model_list:  # <-\n  model_name: a\n"],
    "HUB122": ["model_list:  # <-\n#  - model_name: a\n", "{}  # <-\n", "litellm_settings: {num_retries: 2}  # <-\n"],
    "HUB123": ["model_list:\n  - gpt-4o  # <-\n", "model_list:\n  - {model_name: a}\n  -  # <-\n"],
    "HUB124": [
        "model_list:\n  - litellm_params:  # <-\n      model: openai/gpt-4o\n",
        "model_list:\n  - model_name: 4.1  # <-\n    litellm_params: {model: openai/gpt-4.1}\n",
    ],
    "HUB125": [
        "model_list:\n  - model_name: a\n    litellm_params:  # <-\n    model: openai/gpt-4o\n",
        "model_list:\n  - model_name: a  # <-\n",
    ],
    "HUB126": [
        "model_list:\n  - model_name: a\n    litellm_params:  # <-\n      api_key: os.environ/X\n",
        hub(config="model_list:\n  - model_name: a\n    litellm_params:\n      model: os.environ/NOPE  # <-\n"),
    ],
    "HUB127": [
        "model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o}\n    api_base: x  # <-\n",
        "model_list:\n  - model_name: a\n    litellm_param: {model: openai/gpt-4o}  # <-\n",
    ],
    "HUB128": ["model_list:\n  - model_name: a\n    model_info:  # <-\n    litellm_params: {model: openai/gpt-4o}\n"],
    "HUB129": [
        (
            "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n"
            "      rpm: ten  # <-\n      api_key: 12345  # <-\n"
        ),
        "model_list:\n- model_name: a\n  litellm_params:\n    model: x/y\n    rpm: x # <-\n    tpm: .5 # <-\n",
        "model_list:\n  - {model_name: a, litellm_params: {model: openai/y, api_key: 12345}}  # <-\n",
    ],
}
_GOOD = """
model_list:
  - model_name: a
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY}
    model_info: {mode: chat}
general_settings: {}
"""
QUIET: dict[str, list[Case]] = {
    "HUB101": ["model_list:\n  - model_name: a\n", _GOOD, "a: &x 1\nb: *x\nmodel_list: ['*']\n# <<<<<<< no conflict\n"],
    "HUB102": ["model_list:\n  - model_name: a\n", _GOOD],
    "HUB103": ["model_list: []\nlitellm_settings: {}\n", "---\nmodel_list: []\n", "model_list: []\n...\n"],
    "HUB104": [
        "model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o}\n",
        _GOOD,
        "include: [a.yaml]\n",
    ],
    "HUB105": [
        "litellm_settings: {cache: true, num_retries: 2}\nmodel_list: []\n",
        _GOOD,
        "model_list:\n  - {model_name: a, litellm_params: {model: openai/a}}\n  - {model_name: a, model_info: {}}\n",
        "base: &b {a: 1}\nmodel_list: []\nother: {<<: *b, a: 2}\n",
    ],
    "HUB106": ["model_list: []\nrouter_settings:\n  num_retries: 2\n", _GOOD, "model_list: []\nx: 'a\u00a0b'\n"],
    "HUB107": [hub(config="model_list: []\n# caf\u00e9\n"), hub(), hub(litellm_env="A=caf\udce9\n")],
    "HUB121": ["model_list:\n  - model_name: a\n", _GOOD, "model_list: []\n", "model_list:\n"],
    "HUB122": [
        "model_list:\n  - model_name: a\n",
        _GOOD,
        "include: [models.yaml]\n",
        "general_settings: {store_model_in_db: true}\n",
    ],
    "HUB123": ["model_list:\n  - model_name: gpt-4o\n    litellm_params: {model: openai/gpt-4o}\n", _GOOD],
    "HUB124": [
        "model_list:\n  - model_name: gpt-4o\n    litellm_params:\n      model: openai/gpt-4o\n",
        _GOOD,
        'model_list:\n  - {model_name: "4.1", litellm_params: {model: openai/gpt-4.1}}\n',
    ],
    "HUB125": ["model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/gpt-4o\n", _GOOD],
    "HUB126": [
        (
            "model_list:\n  - model_name: a\n    litellm_params:\n"
            "      model: openai/gpt-4o\n      api_key: os.environ/X\n"
        ),
        _GOOD,
        "model_list: [{model_name: a, litellm_params: {model: os.environ/MODEL}}]\n",
    ],
    "HUB128": [
        "model_list:\n  - model_name: a\n    model_info: {mode: chat}\n    litellm_params: {model: openai/gpt-4o}\n",
        _GOOD,
        "model_list: [{model_name: a, litellm_params: {model: x/y}, model_info: {}}]\n",
    ],
    "HUB129": [
        (
            "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n"
            '      rpm: 10\n      api_key: "12345"\n'
        ),
        _GOOD,
        "model_list: [{model_name: a, litellm_params: {model: x/y, rpm: '5', api_key: , tpm: os.environ/T}}]\n",
    ],
    "HUB127": [
        "model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o, api_base: x}\n",
        _GOOD,
        "model_list:\n  - {model_name: a, litellm_params: {model: openai/gpt-4o}, tpm: 5}\n",
    ],
}
