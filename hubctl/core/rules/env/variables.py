"""Rules about what services get from their env files (HUB421 to HUB429)."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from hubctl.core.judging import surroundings
from hubctl.core.judging.rule import Found, Group, Severity
from hubctl.core.judging.subject import Subject
from hubctl.core.secrecy import gather

RULES = Group()

_POSTGRES_PORT = 5432
_ANY = re.compile(
    r"(?:.*_)?(?:proxy|PROXY)|TZ|LANG|LC_\w+|PATH|HOME|PYTHON\w*|UV_\w+|OTEL_\w+|NVIDIA_\w+|CUDA_\w+|AWS_\w+|COMPOSE_\w+"
)


@RULES.rule(
    "HUB421",
    "info",
    "A variable that nothing reads",
    effect="it changes nothing; often its name has a typo",
    fix="remove it, or correct its name",
    since="0.1.0",
    by_version=True,
)
def is_unused(subject: Subject) -> Iterator[Found]:
    """In files of the gateway alone: neither the config nor LiteLLM asks for the name. A near miss is a warning."""
    config = subject.config
    if config is None or subject.gateway is None or not subject.whole or config.document is None:
        return
    wanted = frozenset(re.findall(r"os\.environ/(\w+)", config.text)) | subject.known.environment
    files = subject.layout.files if subject.layout else ()
    said = {word for file in files for word in re.findall(r"\w+(?:[.-]\w+)*", subject.texts.get(file, ""))}
    for env_file in subject.env_files:
        if env_file.services != {subject.gateway}:
            continue
        others = wanted.difference(env_file.values)
        for each in env_file.content.assignments:
            name = each.name
            if name in wanted or _ANY.fullmatch(name) or name in said:
                continue
            near = _near(subject, name, others)
            severity: Severity = "warning" if near else "info"
            fix = f"did you mean `{near}`?" if near else None
            words = f"`{name}` is read neither by the config nor by LiteLLM"
            yield Found(env_file.path, env_file.name_span(each.statement), words, fix=fix, severity=severity)


def _near(subject: Subject, name: str, others: frozenset[str]) -> str | None:
    """The name that was probably meant: hardly different, and not set as well."""
    near = subject.guesses.nearest(name, others)
    return near if near and abs(len(near) - len(name)) <= 1 and name[0] == near[0] and len(name) > 6 else None  # noqa: PLR2004


@RULES.rule(
    "HUB422",
    "warning",
    "One DATABASE_URL for Open WebUI and the gateway",
    effect="LiteLLM uses any DATABASE_URL that it finds, and makes its own tables in Open WebUI's database",
    fix="give each service an env file of its own; without a database of its own, the gateway needs no DATABASE_URL",
    since="0.1.0",
)
def shares_database(subject: Subject) -> Iterator[Found]:
    """The same database in both environments, whoever logs in."""
    environment, layout = subject.gateway_environment, subject.layout
    database = _database((environment or {}).get("DATABASE_URL"))
    others = layout.with_role("ui") if layout else ()
    users = [u for u in others if _database(subject.environments.get(u.name, {}).get("DATABASE_URL")) == database]
    if database and users and subject.gateway:
        place = surroundings.place_in(subject, subject.gateway, "DATABASE_URL")
        yield Found(*place, f"{subject.gateway} and {users[0].name} get the same DATABASE_URL")


def _database(url: str | None) -> tuple[str, int, str] | str | None:
    """Host, port and name of a PostgreSQL database; any other address as it stands."""
    try:
        parts = urlsplit(url or "")
        port = parts.port or _POSTGRES_PORT
    except ValueError:
        return url
    return (parts.hostname, port, parts.path) if parts.scheme.startswith("postgres") and parts.hostname else url


@RULES.rule(
    "HUB423",
    "error",
    "A DATABASE_URL that is not PostgreSQL",
    effect="LiteLLM ends while starting (exit 1): `DATABASE_URL uses unsupported scheme`",
    fix="take it away from the gateway, or give it a `postgresql://` address",
    since="0.1.0",
    stops_start=True,
)
def has_other_database(subject: Subject) -> Iterator[Found]:
    """`sqlite://` or `mysql://` in the gateway's environment."""
    url = (subject.gateway_environment or {}).get("DATABASE_URL")
    if url and subject.gateway and "://" in url and not url.startswith(("postgresql://", "postgres://", "postgresql+")):
        place = surroundings.place_in(subject, subject.gateway, "DATABASE_URL")
        yield Found(*place, f"the gateway's DATABASE_URL begins with {url.partition('://')[0]}://")


