"""Rules about the compose file as it stands (HUB500 to HUB507): what Compose refuses, and what it does not find."""

import re
from collections.abc import Iterator

from hubctl.core.compose import layout as layouts
from hubctl.core.compose.layout import Service
from hubctl.core.judging import surroundings
from hubctl.core.judging.rule import Found, Group, Severity
from hubctl.core.judging.subject import Subject
from hubctl.core.judging.surroundings import build_contexts, kind, services, spot

RULES = Group()

_REFUSED = ("Compose refuses this", "has no anchor before it", "does not begin a variable", "is not a mapping")


def _severity(subject: Subject) -> Severity:
    """What is missing is an error in a hub; a file on its own may not be where it is used."""
    return "error" if subject.whole else "warning"


@RULES.rule(
    "HUB500",
    "error",
    "A compose file that does not parse",
    effect="Docker Compose does nothing at all on this project",
    fix="correct the line; `docker compose config -q` tells whether Compose can read it",
    since="0.1.0",
    stops_start=True,
)
def does_not_parse(subject: Subject) -> Iterator[Found]:
    """A file on its own: without a compose file that can be read there is no hub."""
    for note in subject.unreadable if subject.layout is None else ():
        yield Found(note.file, note.span, note.message)


@RULES.rule(
    "HUB501",
    "error",
    "A compose file that Compose refuses",
    effect="Docker Compose does nothing at all on this project",
    fix="correct the line; `docker compose config -q` tells whether Compose can read it",
    since="0.1.0",
    stops_start=True,
)
def is_refused(subject: Subject) -> Iterator[Found]:
    """What the tolerant reader passed over and Compose does not."""
    for note in subject.layout.notes if subject.layout else ():
        if subject.layout and note.file in subject.layout.files and any(word in note.message for word in _REFUSED):
            yield Found(note.file, note.span, note.message)


@RULES.rule(
    "HUB502",
    "warning",
    "A variable of the compose file that is set nowhere",
    effect="Compose puts nothing in its place, and says so only in a line that scrolls by",
    fix="set it in .env beside the compose file, or give it a default: `${NAME:-value}`",
    since="0.1.0",
)
def has_unset_variable(subject: Subject) -> Iterator[Found]:
    """`${NAME}` without a value or default; a file on its own may get it from elsewhere."""
    for note in subject.layout.notes if subject.layout else ():
        if "is not set" in note.message:
            severity: Severity = "warning" if subject.whole else "info"
            yield Found(note.file, note.span, note.message, severity=severity)


@RULES.rule(
    "HUB503",
    "error",
    "An env file that is not there",
    effect="Docker Compose does nothing at all on this project",
    fix="make it (`hubctl init` makes what is missing), or write `required: false`",
    since="0.1.0",
    stops_start=True,
)
def lacks_env_file(subject: Subject) -> Iterator[Found]:
    """`env_file` names a file that is required and missing."""
    for service in services(subject):
        for env_file in service.env_files:
            if env_file.required and kind(subject, env_file.path) != "file":
                place = spot(subject, service.name, "env_file", like=re.escape(env_file.path.name))
                words = f"the env file {env_file.path.name} of {service.name} is not there"
                yield Found(*place, words, severity=_severity(subject))


@RULES.rule(
    "HUB504",
    "error",
    "The litellm config is not there",
    effect="Docker makes an empty folder of that name, and LiteLLM ends while starting",
    fix="put the file there, and remove the folder that Docker may have made",
    since="0.1.0",
    stops_start=True,
)
def lacks_config(subject: Subject) -> Iterator[Found]:
    """The mounted config is missing, or a folder."""
    for service in services(subject):
        path = layouts.config_path(service) if service.role == "gateway" else None
        if path and (found := kind(subject, path)) != "file":
            place = spot(subject, service.name, "volumes", like=re.escape(path.name))
            words = f"{path.name}, the config of {service.name}, is " + ("a folder" if found == "folder" else "missing")
            yield Found(*place, words, severity=_severity(subject))


@RULES.rule(
    "HUB505",
    "warning",
    "No litellm config is mounted where the command looks",
    effect="LiteLLM ends while starting: `Config file not found`",
    fix="mount the config at the path that `--config` names",
    since="0.1.0",
)
def mounts_elsewhere(subject: Subject) -> Iterator[Found]:
    """`--config /a.yaml` with a mount at `/b.yaml`; an image of one's own may bring the file."""
    for service in services(subject):
        command = " ".join(service.command)
        mounts_volume = any(mount.source is None for mount in service.mounts)
        if service.role != "gateway" or service.build or mounts_volume or "--config" not in command:
            continue
        ours = "litellm" in (service.image or "")
        told = [word for word in service.command if word.endswith((".yaml", ".yml"))]
        if ours and told and layouts.config_path(service) is None and not _has_configs(subject, service):
            words = f"{service.name} reads {told[0]}, and nothing is mounted there"
            yield Found(*spot(subject, service.name, "command"), words)


def _has_configs(subject: Subject, service: Service) -> bool:
    return any(key in surroundings.described(subject, service.name) for key in ("configs", "secrets", "extends"))


@RULES.rule(
    "HUB506",
    "error",
    "A build context that is not there",
    effect="the image cannot be built: `docker compose up` fails unless it was built before",
    fix="correct the path, or use a ready-made image",
    since="0.1.0",
)
def lacks_context(subject: Subject) -> Iterator[Found]:
    """`build: ./folder` without that folder."""
    found = build_contexts(subject.layout) if subject.layout else {}
    for service in services(subject):
        path = found.get(service.name)
        if path and kind(subject, path) != "folder":
            severity: Severity = "error" if subject.whole and not service.image else "warning"
            words = f"{service.name} is built from {path}, which is not there"
            yield Found(*spot(subject, service.name, "build"), words, severity=severity)


@RULES.rule(
    "HUB507",
    "info",
    "The gateway waits for nothing",
    effect="it may start before Redis or its database, and then runs without them for a while or ends",
    fix="add `depends_on:` with the services that it needs",
    since="0.1.0",
)
def waits_for_nothing(subject: Subject) -> Iterator[Found]:
    """No `depends_on` though there are neighbours; with a database beside it that is a warning."""
    neighbours = [each for each in services(subject) if each.role in {"ollama", "cache", "database"}]
    for service in services(subject):
        if service.role == "gateway" and not service.depends_on and neighbours:
            uses = subject.environments.get(service.name, service.environment)
            needs_database = bool(uses.get("DATABASE_URL")) and any(n.role == "database" for n in neighbours)
            severity: Severity = "warning" if needs_database else "info"
            names = ", ".join(each.name for each in neighbours)
            yield Found(*spot(subject, service.name), f"{service.name} does not wait for {names}", severity=severity)
