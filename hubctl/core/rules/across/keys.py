"""Rules about variables and secrets in the config (HUB301 to HUB319)."""

import re
from collections.abc import Iterator

from hubctl.core.judging import secrets, surroundings
from hubctl.core.judging.config import Config
from hubctl.core.judging.rule import Found, Group, Severity, scalar
from hubctl.core.judging.subject import Subject, targets
from hubctl.core.providers import catalog
from hubctl.core.text.os_environ import variable_of

RULES = Group()

Place = tuple[str | int, ...]

_WHOLE = re.compile(r"\$(?:\{(?P<brace>[A-Za-z_]\w*)\}|(?P<bare>[A-Z_][A-Z0-9_]*))")
_INSIDE = re.compile(r"\$\{(?P<name>[A-Za-z_]\w*)(?::?[-?+][^}]*)?\}")
_MISSPELT = re.compile(
    r"(?:os\.env(?:iron)?(?:\.get)?(?:[.:\\(\[]|\s+/\s*|//)|os_environ/|os/environ/|os\.environs?/|os\.env/|process\.env\."
    r"|os\.getenv\(|getenv\(|\s+os\.environ/|OS\.ENVIRON/|[\u201c\u201d\u2018\u2019]\s*os\.environ/"
    r"|(?:\$?env|ENV|environ)[/:.](?=[A-Z][A-Z0-9_]*$)|%(?=[A-Z][A-Z0-9_]*%$))"
    r"[\"'/ ]*(?P<name>[A-Za-z_]\w*)?"
)
# The bare name of a variable in the place of a key.
_BARE_NAME = re.compile(r"(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN|SECRET|PASSWORD))")
_SECRET_KEYS = frozenset({"api_key", "master_key", "password"})
_NAME = re.compile(r"[\w.-]+")
# Texts for people and models: a dollar in them is a dollar.
_PROSE = frozenset({"description", "content", "mock_response", "system_prompt", "template", "prompt", "text"})


def _texts(subject: Subject) -> Iterator[tuple[Config, Place, str]]:
    """Every text of the config that LiteLLM could take for a variable."""
    for path, value in subject.config.values if subject.config else ():
        if subject.config and isinstance(value, str) and not _PROSE & set(path):
            yield subject.config, path, value


@RULES.rule(
    "HUB301",
    "error",
    "A `${VARIABLE}` that LiteLLM does not expand",
    effect="the text goes out as it stands, dollar and all: as a key it gets a 401, as an address it leads nowhere",
    fix="write `os.environ/NAME`, with nothing before or behind it",
    since="0.1.0",
    fixable=True,
)
def is_not_expanded(subject: Subject) -> Iterator[Found]:
    """A value that is a variable in the style of shells and Compose; not where envsubst runs first."""
    gateway = subject.gateway_service
    if gateway and "envsubst" in " ".join(gateway.command):
        return
    for config, path, value in _texts(subject):
        if whole := _WHOLE.fullmatch(value):
            name = whole["brace"] or whole["bare"]
            words = f"`{value}` is used as it stands: LiteLLM expands only values that begin with os.environ/"
            fix = f"write `{path[-1]}: os.environ/{name}`"
            # LiteLLM does not look for variables in lists.
            edits = () if isinstance(path[-1], int) else scalar(config, path, f"os.environ/{name}")
            yield Found(config.path, config.value_span(*path), words, fix=fix, edits=edits)
        elif part := _INSIDE.search(value):
            name = part["name"]  # a default may be a secret
            words = f"`${{{name}}}` is used as it stands: LiteLLM puts no variable into a text"
            fix = "put the whole value into a variable of the env file and write `os.environ/NAME`"
            yield Found(config.path, config.value_span(*path), words, fix=fix)


@RULES.rule(
    "HUB302",
    "error",
    "`os.environ/NAME` written otherwise",
    effect="LiteLLM knows one spelling only and uses the text as it stands",
    fix="write `os.environ/NAME`",
    since="0.1.0",
    fixable=True,
)
def is_misspelt(subject: Subject) -> Iterator[Found]:
    """`os.environ.NAME`, `env:NAME`, `os.getenv("NAME")`, or the bare name in the place of a key."""
    for config, path, value in _texts(subject):
        variable = variable_of(value)
        if variable is not None and not subject.has_secret_manager and not _NAME.fullmatch(variable):
            words = "this names no variable: behind os.environ/ stands a name, and nothing else"
            yield Found(config.path, config.value_span(*path), words)
        elif (found := _misspelt(path, value)) and variable is None:
            name = found["name"]
            fix = f"write `{path[-1]}: os.environ/{name}`" if name else None
            edits = scalar(config, path, f"os.environ/{name}") if name else ()
            words = "this is not how LiteLLM reads a variable: it wants os.environ/NAME"
            yield Found(config.path, config.value_span(*path), words, fix=fix, edits=edits)


def _misspelt(path: Place, value: str) -> re.Match[str] | None:
    """How a variable is written otherwise, the bare name of one in the place of a key included."""
    bare = _BARE_NAME.fullmatch(value) if path[-1] in _SECRET_KEYS and not secrets.is_placeholder(value) else None
    return bare or _MISSPELT.match(value)


