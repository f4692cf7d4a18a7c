"""Rules about the lines of env files (HUB401 to HUB419): what Compose reads otherwise, and who else can read it."""

import re
from collections.abc import Iterator

from hubctl.core.judging import secrets
from hubctl.core.judging.rule import Edit, Found, Group, Severity
from hubctl.core.judging.subject import EnvFile, Subject
from hubctl.core.text import env_text
from hubctl.core.text.env_statements import Statement
from hubctl.core.text.interpolation import interpolate

RULES = Group()

_SAMPLE = re.compile(r"(?:example|sample|template|tmpl|dist|default)s?(?:\.|$|\b)|\.in$", re.IGNORECASE)
_SMART = re.compile("^[\u201c\u201d\u2018\u2019\u00ab]")
_COMMAND = re.compile(r"(?<!\$)\$\([a-z](?P<rest>.*)")
_OTHERS_BITS = 0o077


def _is_sample(env_file: EnvFile) -> bool:
    return bool(_SAMPLE.search(env_file.path.name))


def _statements(env_file: EnvFile) -> Iterator[Statement]:
    return (each.statement for each in env_file.content.assignments)


def _rewritten(env_file: EnvFile, statement: Statement, after: str) -> tuple[Edit, ...]:
    """The edit that writes a statement of one line otherwise."""
    column = statement.start - (env_file.text.rfind("\n", 0, statement.start) + 1)
    return () if "\n" in statement.raw else (Edit(statement.line, column, statement.raw, after),)


@RULES.rule(
    "HUB401",
    "error",
    "A line that Compose refuses",
    effect="Docker Compose refuses the whole file, and with it every command on the project"
    "; with a value that is too long, no container starts",
    fix="correct the line: NAME=value, with quotes closed",
    since="0.1.0",
    stops_start=True,
)
def is_refused(subject: Subject) -> Iterator[Found]:
    """What the reader of env files has for problems."""
    for env_file in subject.env_files:
        for problem in env_file.content.problems:
            yield Found(env_file.path, env_file.lines.span(*problem.at), problem.message)


@RULES.rule(
    "HUB402",
    "warning",
    "`NAME: value` in an env file",
    effect="Compose takes the colon for a sign; a shell, `docker run --env-file` and other readers do not",
    fix="write `NAME=value`",
    since="0.1.0",
    fixable=True,
)
def has_colon(subject: Subject) -> Iterator[Found]:
    """YAML's way to write it."""
    for env_file in subject.env_files:
        for each in _statements(env_file):
            if (
                each.kind != "alone"
                and each.raw[len(each.raw.split(":")[0]) :].startswith(":")
                and "=" not in each.raw.split(":")[0]
            ):
                name, _, value = each.raw.partition(":")
                edits = _rewritten(env_file, each, f"{name}={value.lstrip()}")
                span = env_file.lines.span(each.name_at[0], each.value_at[1])
                yield Found(env_file.path, span, f"`{each.name}` is set with a colon", edits=edits)


@RULES.rule(
    "HUB403",
    "warning",
    "A variable that is set twice in one file",
    effect="the last one counts: what the first one says is lost",
    fix="remove one of them",
    since="0.1.0",
)
def is_set_twice(subject: Subject) -> Iterator[Found]:
    """The same name with different values; the same value twice is only worth knowing."""
    for env_file in subject.env_files:
        for each in env_file.content.assignments:
            last = env_file.last[each.name]
            if each is not last:
                severity: Severity = "info" if each.value == last.value else "warning"
                words = f"`{each.name}` is set again on line {last.line}, which counts"
                yield Found(env_file.path, env_file.name_span(each.statement), words, severity=severity)


@RULES.rule(
    "HUB404",
    "warning",
    "A comment that becomes the value",
    effect="behind `NAME=` and blanks, Compose takes the comment for the value",
    fix='write `NAME=""  # comment`, or put the comment on a line of its own',
    since="0.1.0",
    fixable=True,
)
def is_a_comment(subject: Subject) -> Iterator[Found]:
    """`NAME=  # a comment`."""
    for env_file in subject.env_files:
        for each in _statements(env_file):
            if each.kind == "bare" and each.value.startswith("# "):
                name, _, rest = each.raw.partition("=")
                edits = _rewritten(env_file, each, f'{name}=""{rest}') if rest[:1].isspace() else ()
                words = f"the value of `{each.name}` is its comment"
                yield Found(env_file.path, env_file.value_span(each), words, edits=edits)


