"""Rules about routing (HUB241 to HUB259): strategy, aliases, fallbacks, limits."""

from collections.abc import Iterator

from hubctl.core.judging.config import Config
from hubctl.core.judging.rule import Edit, Found, Group, Severity
from hubctl.core.judging.subject import Subject

RULES = Group()

_ROUTER, _ALIASES = "router_settings", "model_group_alias"
_FALLBACKS = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
_PLACES = tuple((section, key) for section in (_ROUTER, "litellm_settings") for key in _FALLBACKS)
_LIMITED = ("usage-based-routing", "usage-based-routing-v2")
_LIMITS = ("rpm", "tpm")
_CHECK = "enforce_model_rate_limits"


def _config(subject: Subject) -> Config | None:
    return subject.config if subject.config and subject.config.data else None


def _is_askable(config: Config, name: str) -> bool:
    """Whether the gateway answers to a name: an entry, an alias, a wildcard, or something that is not known here."""
    groups = config.section(_ROUTER).get("routing_groups")
    if config.is_partial or groups or name in config.names or name in config.aliases:
        return True
    return name.startswith(config.wildcards)


@RULES.rule(
    "HUB241",
    "error",
    "A routing strategy that LiteLLM does not have",
    effect="LiteLLM ends while starting (exit 3) and lists the strategies it has",
    fix="take `simple-shuffle`, the default, or another one that LiteLLM has",
    since="0.1.0",
    stops_start=True,
    by_version=True,
)
def has_unknown_strategy(subject: Subject) -> Iterator[Found]:
    """`round-robin`."""
    config = _config(subject)
    strategy = config.section(_ROUTER).get("routing_strategy") if config else None
    if config and strategy is not None and str(strategy) not in subject.known.routing_strategies:
        near = subject.guesses.nearest(str(strategy), subject.known.routing_strategies)
        span = config.value_span(_ROUTER, "routing_strategy")
        listed = ", ".join(sorted(subject.known.routing_strategies))
        fix = f"did you mean `{near}`?" if near else f"take one of: {listed}"
        yield Found(config.path, span, f"`{strategy}` is no routing strategy", fix=fix)


@RULES.rule(
    "HUB242",
    "error",
    "`model_group_alias` is no mapping",
    effect="LiteLLM ends while starting (exit 3): `object has no attribute 'items'`",
    fix="write `ALIAS: MODEL_NAME` lines below `model_group_alias:`",
    since="0.1.0",
    stops_start=True,
)
def has_listed_aliases(subject: Subject) -> Iterator[Found]:
    """A list or a text instead of `alias: name`."""
    config = _config(subject)
    aliases = config.section(_ROUTER).get(_ALIASES) if config else None
    if config and aliases and not isinstance(aliases, dict):
        yield Found(config.path, config.value_span(_ROUTER, _ALIASES), "aliases have to be `ALIAS: MODEL_NAME` lines")


@RULES.rule(
    "HUB243",
    "error",
    "An alias that leads to no model",
    effect="LiteLLM starts, and every chat with the alias gets a 400: `There are no healthy deployments`",
    fix="name one entry of `model_list` by its `model_name`",
    since="0.1.0",
)
def leads_nowhere(subject: Subject) -> Iterator[Found]:
    """An alias for a list, or for a name that is no entry."""
    config = _config(subject)
    for alias, target in config.aliases.items() if config else ():
        if config is None:
            continue
        span = config.value_span(_ROUTER, _ALIASES, alias)
        name = target.get("model") if isinstance(target, dict) else target
        if not isinstance(name, str):
            what = "a list" if isinstance(name, list) else "nothing" if name is None else "no text"
            fix = "write one name; to share the load, give several entries the same `model_name`"
            yield Found(config.path, span, f"the alias `{alias}` stands for {what}, not for one model name", fix=fix)
        elif name not in config.names and (name == alias or not _is_askable(config, name)):
            near = subject.guesses.nearest(name, config.names)
            guess = f"did you mean `{near}`?" if near else None
            yield Found(config.path, span, f"the alias `{alias}` leads to `{name}`, which is no model here", fix=guess)


@RULES.rule(
    "HUB244",
    "warning",
    "An alias with the name of an entry",
    effect="the alias wins: whoever asks for the name gets the other model, and the entry is never asked by its name",
    fix="rename the alias or the entry",
    since="0.1.0",
)
def shadows(subject: Subject) -> Iterator[Found]:
    """An alias that hides an entry; one that leads to itself hides nothing."""
    config = _config(subject)
    for alias, target in config.aliases.items() if config else ():
        name = target.get("model") if isinstance(target, dict) else target
        if config and alias in config.names and name != alias:
            span = config.span(_ROUTER, _ALIASES, alias)
            yield Found(config.path, span, f"the alias `{alias}` hides the entry of the same name")