@RULES.rule(
    "HUB303",
    "warning",
    "`os.environ/` inside a text or a list",
    effect="LiteLLM expands it only as a whole value behind a key, and uses the text as it stands elsewhere",
    fix="put the whole value into one variable, behind a key",
    since="0.1.0",
)
def is_inside(subject: Subject) -> Iterator[Found]:
    """`Bearer os.environ/KEY`."""
    for config, path, value in _texts(subject):
        is_read = "pass_through_endpoints" in path and "headers" in path  # LiteLLM looks into these
        if "os.environ/" in value.lstrip()[1:] and not is_read and not _MISSPELT.match(value):
            yield Found(config.path, config.value_span(*path), "the variable in this text is not expanded")


@RULES.rule(
    "HUB304",
    "error",
    "A variable that nothing sets",
    effect="LiteLLM drops the value without a word: the key or address is missing when the model is called",
    fix="set it in the gateway's env file (`hubctl provider set-key` for a provider's key), then `hubctl restart`",
    since="0.1.0",
)
def is_unset(subject: Subject) -> Iterator[Found]:
    """`os.environ/NAME` that neither an env file nor the compose file gives the gateway."""
    environment = subject.gateway_environment
    if environment is None or subject.lacks_env_file or subject.has_secret_manager:
        return
    given = frozenset(environment)
    for config, path, value in _texts(subject):
        name = variable_of(value)
        if name and name not in environment and not _is_another_rules(path):
            near = subject.guesses.nearest(name, given)
            fix = f"did you mean `{near}`, which is set?" if near else None
            severity: Severity = "error" if "model_list" in path and path[-1] == "api_key" else "warning"
            severity = subject.doubt or severity
            if severity == "error" and _has_default_key(config, path, environment):
                severity = "warning"
            words = f"the variable `{name}` is set nowhere"
            yield Found(config.path, config.value_span(*path), words, fix=fix, severity=severity)


def _is_another_rules(path: Place) -> bool:
    return path[-1] == "master_key" or (path[0] == "model_list" and path[-1] == "api_base")


def _has_default_key(config: Config, path: Place, environment: object) -> bool:
    """Whether LiteLLM finds a key under the provider's own name when the entry's is dropped."""
    if path[0] != "model_list" or not isinstance(path[1], int):
        return False  # a `model_list` elsewhere, or one that is no list, has no entries
    provider = catalog.of_target(config.entries[path[1]].target, None)
    own = config.section("environment_variables")
    return any(name in own or name in environment for name in provider.variables) if provider else False  # type: ignore[operator]


@RULES.rule(
    "HUB305",
    "warning",
    "A variable that is set to nothing",
    effect="LiteLLM gets an empty key or address: calls that need it fail",
    fix="give it a value, or remove the entry that uses it",
    since="0.1.0",
)
def is_empty(subject: Subject) -> Iterator[Found]:
    """`NAME=` in the env file of a variable that the config uses."""
    environment = subject.gateway_environment
    if environment is None:
        return
    for config, path, value in _texts(subject):
        name = variable_of(value)
        if name and environment.get(name) == "" and not _is_another_rules(path):
            place = surroundings.place_of(subject, name) or (config.path, config.value_span(*path))
            yield Found(*place, f"`{name}` is empty, and {config.path.name} uses it")


@RULES.rule(
    "HUB306",
    "error",
    "A secret in clear text",
    effect="everybody who can read the config has it: colleagues, backups, every clone of the repository",
    fix="put it into the gateway's env file and write `os.environ/NAME`; take it as leaked if the file was ever shared",
    since="0.1.0",
)
def is_in_clear(subject: Subject) -> Iterator[Found]:
    """Keys and passwords by their shape; the value is never shown."""
    for config, path, value in _texts(subject):
        name = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
        if variable_of(value) is None and secrets.is_secret(name, value) and value not in secrets.PUBLIC_KEYS:
            where = _owner(config, path)
            yield Found(config.path, config.value_span(*path), f"`{name}`{where} holds a secret in clear text")


def _owner(config: Config, path: Place) -> str:
    if path[0] == "model_list" and len(path) > 1 and isinstance(path[1], int):
        return f" of the entry {config.entries[path[1]].name}"
    return f" in {path[0]}" if len(path) > 1 else ""


@RULES.rule(
    "HUB307",
    "warning",
    "A placeholder where a key belongs",
    effect="the provider refuses the key",
    fix="write `os.environ/NAME` and set the key in the gateway's env file",
    since="0.1.0",
)
def is_placeholder(subject: Subject) -> Iterator[Found]:
    """`api_key: your-api-key` for a provider on the internet; a server of one's own may want any text."""
    for config, entry, _ in targets(subject):
        key = entry.params.get("api_key")
        provider = catalog.of_target(entry.target, _text(entry.params.get("api_base")))
        is_text = isinstance(key, str) and "$" not in key and variable_of(key) is None
        if (
            is_text
            and not _misspelt(("api_key",), str(key))
            and provider
            and secrets.is_placeholder(str(key))
            and "mock_response" not in entry.params
        ):
            span = config.value_span(*entry.params_path, "api_key")
            yield Found(config.path, span, f"the key of `{entry.name}` is a placeholder")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