@RULES.rule(
    "HUB405",
    "warning",
    "A dollar sign that Compose takes for a variable",
    effect="Compose puts the variable's value there, or nothing: a password or hash with a `$` loses a part",
    fix="put the value in single quotes, or write `$$`",
    since="0.1.0",
)
def loses_a_part(subject: Subject) -> Iterator[Found]:
    """`$word` in a value, where no such variable is set."""
    for env_file in subject.env_files:
        # Whether there is a value counts, not how long it is: values that repeat each other would take long.
        outer = subject.layout.variables if subject.layout else {}
        known = {name: value[:1] for name, value in {**outer, **env_file.values}.items()}
        for each in _statements(env_file):
            if each.kind in {"bare", "double"} and "$" in each.value:
                result = interpolate(each.value, known)
                if result.unset and not result.broken and "$(" not in each.value:
                    words = f"`{each.name}` has a `$` that Compose reads as a variable, and no such variable is set"
                    yield Found(env_file.path, env_file.value_span(each), words)


@RULES.rule(
    "HUB406",
    "warning",
    "Typographic quotes",
    effect="they are part of the value: a key with them is refused",
    fix='use plain quotes (") or none',
    since="0.1.0",
)
def has_smart_quotes(subject: Subject) -> Iterator[Found]:
    """Quotes as word processors write them."""
    for env_file in subject.env_files:
        for each in _statements(env_file):
            if each.kind == "bare" and _SMART.match(each.value):
                words = f"the value of `{each.name}` begins with a typographic quote"
                yield Found(env_file.path, env_file.value_span(each), words)


@RULES.rule(
    "HUB407",
    "warning",
    "A shell command in an env file",
    effect="Compose runs no command: the text of the command itself is the value",
    fix="run the command once and write what it prints",
    since="0.1.0",
)
def holds_a_command(subject: Subject) -> Iterator[Found]:
    """`$(...)` and backquotes, which only a shell that sources the file runs; not in single quotes."""
    for env_file in subject.env_files:
        for each in _statements(env_file):
            value = re.split(r"\s#", each.value)[0] if each.kind == "bare" else each.value
            if each.kind in {"bare", "double"} and _is_command(value):
                yield Found(env_file.path, env_file.value_span(each), f"the value of `{each.name}` is a command")


def _is_command(value: str) -> bool:
    """Whether it has a `$(` that is closed on its line, or is in backquotes. Only the first `$(` of a line matters."""
    if any(")" in found["rest"] for found in _COMMAND.finditer(value)):
        return True
    return len(value) > len("``") and value[0] == value[-1] == "`" and "`" not in value[1:-1]


@RULES.rule(
    "HUB408",
    "warning",
    "An env file that is no text",
    effect="what it sets is not known here, and may arrive spoilt",
    fix="save the file as UTF-8 text that hubctl may read",
    since="0.1.0",
)
def is_no_text(subject: Subject) -> Iterator[Found]:
    """Bytes that are not UTF-8, a file that is too large, or not for hubctl's user."""
    named = {each.path for service in subject.layout.services for each in service.env_files} if subject.layout else ()
    for note in subject.unreadable:
        if note.file in named or note.file.name == ".env":
            yield Found(note.file, note.span, f"the env file cannot be read: {note.message}")


def _secret(env_file: EnvFile) -> env_text.Assignment | None:
    """The first real secret of a file."""
    for each in env_file.content.assignments:
        if each.value and not secrets.is_placeholder(each.value) and secrets.is_secret(each.name, each.value):
            return each
    return None


@RULES.rule(
    "HUB411",
    "warning",
    "An env file that others can read",
    effect="every user and program of this machine can read the keys in it",
    fix="`chmod 600` the file",
    since="0.1.0",
)
def is_readable_by_others(subject: Subject) -> Iterator[Found]:
    """Only where it holds secrets, and is no sample."""
    for env_file in subject.env_files:
        facts = subject.facts.get(env_file.path)
        is_open = facts and facts.mode is not None and facts.mode & _OTHERS_BITS and not _is_sample(env_file)
        if facts and is_open and (found := _secret(env_file)):
            words = f"it holds secrets ({found.name}, ...) and has mode {facts.mode:04o}"
            yield Found(
                env_file.path, env_file.name_span(found.statement), words, fix=f"`chmod 600 {env_file.path.name}`"
            )


@RULES.rule(
    "HUB412",
    "error",
    "Secrets that git tracks",
    effect="everybody with a clone has the keys, and the history keeps them",
    fix="`git rm --cached FILE`, add it to .gitignore, and make new keys: the old ones count as leaked",
    since="0.1.0",
)
def is_tracked(subject: Subject) -> Iterator[Found]:
    """An env file with real secrets in the index."""
    for env_file in subject.env_files:
        facts = subject.facts.get(env_file.path)
        if facts and facts.tracked and not _is_sample(env_file) and (found := _secret(env_file)):
            words = f"git tracks this file, and `{found.name}` holds a secret"
            yield Found(env_file.path, env_file.name_span(found.statement), words)
