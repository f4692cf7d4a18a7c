"""The config of a second gateway: the hub's own rules of routing, with scripted models in place of its own. No I/O.

Only what decides how a request is routed is taken over. Keys, callbacks, caches and databases stay with the hub.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hubctl.core.models.askable import pairs, spares_of
from hubctl.core.models.model_list import resolved, section
from hubctl.core.text.os_environ import variable_of

UPSTREAM = "UPSTREAM_URL"
KEY = "LITELLM_MASTER_KEY"
RETRIED, SPREAD, LIMITED = "hubctl-verify-retried", "hubctl-verify-spread", "hubctl-verify-limited"
LIMITS = {"rpm": 2, "tpm": 30}

_ROUTING = frozenset(
    (
        *("routing_strategy", "routing_strategy_args", "model_group_alias", "optional_pre_call_checks"),
        *("num_retries", "retry_after", "retry_policy", "model_group_retry_policy", "timeout", "request_timeout"),
        *("fallbacks", "default_fallbacks", "max_fallbacks", "enable_pre_call_checks", "enable_weighted_failover"),
        "provider_budget_config",  # without it, the strategy of that name does not start
    )
)
_SECTIONS = ("litellm_settings", "router_settings")

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Routing:
    """What a hub's config says about routing. Names are those that clients ask for.

    retries: how often a failed call is tried again, null where nothing says so. fallbacks: name -> who answers in its
    place. shared: names with several entries. limits: name -> (rpm or tpm, number). `config` is the second gateway's.
    `targets` are the scripted models behind each name.
    """

    config: Values
    targets: Mapping[str, tuple[str, ...]]
    strategy: str | None
    retries: int | None
    fallbacks: Mapping[str, tuple[str, ...]]
    shared: tuple[str, ...]
    limits: Mapping[str, tuple[str, int]]


def read(config: Values, environment: Mapping[str, str]) -> Routing:
    """Read how the hub routes, and derive the config that routes in the same way. environment is the gateway's."""
    kept = {name: _kept(section(config, name), environment) for name in _SECTIONS}
    said = {**kept["litellm_settings"], **kept["router_settings"]}
    entries = list(_entries(config))
    targets: dict[str, tuple[str, ...]] = {}
    for index, (name, _) in enumerate(entries):
        targets[name] = (*targets.get(name, ()), f"entry-{index}")
    limits = {name: limit for name, params in entries if (limit := _limit(params, environment))}
    kind = next((kind for kind, _ in limits.values()), "rpm")
    own = [(name, target) for name, several in targets.items() for target in several]
    temporary = [(RETRIED, "retried"), (SPREAD, "spread-1"), (SPREAD, "spread-2")]
    model_list = [_scripted(name, target) for name, target in (*own, *temporary)]
    model_list.append(_scripted(LIMITED, "limited", **{kind: LIMITS[kind]}))
    strategy = said.get("routing_strategy")
    # One claim's failures on demand must not take a model away from the next claim.
    kept["router_settings"]["disable_cooldowns"] = True
    return Routing(
        config={"model_list": model_list, **kept, "general_settings": {"master_key": f"os.environ/{KEY}"}},
        targets=targets,
        strategy=str(strategy) if strategy is not None else None,
        retries=_number(said.get("num_retries")),
        fallbacks=_fallbacks(kept, targets),
        shared=tuple(name for name, several in targets.items() if len(several) > 1),
        limits=limits,
    )


def variables(key: str, model_port: int) -> dict[str, str]:
    """Give the variables that the config names, for a scripted model on the gateway's own loopback."""
    return {KEY: key, UPSTREAM: f"http://127.0.0.1:{model_port}/v1"}


def _scripted(name: str, target: str, **params: int) -> Values:
    where = {"model": f"openai/{target}", "api_base": f"os.environ/{UPSTREAM}", "api_key": "none"}
    return {"model_name": name, "litellm_params": {**where, **params}}


def _entries(config: Values) -> Iterator[tuple[str, Values]]:
    items = config.get("model_list")
    for item in items if isinstance(items, list) else ():
        match item:
            case {"model_name": str(name), "litellm_params": {"model": str()} as params}:
                yield name, params


def _kept(settings: Values, environment: Mapping[str, str]) -> dict[str, object]:
    return {name: _plain(value, environment) for name, value in settings.items() if name in _ROUTING}


def _plain(value: object, environment: Mapping[str, str]) -> object:
    """Put values in the place of os.environ/NAME: the second gateway has none of the hub's variables."""
    if isinstance(value, dict):
        return {key: _plain(item, environment) for key, item in value.items()}
    return resolved(value, environment) if variable_of(value) is not None else value


def _limit(params: Values, environment: Mapping[str, str]) -> tuple[str, int] | None:
    for kind in LIMITS:
        if (number := _number(_plain(params.get(kind), environment))) is not None:
            return kind, number
    return None


def _fallbacks(kept: Mapping[str, Values], targets: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Collect who stands in for which active name; those of names that nobody can ask for have no effect.

    What stands in for every name is tried with the first one that has nothing of its own.
    """
    found: dict[str, tuple[str, ...]] = {}
    for_all: list[str] = []
    for settings in kept.values():
        rules = {name: spares_of(spares) for name, spares in pairs(settings.get("fallbacks"))}
        for_all += [*rules.get("*", ()), *spares_of(settings.get("default_fallbacks"))]
        found |= {name: tuple(others) for name, others in rules.items() if name in targets and others}
    alone = (name for name in targets if name not in found and name not in for_all)
    if for_all and (first := next(alone, None)):
        found[first] = tuple(for_all)
    return found


def _number(value: object) -> int | None:
    """Read a number as LiteLLM takes it: also as text, as it comes from a variable."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return int(value) if str(value).isdecimal() else None
