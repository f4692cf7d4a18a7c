"""Writes hubctl/core/judging/litellm.json from the LiteLLM that is installed: `python -m tools.litellm_facts`.

What LiteLLM accepts is asked of LiteLLM itself where it can be asked; the keys that it reads from a section by name
are found in its source.
"""

import importlib
import inspect
import json
import os
import re
import types
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

os.environ.update({"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"})

TARGET = Path(__file__).parents[1] / "hubctl/core/judging/litellm.json"
SOURCE = Path((find_spec("litellm") or inspect).origin or "").parent

# Packages that LiteLLM's own extra `proxy` does not bring, and the callbacks that end the start without them.
CALLBACK_PACKAGES = {"langfuse": "langfuse", "prometheus": "prometheus_client"}


def facts() -> dict[str, object]:
    """Ask LiteLLM what it knows."""
    litellm: Any = importlib.import_module("litellm")
    router: Any = importlib.import_module("litellm.types.router")
    proxy: Any = importlib.import_module("litellm.proxy._types")
    source = "\n".join(path.read_text("utf-8") for path in sorted((SOURCE / "proxy").rglob("*.py")))
    loader = (SOURCE / "proxy/proxy_server.py").read_text("utf-8")
    costs: Mapping[str, Any] = json.loads((SOURCE / "model_prices_and_context_window_backup.json").read_text("utf-8"))
    return {
        "version": version("litellm"),
        "sections": _sections(proxy, loader),
        "general_settings": _sorted(
            proxy.ConfigGeneralSettings.model_fields, _read_by_name("general_settings", source)
        ),
        "litellm_settings": _sorted(_attributes(litellm), _read_by_name("litellm_settings", source), _handled(loader)),
        "router_settings": _router_keys(litellm),
        "litellm_params": _sorted(router.LiteLLM_Params.model_fields, _chat_parameters(litellm)),
        "cache_params": _cache_keys(litellm),
        "cache_types": _sorted(item.value for item in litellm.types.caching.LiteLLMCacheType),
        "routing_strategies": _strategies(router),
        "providers": _providers(litellm),
        "endpoints": _sorted(litellm.openai_compatible_endpoints),
        "callbacks": _callbacks(litellm),
        "event_callbacks": _event_callbacks(proxy),
        "callback_packages": CALLBACK_PACKAGES,
        "bare_models": _bare_models(litellm, costs),
        "bare_patterns": [r["pattern"] for r in costs["fallback_generalizations"]["rules"] if _routes(r)],
        "retired": _retired(costs),
        "environment": _environment(litellm),
    }


def _sorted(*parts: Iterable[str]) -> list[str]:
    return sorted({str(name) for part in parts for name in part})


def _read_by_name(section: str, source: str) -> set[str]:
    """Keys that the source takes out of a section: `.get("x")`, `["x"]`, `"x" in`, and `section.x` in its words."""
    name = rf"\w*{section}\w*(?:\s+or\s+{{}}\s*\))?"
    found = re.findall(rf"{name}\s*\)?\s*\.\s*(?:get|pop|setdefault)\(\s*[\"'](\w+)[\"']", source)
    found += re.findall(rf"{name}\[[\"'](\w+)[\"']\]", source)
    found += re.findall(rf"[\"'](\w+)[\"']\s+(?:not\s+)?in\s+{name}", source)
    found += re.findall(rf"\b{section}\.(\w+)(?!\w*\()", source)
    return set(found)


def _handled(loader: str) -> set[str]:
    """Keys of litellm_settings that the loader treats one by one."""
    return set(re.findall(r"(?:el)?if key == \"(\w+)\"", loader))


def _sections(proxy: Any, loader: str) -> list[str]:
    read = re.findall(r"\b(?:config|_config|config_data|new_config|user_config)\.get\(\s*\"(\w+)\"", loader)
    return _sorted(proxy.ConfigYAML.model_fields, read, ["include", "mcp_server", "guardrails", "prompts"])


def _attributes(litellm: Any) -> set[str]:
    """The settings among the module's attributes: what is neither code nor private, nor a list of models it made."""
    code = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
    values = {name for name, value in vars(litellm).items() if not isinstance(value, code)}
    names = {name for name in values | set(litellm.__annotations__) if not name.startswith("_") and name.islower()}
    return {name for name in names if not re.fullmatch(r"\w+_models|model_list(_set)?|models_by_provider", name)}


