"""Reads what the files of a hub hold as secrets, so that nothing that is shown holds one."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from hubctl.adapters.files import disk, replacing
from hubctl.core.compose.layout import Layout, config_path, project_name
from hubctl.core.secrecy import gather
from hubctl.core.secrecy.gather import Gathered
from hubctl.core.secrecy.masker import Masker
from hubctl.core.secrecy.names import is_credential
from hubctl.core.text import env_text
from hubctl.errors import BadFile
from hubctl.operations.providers.credentials import lenient_environment

# What may be a file of a hub whose compose file cannot be read.
_LIKELY = ("*.y*ml", ".env", "*.env", "env/*.env", "env/.*.env", "conf/**/*.y*ml", "config/**/*.y*ml")
_MOST = 50
_LONGEST_PATH = 255
_PATH = re.compile(r"(?:/[\w.@-]+)+/?")


def masker(known: Callable[[], Layout | None], folder: Path, shell: Mapping[str, str]) -> Masker:
    """Make the masker of a command: it reads the files of the hub, once that is known, else those of the folder."""

    def read() -> Gathered:
        hub = known()
        return of_hub(hub, shell) if hub else of_folder(folder, shell)

    return Masker(read, origin=known)


def of_hub(hub: Layout, shell: Mapping[str, str]) -> Gathered:
    """Read every file of a hub, and what hubctl keeps of earlier ones. What cannot be read holds nothing here."""
    configs = (path for each in hub.services if (path := config_path(each)))
    env_files = (each.path for service in hub.services for each in service.env_files)
    own = [*hub.files, *configs, *env_files, hub.root / ".env", *_mounted_secrets(hub)]
    environments = (lenient_environment(service, hub.variables).items() for service in hub.services)
    found = of_files(
        dict.fromkeys([*own, *_kept(hub.root), *replacing.all_rejected(own)]),
        {**shell, **hub.variables},
        [pair for environment in environments for pair in environment],
    )
    for service in hub.services:
        found |= gather.of_text(" ".join(service.command))
    return Gathered(found.secrets | _whole(_mounted_secrets(hub)), found.names | frozenset(_names(hub)))


def of_folder(folder: Path, shell: Mapping[str, str]) -> Gathered:
    """Read what looks like a hub's files in a folder, where no hub could be found."""
    place = folder if folder.is_dir() else folder.parent
    files = [path for pattern in _LIKELY for path in sorted(place.glob(pattern))[:_MOST] if path.is_file()]
    return of_files([*files, *_kept(place)], shell)


def of_words(words: Sequence[str], cwd: Path) -> Gathered:
    """Read what was typed: words that may be keys in the wrong place, and the files that are named."""
    values = [word.rpartition("=")[2] if word.startswith("-") else word for word in words]
    files = [cwd / value for value in values if len(value) < _LONGEST_PATH and (cwd / value).is_file()]
    return of_files(files, {}) | gather.of_variables(("", word.lstrip("-")) for word in words)


def of_files(files: Collection[Path], variables: Mapping[str, str], more: Iterable[tuple[str, str]] = ()) -> Gathered:
    """Read some files, what the shell and the like give to them, and more variables that are known."""
    found = Gathered()
    pairs = dict.fromkeys([*(pair for pair in variables.items() if _is_key(*pair)), *more])
    for file in files:
        with suppress(BadFile):
            text = disk.read_text(file)
            found |= gather.of_text(text)
            if not file.name.endswith((".yaml", ".yml")):
                pairs |= dict.fromkeys(env_text.read(text, variables).values().items())
    found |= gather.of_variables(pairs)  # each once, though a file and its services have the same
    return Gathered(found.secrets, found.names | {file.name for file in files})


def _is_key(name: str, value: str) -> bool:
    """Whether a variable of the shell is a secret; the path of one is none."""
    return is_credential(name) and not _PATH.fullmatch(value)


def _kept(root: Path) -> Iterator[Path]:
    """The earlier bytes of files: a key that was replaced may still be in use."""
    yield from root.glob(".hubctl/receipts/*/before/*")
    yield from root.glob(".hubctl/proven/*")


def _mounted_secrets(hub: Layout) -> Iterator[Path]:
    """The files of Compose's `secrets:`."""
    described = hub.data.get("secrets")
    for each in described.values() if isinstance(described, Mapping) else ():
        if isinstance(each, Mapping) and isinstance(each.get("file"), str):
            yield hub.root / each["file"]


def _whole(files: Iterable[Path]) -> frozenset[str]:
    found = set()
    for file in files:
        with suppress(BadFile):
            found |= {line.strip() for line in disk.read_text(file).splitlines()}
    return frozenset(line for line in found if len(line) >= gather.SHORTEST)


def _names(hub: Layout) -> Iterator[str]:
    """What people must be able to read whatever the secrets are."""
    project = project_name(hub)
    yield from (project, str(hub.root))
    for service in hub.services:
        yield from filter(None, (service.name, service.container_name, service.image, f"{project}-{service.name}-1"))
        yield from (mount.target for mount in service.mounts)
        yield from (str(mount.source) for mount in service.mounts if mount.source)
