"""Rules about settings that do nothing where they stand (HUB201 to HUB209)."""

from collections.abc import Iterator

from hubctl.core.judging.config import Config, Values
from hubctl.core.judging.rule import Found, Group, Severity
from hubctl.core.judging.subject import Subject
from hubctl.core.text.span import Span

RULES = Group()

_SECTIONS = ("general_settings", "litellm_settings", "router_settings")
# Judged by rules of their own, which know more about them.
_ELSEWHERE = frozenset({"cache", "cache_params", "health_check_interval"})
_MODELS = frozenset({"models", "model", "modellist", "models_list", "deployments"})
_SILENT = "LiteLLM takes it without a word and never looks at it"


def _readable(subject: Subject) -> Config | None:
    config = subject.config
    return config if config and config.data else None


def _homes(subject: Subject, key: str) -> str:
    return " or ".join(f"`{home}:`" for home in subject.known.homes(key))


def _moved(key: str, homes: str) -> str:
    return f"move `{key}` below {homes}"


@RULES.rule(
    "HUB201",
    "warning",
    "A section that LiteLLM does not have",
    effect=_SILENT,
    fix="remove it, or correct its name",
    since="0.1.0",
    by_version=True,
)
def is_no_section(subject: Subject) -> Iterator[Found]:
    """Top-level keys; `x-...` and keys that hold anchors for the rest are people's own."""
    config = _readable(subject)
    for key in config.data if config and not config.packed else ():
        own = key in _ELSEWHERE or key.startswith((".", "x-", "_", "\u00a0"))
        if own or key in subject.known.sections or _is_anchor(config, key):
            continue
        homes = _homes(subject, key)
        near = "model_list" if key in _MODELS else subject.guesses.nearest(key, subject.known.sections)
        fix = f"did you mean `{near}`?" if near else _moved(key, homes) if homes else None
        what = "does nothing at the top of the file" if homes else "is no section of LiteLLM's"
        yield Found(config.path, config.span(key), f"`{key}` {what}", fix=fix)  # type: ignore[union-attr]


def _is_anchor(config: Config | None, key: str) -> bool:
    """Whether an anchor stands on the key's value or below it: then it is there to be used elsewhere."""
    if config is None or not config.anchored:
        return False
    first = config.line(key)
    if first in config.anchored:
        return True
    for number in range(first + 1, len(config.text_lines) + 1):
        line = config.text_lines[number - 1]
        if line.strip() and not line.startswith((" ", "#", "-", "\t")):
            return False
        if number in config.anchored:
            return True
    return False


def _unknown(subject: Subject, section: str) -> Iterator[tuple[Config, str, Span]]:
    config = _readable(subject)
    keys: Values = config.section(section) if config else {}
    for key in map(str, keys):
        if config and key not in subject.known.keys_of(section) and not key.startswith("\u00a0"):
            yield config, key, config.span(section, key)


@RULES.rule(
    "HUB202",
    "warning",
    "A setting in a section where it does nothing",
    effect=_SILENT,
    fix="move it to the section that LiteLLM reads it from",
    since="0.1.0",
    by_version=True,
)
def is_misplaced(subject: Subject) -> Iterator[Found]:
    """Keys that another section has."""
    for section in _SECTIONS:
        for config, key, span in _unknown(subject, section):
            homes = _homes(subject, key)
            if homes and key not in _ELSEWHERE:
                yield Found(config.path, span, f"`{key}` does nothing in {section}", fix=_moved(key, homes))


@RULES.rule(
    "HUB203",
    "warning",
    "A setting that LiteLLM does not have",
    effect=_SILENT,
    fix="remove it, or correct its name",
    since="0.1.0",
    by_version=True,
)
def is_unknown(subject: Subject) -> Iterator[Found]:
    """Keys that no section has."""
    for section in _SECTIONS:
        for config, key, span in _unknown(subject, section):
            if subject.known.homes(key) or key in _ELSEWHERE:
                continue
            near = subject.guesses.nearest(key, subject.known.keys_of(section))
            if near is None and key in subject.known.sections:
                fix = f"move `{key}` to the top of the file, without indentation"
            else:
                fix = f"did you mean `{near}`?" if near else "remove it, or correct its name"
            yield Found(config.path, span, f"`{key}` is no setting of {section}", fix=fix)


@RULES.rule(
    "HUB204",
    "error",
    "A section that holds no settings",
    effect="LiteLLM ends while starting: `'list' object has no attribute ...`; of `router_settings` it ignores all",
    fix="write settings as `key: value` below the section",
    since="0.1.0",
    stops_start=True,
)
def is_no_mapping(subject: Subject) -> Iterator[Found]:
    """A list or a text where a mapping is expected: a warning where LiteLLM only passes over it."""
    config = _readable(subject)
    for section in (*_SECTIONS, "environment_variables") if config else ():
        value = config.data.get(section)  # type: ignore[union-attr]
        if value is not None and not isinstance(value, dict):
            words = f"`{section}` holds no `key: value` lines"
            severity: Severity = "warning" if section == "router_settings" or not value else "error"
            yield Found(config.path, config.span(section), words, severity=severity)  # type: ignore[union-attr]


@RULES.rule(
    "HUB205",
    "error",
    "`health_check_interval` in router_settings",
    effect="LiteLLM ends while starting (exit 3): `'health_check_interval' is NOT a valid router_settings parameter`",
    fix="move `health_check_interval` below `general_settings:`",
    since="0.1.0",
    stops_start=True,
)
def has_interval_in_router(subject: Subject) -> Iterator[Found]:
    """The one key that the router refuses instead of passing over."""
    config = _readable(subject)
    if config and "health_check_interval" in config.section("router_settings"):
        span = config.span("router_settings", "health_check_interval")
        yield Found(config.path, span, "LiteLLM refuses `health_check_interval` here")
