"""Rules about the shape of `model_list` (HUB121 to HUB129): what LiteLLM needs of each entry before it looks at it."""

from collections.abc import Iterator

from hubctl.core.judging.config import Config, Entry
from hubctl.core.judging.rule import Found, Group
from hubctl.core.judging.subject import Subject
from hubctl.core.text.os_environ import variable_of

RULES = Group()

# The router reads limits here too.
_KEYS = frozenset(
    {"model_name", "litellm_params", "model_info", "rpm", "tpm", "itpm", "otpm", "num_retries", "blocked"}
)
_NUMBERS = frozenset({"rpm", "tpm"})
_TEXTS = frozenset({"api_base", "api_key", "api_version"})
_STOPS = "LiteLLM ends while starting (exit 3) with a KeyError that names neither entry nor line"


def _whole(subject: Subject) -> tuple[Config, tuple[Entry, ...]] | None:
    """The config and its entries, where there are any."""
    return (subject.config, subject.config.entries) if subject.config and subject.config.entries else None


def _called(entry: Entry) -> str:
    return f"the entry {entry.name}" if entry.name else f"entry {entry.index + 1}"


@RULES.rule(
    "HUB121",
    "error",
    "`model_list` is not a list",
    effect="LiteLLM ends while starting (exit 3)",
    fix="write every model as an item of its own: `- model_name: NAME`",
    since="0.1.0",
    stops_start=True,
)
def is_no_list(subject: Subject) -> Iterator[Found]:
    """A mapping, or a text, where a list is expected."""
    config = subject.config
    items = config.data.get("model_list") if config else None
    if config and items and not isinstance(items, list):
        words = "`model_list` has to be a list of entries (`- model_name:`)"
        yield Found(config.path, config.span("model_list"), words)


@RULES.rule(
    "HUB122",
    "warning",
    "No active model",
    effect="LiteLLM starts, lists no model and refuses every chat",
    fix="add an entry to `model_list`; `hubctl models` shows the commented ones",
    since="0.1.0",
)
def has_no_model(subject: Subject) -> Iterator[Found]:
    """An absent or empty list, when no other file or database can bring models."""
    config = subject.config
    is_mapping = config is not None and config.document is not None and isinstance(config.document.data, dict)
    if config and is_mapping and not config.data.get("model_list") and not config.is_partial and not config.packed:
        what = "`model_list` is empty" if "model_list" in config.data else "there is no `model_list`"
        yield Found(config.path, config.span("model_list"), f"{what}: the gateway would serve no model")


@RULES.rule(
    "HUB123",
    "error",
    "An item of `model_list` is no entry",
    effect="LiteLLM ends while starting (exit 3)",
    fix="write it as `- model_name: NAME` with `litellm_params:` below",
    since="0.1.0",
    stops_start=True,
)
def is_no_entry(subject: Subject) -> Iterator[Found]:
    """A text or null among the items."""
    config, entries = _whole(subject) or (None, ())
    for entry in entries:
        if config and not entry.is_mapping:
            yield Found(config.path, config.span(*entry.path), f"item {entry.index + 1} of `model_list` has no keys")


@RULES.rule(
    "HUB124",
    "error",
    "An entry without `model_name`",
    effect=_STOPS,
    fix="add `model_name: NAME`, the name that clients ask for",
    since="0.1.0",
    stops_start=True,
)
def has_no_name(subject: Subject) -> Iterator[Found]:
    """The key is missing, nothing stands behind it, or what YAML takes for a number."""
    config, entries = _whole(subject) or (None, ())
    for entry in entries:
        name = entry.fields.get("model_name")
        if config is None or not entry.is_mapping or isinstance(name, str):
            continue
        span = config.value_span(*entry.path, "model_name")
        if name is None:
            yield Found(config.path, span, f"entry {entry.index + 1} (target {entry.target}) has no `model_name`")
        else:
            words = f"YAML reads the `model_name` {entry.name} as no text, and LiteLLM takes text only"
            yield Found(config.path, span, words, fix=f'put it in quotes: `model_name: "{entry.name}"`')