def _router_keys(litellm: Any) -> list[str]:
    outside = importlib.import_module("litellm.constants").ROUTER_SETTINGS_MANAGED_OUTSIDE_CONFIG
    return _sorted(set(litellm.Router.get_valid_args()) - set(outside))


def _cache_keys(litellm: Any) -> list[str]:
    """The arguments of the cache and, since it hands the rest on, of the Redis client."""
    redis: Any = importlib.import_module("redis")
    own: Any = importlib.import_module("litellm._redis")
    taken = [inspect.signature(litellm.Cache.__init__).parameters, inspect.signature(redis.Redis.__init__).parameters]
    return _sorted(
        *taken, own._get_redis_kwargs(), own._get_redis_url_kwargs(), own._get_redis_cluster_kwargs(), _lists(own)
    )


def _lists(own: Any) -> set[str]:
    """What the module takes out of its arguments by name."""
    return set(re.findall(r"redis_kwargs(?:\.get|\.pop)?[\[(]\s*\"(\w+)\"", inspect.getsource(own)))


def _chat_parameters(litellm: Any) -> set[str]:
    return {*litellm.OPENAI_CHAT_COMPLETION_PARAMS, *litellm.all_litellm_params, "num_ctx", "keep_alive", "think"}


def _strategies(router: Any) -> list[str]:
    return _sorted((item.value for item in router.RoutingStrategy), ["simple-shuffle", "lar1"])


def _providers(litellm: Any) -> list[str]:
    loader: Any = importlib.import_module("litellm.llms.openai_like.json_loader")
    return _sorted(
        (getattr(item, "value", item) for item in litellm.provider_list), loader.JSONProviderRegistry.list_providers()
    )


def _callbacks(litellm: Any) -> list[str]:
    """Names that `callbacks` takes without a module of one's own."""
    proxy_side = (SOURCE / "proxy/common_utils/callback_utils.py").read_text("utf-8")
    compared = re.findall(r"callback == \"(\w+)\"", proxy_side)
    return _sorted(get_args(litellm._custom_logger_compatible_callbacks_literal), compared)


def _event_callbacks(proxy: Any) -> list[str]:
    """Names that `success_callback` and `failure_callback` take beside those."""
    logging = (SOURCE / "litellm_core_utils/litellm_logging.py").read_text("utf-8")
    compared = re.findall(r"\bcallback == \"(\w+)\"", logging + (SOURCE / "utils.py").read_text("utf-8"))
    return _sorted(compared, proxy.AllCallbacks.model_fields)


def _bare_models(litellm: Any, costs: Mapping[str, Any]) -> list[str]:
    """Names that LiteLLM finds a provider for, though they begin with none."""
    providers = set(_providers(litellm))
    names = (name for name in sorted(costs) if "/" not in name or name.partition("/")[0] not in providers)
    return [name for name in names if _is_found(litellm, name)]


def _environment(litellm: Any) -> list[str]:
    """Variables that the source asks for by name, and those that stand for an argument of the Redis client."""
    read = r"(?:getenv|environ\.get|get_secret\w*)\(\s*(?:secret_name=)?\"([A-Z][A-Z0-9_]+)\""
    listed = r"\"([A-Z][A-Z0-9_]*(?:_API_KEY|_API_BASE|_TOKEN|_URL|_KEY|_ID|_SECRET|_REGION|_HOST))\""
    options = r"envvar=\"([A-Z_]+)\""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        for pattern in (read, listed, options, r"environ\[\"([A-Z][A-Z0-9_]+)\"\]"):
            found.update(re.findall(pattern, text))
    return _sorted(found, (f"REDIS_{key.upper()}" for key in _cache_keys(litellm)))


def _is_found(litellm: Any, name: str) -> bool:
    try:
        litellm.get_llm_provider(name)
    except litellm.exceptions.BadRequestError:
        return False
    return True


def _routes(rule: Mapping[str, Any]) -> bool:
    return "litellm_provider" in rule.get("model_info", {})


def _retired(costs: Mapping[str, Any]) -> dict[str, str]:
    dated = {name: entry.get("deprecation_date") for name, entry in costs.items() if isinstance(entry, dict)}
    return {name: date for name, date in sorted(dated.items()) if date and re.fullmatch(r"\d{4}-\d\d-\d\d", date)}


def main() -> None:
    """Write the file."""
    lines = (f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in facts().items())
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
