"""Finds a hub's compose files and reads them, together with the `.env` beside them, into a Layout."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from hubctl import errors
from hubctl.adapters.files.disk import read_text
from hubctl.core.compose import layout
from hubctl.core.compose.layout import Layout
from hubctl.core.compose.merge import merge
from hubctl.core.compose.text import Note, parse
from hubctl.core.text import env_text
from hubctl.core.text.span import Lines

ComposeView = Callable[[tuple[Path, ...]], Mapping[str, object]]

# In the order in which Compose looks for them.
_DEFAULTS = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_LARGEST_BYTES = 500_000
_MOST_NOTES = 5
_SERVICES = re.compile(r"^[\"']?services[\"']?\s*:", re.MULTILINE)


def compose_files(folder: Path, environment: Mapping[str, str]) -> Iterator[list[tuple[Path, ...]]]:
    """Give a folder's candidates, the likeliest first: tiers of groups, a group being files that are read as one.

    COMPOSE_FILE (from the environment or `.env`) is the only candidate where it is set. Else: Compose's default files
    with their override, then other files with "compose" in their names, then all YAML files with `services:`.
    """
    chosen, _ = _variables(folder, environment)
    if listed := chosen.get("COMPOSE_FILE"):
        separator = chosen.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
        yield [tuple(folder / name for name in listed.split(separator) if name)]
        return
    names = _yaml_names(folder)
    override = [folder / name for name in _OVERRIDES if name in names][:1]
    defaults = [name for name in _DEFAULTS if name in names]
    for name in defaults:
        yield [(folder / name, *override)]
    others = sorted(names.difference(_DEFAULTS, _OVERRIDES if defaults else ()))
    yield [(folder / name,) for name in others if "compose" in name.lower()]
    yield [(folder / name,) for name in others if "compose" not in name.lower() and _has_services(folder / name)]


def load(folder_or_file: Path, environment: Mapping[str, str], compose_view: ComposeView | None = None) -> Layout:
    """Read the hub in a folder, or the one that a compose file describes.

    `compose_view` gives Compose's own resolved mapping of some files (`docker compose --profile '*' config --format
    json`); it is asked only for `include` and `extends`, and its HubErrors are notes. Raises HubNotFound where there
    is no gateway, BadFile for a file that cannot be read, AmbiguousService for several files with a gateway.
    """
    path = _absolute(folder_or_file)
    search = _Search(environment, compose_view)
    found = search.folder(path) if os.path.isdir(path) else search.group((path,))  # noqa: PTH112 - never raises
    if found is None:
        raise search.not_found(path)
    return found


def find(start: Path, environment: Mapping[str, str], compose_view: ComposeView | None = None) -> Layout | None:
    """Read the hub in the nearest folder upwards that has one; null if none has.

    Raises BadFile for a compose file on the way that cannot be read: it may be the hub that is looked for.
    """
    folder = _absolute(start)
    for candidate in (folder, *folder.parents):
        search = _Search(environment, compose_view)
        if found := search.folder(candidate):
            return found
        if search.failures:
            raise search.failures[0]
    return None


class _Search:
    """A search for a gateway; keeps what it met instead, for the message when there is none."""

    def __init__(self, environment: Mapping[str, str], compose_view: ComposeView | None) -> None:
        self.failures: list[errors.BadFile] = []
        self._others: list[Layout] = []
        self._environment = environment
        self._compose_view = compose_view

    def folder(self, folder: Path) -> Layout | None:
        """Give the hub of the first tier that has one."""
        for tier in compose_files(folder, self._environment):
            hubs = [found for group in tier if (found := self._tried(group))]
            if len(hubs) > 1:
                names = ", ".join(hub.files[0].name for hub in hubs)
                message = f"several files in {folder} have a LiteLLM service: {names}"
                raise errors.AmbiguousService(message, hint="name one of them with `--hub FILE`")
            if hubs:
                passed_over = (Note(folder, None, error.message) for error in self.failures)
                return replace(hubs[0], notes=(*passed_over, *hubs[0].notes))
        return None

    def group(self, files: tuple[Path, ...]) -> Layout | None:
        """Give the hub that some files make together; BadFile if one of them cannot be read."""
        found = read(files, self._environment, self._compose_view)
        if found.with_role("gateway"):
            return found
        self._others.append(found)
        return None

    def _tried(self, files: tuple[Path, ...]) -> Layout | None:
        try:
            return self.group(files)
        except errors.BadFile as error:
            self.failures.append(error)
            return None

    def not_found(self, path: Path) -> errors.HubError:
        """Say what is there instead of a gateway; if that is one file that cannot be read, it is the news."""
        if len(self.failures) == 1 and not self._others:
            return self.failures[0]
        seen = [_described(found) for found in self._others] + [error.message for error in self.failures]
        return errors.HubNotFound(
            f"no LiteLLM service in {path}: " + ("; ".join(seen) or "it has no compose file"),
            hint="`hubctl init DIR` makes a hub; `--hub DIR` or `--hub FILE` names another one",
        )


def read(files: tuple[Path, ...], environment: Mapping[str, str], compose_view: ComposeView | None = None) -> Layout:
    """Read some compose files as one, whether they have a gateway or not. Raises BadFile."""
    root = files[0].parent
    variables, notes = _variables(root, environment)
    data: dict[str, object] = {}
    for file in files:
        parsed = parse(_read(file), file)
        data = merge(data, parsed.data)
        notes += parsed.notes
    resolved = data
    if _needs_compose(data):
        resolved = _resolved(files, data, compose_view, notes)
    found = layout.build(resolved, root=root, files=files, variables=variables)
    return replace(found, notes=(*notes, *found.notes))


def _needs_compose(data: Mapping[str, object]) -> bool:
    services = data.get("services")
    described = services.values() if isinstance(services, Mapping) else ()
    return "include" in data or any(isinstance(service, Mapping) and "extends" in service for service in described)


def _resolved(
    files: tuple[Path, ...], data: dict[str, object], compose_view: ComposeView | None, notes: list[Note]
) -> dict[str, object]:
    """Compose's own view of the files; what was read here where that is not to be had."""
    reason = "Docker Compose was not asked"
    if compose_view is not None:
        try:
            # Compose always gives a name; only one that the files set is the hub's own.
            return {**compose_view(files), "name": data.get("name")}
        except errors.HubError as error:
            reason = error.message
    notes.append(Note(files[0], None, f"`include` and `extends` were not followed: {reason}"))
    return data


def _variables(folder: Path, environment: Mapping[str, str]) -> tuple[dict[str, str], list[Note]]:
    """Give what compose files may name in `${...}`: the folder's `.env`, and over it the environment."""
    file = folder / ".env"
    if not os.path.lexists(file):
        return dict(environment), []
    try:
        text = _read(file)
    except errors.BadFile as error:
        return dict(environment), [Note(file, None, error.message)]
    read, lines = env_text.read(text, environment), Lines(text)
    notes = [Note(file, lines.span(*problem.at), problem.message) for problem in read.problems]
    return {**read.values(), **environment}, notes


def _read(file: Path) -> str:
    return read_text(file, limit_bytes=_LARGEST_BYTES)


def _yaml_names(folder: Path) -> set[str]:
    try:
        return {entry.name for entry in folder.iterdir() if entry.suffix.lower() in (".yml", ".yaml")}
    except OSError:
        return set()  # a folder on the way up that may not be listed has no hub of ours


def _has_services(file: Path) -> bool:
    """Tell whether any YAML file may be a compose file; one that cannot be read is no concern of ours."""
    try:
        return bool(_SERVICES.search(_read(file)))
    except errors.BadFile:
        return False


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute() keeps `..`, Path.resolve() follows links


def _described(found: Layout) -> str:
    names = ", ".join(service.name for service in found.services) or "no services"
    notes = [str(note) for note in found.notes]
    more = [f"and {len(notes) - _MOST_NOTES} more notes"] if len(notes) > _MOST_NOTES else []
    return "; ".join([f"{' + '.join(file.name for file in found.files)} has {names}", *notes[:_MOST_NOTES], *more])