@RULES.rule(
    "HUB125",
    "error",
    "An entry without `litellm_params`",
    effect=_STOPS,
    fix="add `litellm_params:` with `model: PROVIDER/MODEL` below it",
    since="0.1.0",
    stops_start=True,
)
def has_no_params(subject: Subject) -> Iterator[Found]:
    """The key is missing, or what stands behind it is no mapping: often its keys are indented too little."""
    config, entries = _whole(subject) or (None, ())
    for entry in entries:
        if config and entry.is_mapping and not isinstance(entry.fields.get("litellm_params"), dict):
            span = config.span(*entry.params_path)
            stray = "; `model` stands beside it: indent it below `litellm_params:`" if "model" in entry.fields else ""
            yield Found(config.path, span, f"{_called(entry)} has no `litellm_params` with keys below it{stray}")


@RULES.rule(
    "HUB126",
    "error",
    "An entry without `model`",
    effect=_STOPS,
    fix="add `model: PROVIDER/MODEL` below `litellm_params`",
    since="0.1.0",
    stops_start=True,
)
def has_no_target(subject: Subject) -> Iterator[Found]:
    """`litellm_params` without a target, with one that is no text, or with a variable that nothing sets."""
    config, entries = _whole(subject) or (None, ())
    environment = None if subject.lacks_env_file or subject.has_secret_manager else subject.gateway_environment
    for entry in entries:
        variable = variable_of(entry.target)
        if config and variable and environment is not None and variable not in environment:
            words = f"`model` of {_called(entry)} names {variable}, which nothing sets"
            yield Found(config.path, config.target_span(entry), words, severity=subject.doubt)
        if config and isinstance(entry.fields.get("litellm_params"), dict) and entry.target is None:
            yield Found(config.path, config.target_span(entry), f"{_called(entry)} has no `model` in `litellm_params`")


@RULES.rule(
    "HUB127",
    "warning",
    "A key beside `litellm_params` that does nothing",
    effect="LiteLLM takes the key without a word and never looks at it",
    fix="move it below `litellm_params:` (or `model_info:`, if it describes the model)",
    since="0.1.0",
)
def has_stray_keys(subject: Subject) -> Iterator[Found]:
    """Keys of an entry other than those that count."""
    config, entries = _whole(subject) or (None, ())
    for entry in entries:
        for key in entry.fields.keys() - _KEYS if config and isinstance(entry.params, dict) else ():
            span = config.span(*entry.path, key)  # type: ignore[union-attr]
            near = subject.guesses.nearest(str(key), _KEYS.difference(entry.fields))
            fix = f"did you mean `{near}`?" if near else None
            yield Found(config.path, span, f"`{key}` of {_called(entry)} does nothing here", fix)  # type: ignore[union-attr]


@RULES.rule(
    "HUB128",
    "error",
    "`model_info` without anything below",
    effect="LiteLLM ends while starting: `'NoneType' object has no attribute 'get'`",
    fix="remove `model_info:`, or indent its keys below it",
    since="0.1.0",
    stops_start=True,
)
def has_empty_info(subject: Subject) -> Iterator[Found]:
    """The key stands there and holds no mapping."""
    config, entries = _whole(subject) or (None, ())
    for entry in entries:
        if config and "model_info" in entry.fields and not isinstance(entry.fields["model_info"], dict):
            span = config.span(*entry.path, "model_info")
            yield Found(config.path, span, f"`model_info` of {_called(entry)} holds no keys")


@RULES.rule(
    "HUB129",
    "error",
    "A parameter of the wrong kind",
    effect="LiteLLM starts without the entry; whoever asks for the model gets a 400",
    fix="write a limit as a whole number, and an address, key or version as a text (in quotes)",
    since="0.1.0",
)
def is_of_the_wrong_kind(subject: Subject) -> Iterator[Found]:
    """A limit that is no whole number; an address, a key or a version that YAML reads as no text."""
    config, entries = _whole(subject) or (None, ())
    for entry in entries:
        for key, value in entry.params.items() if config else ():
            if value is None or variable_of(value) is not None:
                continue
            if (key in _NUMBERS and not _is_whole(value)) or (key in _TEXTS and not isinstance(value, str)):
                span = config.value_span(*entry.params_path, key)  # type: ignore[union-attr]
                what = "whole number" if key in _NUMBERS else "text"
                yield Found(config.path, span, f"`{key}` of {_called(entry)} is no {what}")  # type: ignore[union-attr]


def _is_whole(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lstrip("+-").isdigit()
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