@RULES.rule(
    "HUB245",
    "error",
    "Fallbacks in the wrong shape",
    effect="LiteLLM ends while starting (exit 3): `Item ... is not a dictionary`",
    fix="write a list with one model per item: `- MODEL: [OTHER, ...]`",
    since="0.1.0",
    stops_start=True,
)
def has_misshapen_fallbacks(subject: Subject) -> Iterator[Found]:
    """A mapping, texts, or several models in one item."""
    config = _config(subject)
    for section, key in _PLACES if config else ():
        value = config.section(section).get(key)  # type: ignore[union-attr]
        items = list(value) if isinstance(value, (list, dict)) else [value] if value else []
        bad = next((i for i, item in enumerate(items) if not isinstance(item, dict) or len(item) != 1), None)
        if bad is not None:
            path = (section, key, bad) if isinstance(value, list) else (section, key)
            span = config.value_span(*path)  # type: ignore[union-attr]
            words = f"`{key}` has to be a list of items `MODEL: [OTHER]`"
            # LiteLLM looks at these only when a chat needs them.
            severity: Severity = "warning" if key == "context_window_fallbacks" else "error"
            yield Found(config.path, span, words, severity=severity)  # type: ignore[union-attr]


def _fallbacks(config: Config) -> Iterator[tuple[tuple[str | int, ...], str, object]]:
    """Where the targets of a fallback stand, the model that falls back (`*` for every one), and the targets."""
    for section, key in _PLACES:
        value = config.section(section).get(key)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            for source, targets in item.items() if isinstance(item, dict) else ():
                yield (section, key, index, str(source)), str(source), targets
    for section in (_ROUTER, "litellm_settings"):
        if targets := config.section(section).get("default_fallbacks"):
            yield (section, "default_fallbacks"), "*", targets


@RULES.rule(
    "HUB246",
    "warning",
    "A fallback to or from a model that is not here",
    effect="when the first model fails, the fallback fails too (or is never tried): the chat ends in an error",
    fix="name entries of `model_list` by their `model_name`",
    since="0.1.0",
)
def falls_nowhere(subject: Subject) -> Iterator[Found]:
    """Names that neither an entry nor an alias has."""
    config = _config(subject)
    for path, source, targets in _fallbacks(config) if config else ():
        if config is None:
            continue
        if source != "*" and not _is_askable(config, source):
            yield Found(config.path, config.span(*path), f"`{source}` has a fallback and is no model here")
        names = targets if isinstance(targets, list) else [targets]
        for position, name in enumerate(names):
            if isinstance(name, str) and not _is_askable(config, name):
                where = (*path, position) if isinstance(targets, list) else path
                span = config.value_span(*where)
                yield Found(config.path, span, f"the fallback of `{source}` is `{name}`, which is no model here")


@RULES.rule(
    "HUB247",
    "warning",
    "A fallback that is not a list",
    effect="LiteLLM goes through the name letter by letter, and finds no model",
    fix="put it in brackets: `- MODEL: [OTHER]`",
    since="0.1.0",
    fixable=True,
)
def has_lone_fallback(subject: Subject) -> Iterator[Found]:
    """`- a: b` instead of `- a: [b]`."""
    config = _config(subject)
    for path, source, targets in _fallbacks(config) if config else ():
        if config and not isinstance(targets, list):
            words = f"the fallback of `{source}` has to be a list"
            token = config.token(*path)
            edits = (Edit(*token, f"[{token[2]}]"),) if token and isinstance(targets, str) else ()
            yield Found(config.path, config.value_span(*path), words, edits=edits)


@RULES.rule(
    "HUB248",
    "warning",
    "`rpm` or `tpm` that nothing enforces",
    effect="LiteLLM weighs entries of one name by them, and lets every call through",
    fix="add `optional_pre_call_checks: [enforce_model_rate_limits]` below `router_settings:`",
    since="0.1.0",
)
def limits_nothing(subject: Subject) -> Iterator[Found]:
    """Limits on entries under a strategy that does not look at them, without the check that does."""
    config = _config(subject)
    router = config.section(_ROUTER) if config else {}
    checks = router.get("optional_pre_call_checks")
    if config is None or router.get("routing_strategy") in _LIMITED or _CHECK in (checks or ()):  # type: ignore[operator]
        return
    places = [
        config.span(*(entry.params_path if key in entry.params else entry.path), key)
        for entry in config.entries
        for key in _LIMITS
        if key in entry.params or key in entry.fields
    ]
    if places:
        more = (
            f" (and {len(places) - 1} more like it, up to line {max(each.line for each in places)})"
            if len(places) > 1
            else ""
        )
        yield Found(config.path, places[0], f"this limit is not enforced{more}")


@RULES.rule(
    "HUB249",
    "error",
    "An alias whose mapping lacks `hidden`",
    effect="LiteLLM ends while starting: `KeyError: 'hidden'`",
    fix="write `ALIAS: {model: MODEL_NAME, hidden: true}`, or just `ALIAS: MODEL_NAME`",
    since="0.1.0",
    stops_start=True,
)
def lacks_hidden(subject: Subject) -> Iterator[Found]:
    """`{model: x}`."""
    config = _config(subject)
    for alias, target in config.aliases.items() if config else ():
        if config and isinstance(target, dict) and "model" in target and "hidden" not in target:
            span = config.value_span(_ROUTER, _ALIASES, alias)
            yield Found(config.path, span, f"the alias `{alias}` has a `model` and no `hidden`")