@RULES.rule(
    "HUB424",
    "error",
    "A DATABASE_URL without the client for it",
    effect="LiteLLM ends while starting (exit 1): `the prisma CLI is neither on PATH nor importable`",
    fix="take DATABASE_URL away from the gateway, or install `prisma` beside LiteLLM",
    since="0.1.0",
    stops_start=True,
)
def lacks_prisma(subject: Subject) -> Iterator[Found]:
    """Where it is known that the gateway lacks the package."""
    if "prisma" in subject.missing_packages and (subject.gateway_environment or {}).get("DATABASE_URL"):
        place = surroundings.place_in(subject, subject.gateway or "", "DATABASE_URL")
        yield Found(*place, "DATABASE_URL is set, and this gateway has no `prisma`")


@RULES.rule(
    "HUB425",
    "error",
    "WEBUI_SECRET_KEY is empty",
    effect="Open WebUI ends at once when the variable is there and empty",
    fix="give it a random value, or remove the line",
    since="0.1.0",
)
def has_empty_session_key(subject: Subject) -> Iterator[Found]:
    """Set to nothing; absent it is made up."""
    for name, environment in subject.environments.items() if subject.whole else ():
        is_off = environment.get("WEBUI_AUTH", "").lower() == "false"
        is_ui = subject.layout and name in {each.name for each in subject.layout.with_role("ui")}
        if is_ui and environment.get("WEBUI_SECRET_KEY") == "" and not is_off:
            yield Found(*surroundings.place_in(subject, name, "WEBUI_SECRET_KEY"), "WEBUI_SECRET_KEY is set to nothing")


@RULES.rule(
    "HUB426",
    "warning",
    "A PORT that moves the gateway",
    effect="LiteLLM's command line reads a bare PORT, so it listens there and not on 4000",
    fix="remove PORT from the gateway's env file, or add `--port 4000` to its command",
    since="0.1.0",
)
def moves_the_port(subject: Subject) -> Iterator[Found]:
    """`PORT` meant for another service of a shared file."""
    gateway, port = subject.gateway_service, (subject.gateway_environment or {}).get("PORT")
    if gateway and port and "--port" not in " ".join(gateway.command):
        targets = {each.container for each in gateway.ports}
        if targets and port.isdecimal() and int(port) not in targets:
            place = surroundings.place_in(subject, gateway.name, "PORT")
            yield Found(*place, f"the gateway would listen on {port}, and the compose file publishes another port")


@RULES.rule(
    "HUB427",
    "warning",
    "A password that cannot be hidden",
    effect="hubctl hides it in places of passwords alone: elsewhere it would hide each word that is the same",
    fix="use a random one: `openssl rand -hex 32`",
    since="0.1.0",
)
def is_a_name(subject: Subject) -> Iterator[Found]:
    """A password of fewer than 6 characters, or one that is also the name of a service, a model, a user or a host."""
    names = {name for text in subject.texts.values() for name in (*gather.names(text), *gather.users(text))}
    names |= {each.name for each in (subject.layout.services if subject.layout else ())}
    for variable, value, place in _set_anywhere(subject):
        for password in gather.passwords(variable, value):
            if password in names or len(password) < gather.SHORTEST:
                what = "a name of this hub" if password in names else f"shorter than {gather.SHORTEST} characters"
                yield Found(*place, f"the password in `{variable}` is {what}")


def _set_anywhere(subject: Subject) -> Iterator[tuple[str, str, surroundings.Place]]:
    """Give every variable that an env file or `environment:` of the compose file sets, with its value and its place."""
    for env_file in subject.env_files:
        for each in env_file.content.assignments:
            yield each.name, each.value or "", (env_file.path, env_file.value_span(each.statement))
    for service in subject.layout.services if subject.layout else ():
        for name, text in subject.written_variables.get(service.name, {}).items():
            yield name, service.environment.get(name) or "", (text.file, text.span)
