"""Rules about the config as a document (HUB101 to HUB109): whether LiteLLM can read it at all, and all of it."""

import re
from collections.abc import Iterator

from hubctl.core.compose import layout as layouts
from hubctl.core.judging import syntax
from hubctl.core.judging.rule import Found, Group, Severity
from hubctl.core.judging.subject import Subject

RULES = Group()

_PACKED = "the chart or the cluster unpacks it; LiteLLM itself has to be given the inner config"


@RULES.rule(
    "HUB101",
    "error",
    "The config does not parse",
    effect="LiteLLM ends at once (exit 1), again and again; with a restart policy the container looks as if it ran",
    fix="correct the line",
    since="0.1.0",
    stops_start=True,
    fixable=True,
)
def does_not_parse(subject: Subject) -> Iterator[Found]:
    """Name the place, and the likely cause in words."""
    config = subject.config
    if config is None or config.problem is None:
        return
    cause = syntax.explain(config.text, config.problem)
    edits = syntax.plain_blanks(config.text) if cause.fixable else ()
    yield Found(config.path, config.lines.line(cause.line), cause.message, fix=cause.fix, edits=edits)


@RULES.rule(
    "HUB102",
    "error",
    "The config is empty, or no mapping",
    effect="LiteLLM ends at once (exit 1): `Config cannot be None or Empty`",
    fix="write the sections at the top of the file: model_list, litellm_settings, router_settings, general_settings",
    since="0.1.0",
    stops_start=True,
)
def is_no_mapping(subject: Subject) -> Iterator[Found]:
    """An empty file, a list, a lone text."""
    config = subject.config
    if config is None or config.document is None or isinstance(config.document.data, dict):
        return
    data = config.document.data
    what = "nothing" if not data else "a list" if isinstance(data, list) else "a single value"
    words = f"the config has to be a mapping with sections such as model_list; this is {what}"
    yield Found(config.path, config.span(), words)


@RULES.rule(
    "HUB103",
    "error",
    "Several YAML documents in one config",
    effect="LiteLLM ends at once (exit 1): `expected a single document in the stream`",
    fix="keep one document: remove the line `---` and what stands before or after it",
    since="0.1.0",
    stops_start=True,
)
def has_several_documents(subject: Subject) -> Iterator[Found]:
    """More than one `---` document."""
    config = subject.config
    if config is None or config.document is None or config.document.count <= 1:
        return
    separators = list(re.finditer(r"^---(?=\s|$)", config.text, re.MULTILINE))
    span = config.lines.span(*separators[-1].span()) if separators else config.span()
    yield Found(config.path, span, f"the file holds {config.document.count} YAML documents; LiteLLM takes one only")


@RULES.rule(
    "HUB104",
    "error",
    "The config is packed in something else",
    effect="LiteLLM ignores every section that it does not know, so it starts without a model",
    fix="give LiteLLM the inner config as a file of its own",
    since="0.1.0",
)
def is_packed(subject: Subject) -> Iterator[Found]:
    """A ConfigMap, Helm values, or another file around the config; judged by itself that is fine."""
    config = subject.config
    if config is None or config.packed is None:
        return
    message = f"this is {config.packed.what}, not a litellm config: the config stands below `{config.packed.where}`"
    severity = "error" if subject.whole else "info"
    yield Found(config.path, config.packed.span, f"{message}; {_PACKED}", severity=severity)  # type: ignore[arg-type]


@RULES.rule(
    "HUB105",
    "warning",
    "A key stands twice",
    effect="YAML keeps the last one only: what stands below the first is lost, and nothing says so",
    fix="put both blocks together under one key",
    since="0.1.0",
)
def has_duplicate_keys(subject: Subject) -> Iterator[Found]:
    """The same key twice in one mapping, at any depth."""
    config = subject.config
    for twice in config.document.duplicates if config and config.document else ():
        lost = "says the same" if twice.same else "is lost"
        yield Found(
            config.path,  # type: ignore[union-attr]
            twice.first,
            f"`{twice.key}` stands here and again on line {twice.line}: only the last one counts, the first {lost}",
            fix=f"put both together under one `{twice.key}:`, or remove this one",
            severity="error" if twice.depth == 0 and not twice.same else "warning",
        )


@RULES.rule(
    "HUB106",
    "error",
    "A no-break space in the indentation",
    effect="YAML takes the blank for a letter of the key, so LiteLLM looks for the key and does not find it",
    fix="replace the no-break spaces (U+00A0), as they come from web pages, by plain spaces",
    since="0.1.0",
    fixable=True,
)
def has_hard_blanks(subject: Subject) -> Iterator[Found]:
    """Lines that parse, with a key that begins with a blank YAML does not know."""
    config = subject.config
    if config is None or config.document is None:
        return
    for key in syntax.HARD_KEY.finditer(config.text):
        span = config.lines.span(*key.span())
        words = f"the key `{key[0].strip()}` begins with a no-break space"
        edits = tuple(edit for edit in syntax.plain_blanks(config.text) if edit.line == span.line)
        yield Found(config.path, span, words, edits=edits)


@RULES.rule(
    "HUB107",
    "error",
    "The config is no text",
    effect="LiteLLM ends at once (exit 1), or reads what cannot be judged here",
    fix="save the file as UTF-8 text that hubctl may read",
    since="0.1.0",
    stops_start=True,
)
def is_no_text(subject: Subject) -> Iterator[Found]:
    """Bytes that are not UTF-8; a warning for what only hubctl cannot read: too large, or not for its user."""
    gateway = subject.gateway_service
    path = layouts.config_path(gateway) if gateway else None
    for note in subject.unreadable:
        if note.file == path:
            severity: Severity = "error" if "UTF-8" in note.message else "warning"
            yield Found(note.file, note.span, f"the config cannot be read: {note.message}", severity=severity)
