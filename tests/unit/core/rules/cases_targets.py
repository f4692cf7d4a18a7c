"""Cases of the rules about targets and addresses."""

from tests.unit.core.rules.judging import COMPOSE, Case, hub


def entry(*lines: str, name: str = "m") -> str:
    """A config with one entry, whose parameters are `lines`."""
    return "\n".join(["model_list:", f"  - model_name: {name}", "    litellm_params:", *(f"      {x}" for x in lines)])


def entries(*targets: str, name: str = "m") -> str:
    """A config whose entries all have one name."""
    return "model_list:\n" + "\n".join(f"  - {{model_name: {name}, litellm_params: {t}}}" for t in targets)


FIRES: dict[str, list[Case]] = {
    "HUB131": [
        entry("model: olama_chat/llama3 # <-", "api_base: http://ollama:11434"),
        entry("model: claude-3-sonnet # <-"),
        entry("model: notaprovider/foo # <-"),
        entry("model: gemini-pro # <-"),
    ],
    "HUB132": [entry("model: gemini-2.5-flash # <-")],
    "HUB133": [
        entry("model: openai/gpt-4 # <-"),
        entry("model: gpt-3.5-turbo # <-"),
        entry("model: anthropic/claude-3-sonnet-20240229 # <-"),
        entry("model: gemini/gemini-pro # <-"),
        entry("model: anthropic/claude-sonnet-4-5 # <-"),
    ],
    "HUB134": [entry("model: ollama/llama3 # <-", "api_base: http://ollama:11434")],
    "HUB135": [entries("{model: openai/gpt-4o}", "{model: anthropic/claude-opus-5-5}") + "  # <-\n"],
    "HUB136": [entries("{model: openai/a, api_key: k}", "{model: openai/a, api_key: k}") + "  # <-\n"],
    "HUB137": [entry("model: openai/gpt-4o", "api_bse: http://x # <-"), entry("model: openai/x", "temprature: 1 # <-")],
    "HUB141": [
        entry("model: ollama_chat/a", "api_base: http://ollama:11434/v1 # <-"),
        hub(litellm_env="LITELLM_MASTER_KEY=x\nOLLAMA_BASE_URL=http://ollama:11434/v1 # <-\n"),
    ],
    "HUB142": [
        hub(config=entry("model: openai/a", "api_base: http://localhost:8000/v1 # <-")),
        hub(litellm_env="LITELLM_MASTER_KEY=x\nOLLAMA_BASE_URL=http://localhost:11434 # <-\n"),
        hub(config=entry("model: openai/a", "api_base: http://127.0.0.1:8000/v1 # <-")),
        entry("model: openai/a", "api_base: http://localhost:8000/v1 # <-"),
    ],
    "HUB143": [
        entry("model: ollama_chat/a # <-"),
        hub(litellm_env="LITELLM_MASTER_KEY=x\n", config=entry("model: ollama/a", "api_base: os.environ/NOPE # <-")),
    ],
    "HUB144": [entry("model: openai/a", "api_base: http://vllm:8000/v1/chat/completions # <-")],
    "HUB145": [
        hub(config=entry("model: ollama_chat/a", "api_base: http://olama:11434 # <-")),
        hub(litellm_env="LITELLM_MASTER_KEY=x\nOLLAMA_BASE_URL=http://olama:11434 # <-\n"),
    ],
    "HUB146": [
        entry("model: openai/a", "api_base: vllm:8000/v1 # <-"),
        entry("model: azure/a", "api_base: mine.openai.azure.com # <-"),
    ],
    "HUB147": [
        entry("model: openai/llama3", "api_base: http://ollama:11434 # <-"),
        entry("model: openai/llama3", "api_base: http://10.0.0.2:11434/ # <-"),
        hub(config=entry("model: openai/llama3", "api_base: os.environ/OLLAMA_BASE_URL"))
        | {"litellm.env": "LITELLM_MASTER_KEY=x\nOLLAMA_BASE_URL=http://ollama:11434 # <-\n"},
    ],
}
QUIET: dict[str, list[Case]] = {
    "HUB131": [
        entry("model: ollama_chat/llama3", "api_base: http://ollama:11434"),
        entry("model: openai/whatever"),
        entry("model: gpt-4o"),
        entry("model: claude-sonnet-4-5"),
        entry("model: '*'"),
        entry("model: my/model", "custom_llm_provider: openai"),
        entry("model: llama-3", "api_base: https://api.groq.com/openai/v1"),
        entry("model: own/x") + "\nlitellm_settings: {custom_provider_map: [{provider: own, custom_handler: a.b}]}\n",
    ],
    "HUB132": [entry("model: gemini/gemini-2.5-flash"), entry("model: gemini-2.5-pro", "vertex_project: x")],
    "HUB133": [
        entry("model: openai/gpt-6-luna"),
        entry("model: openrouter/anthropic/claude-3-opus"),
        entry("model: openai/gpt-4", "mock_response: hi"),
        entry("model: anthropic/claude-3-sonnet", "api_base: http://mine"),
    ],
    "HUB134": [
        entry("model: ollama_chat/llama3", "api_base: http://ollama:11434"),
        entry("model: ollama_chat/llama3"),
        entry("model: ollama/nomic-embed-text"),
        entry("model: ollama/x") + "\n    model_info: {mode: embedding}\n",
    ],
    "HUB135": [entries("{model: openai/gpt-4o}", "{model: azure/gpt-4o}")],
    "HUB136": [entries("{model: openai/a, api_key: os.environ/A}", "{model: openai/a, api_key: os.environ/B}")],
    "HUB137": [
        entry("model: openai/gpt-4o", "api_base: http://x"),
        entry("model: openai/gpt-4o", "temperature: 1", "my_own_thing: 2"),
        entry("model: ollama/x", "num_ctx: 9"),
    ],
    "HUB141": [
        entry("model: ollama_chat/a", "api_base: http://ollama:11434"),
        entry("model: ollama_chat/a", "api_base: http://ollama:11434/"),
        entry("model: openai/a", "api_base: h/v1"),
    ],
    "HUB142": [
        hub(config=entry("model: openai/a", "api_base: http://vllm:8000/v1")),
        hub(
            litellm_env="LITELLM_MASTER_KEY=x\nOLLAMA_BASE_URL=http://localhost:11434\n",
            compose=COMPOSE.replace('    ports: ["127.0.0.1:4000:4000"]', "    network_mode: service:ollama"),
        ),
        hub(),
        entry("model: openai/a", "api_base: http://vllm:8000/v1"),
    ],
    "HUB143": [
        entry("model: ollama_chat/a", "api_base: http://ollama:11434"),
        hub(),
        entry("model: ollama_chat/a", "api_base: os.environ/X"),
        entry("model: openai/a"),
        entry("model: ollama/a", "mock_response: x", "api_base: http://x"),
    ],
    "HUB144": [entry("model: openai/a", "api_base: http://vllm:8000/v1")],
    "HUB145": [
        hub(config=entry("model: ollama_chat/a", "api_base: http://ollama:11434")),
        hub(),
        hub(config=entry("model: openai/a", "api_base: https://api.example.com/v1")),
        hub(config=entry("model: openai/a", "api_base: http://host.docker.internal:1234/v1")),
    ],
    "HUB146": [
        entry("model: openai/a", "api_base: http://vllm:8000/v1"),
        entry("model: openai/a", "api_base: https://x"),
        entry("model: openai/a", "api_base: os.environ/X"),
    ],
    "HUB147": [
        entry("model: openai/llama3", "api_base: http://ollama:11434/v1"),
        entry("model: openai/llama3", "api_base: http://vllm:8000"),
        entry("model: openai/llama3", "api_base: http://gateway:11434/ollama/v1"),
        entry("model: ollama_chat/llama3", "api_base: http://ollama:11434"),
    ],
}
