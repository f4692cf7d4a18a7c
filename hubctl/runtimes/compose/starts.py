"""What hubctl notes of the starts it makes: which config each container of the gateway was started on, as a digest.

Nothing else tells it later: a file edited in place looks the same from inside as from outside, and LiteLLM has read it
before. A note counts for that one start; after a start by anything else the file's times have to do.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hubctl.adapters.docker.containers import Container
from hubctl.adapters.files import digests, disk
from hubctl.core.compose.layout import Layout, config_path
from hubctl.errors import BadFile


class StartNotes:
    """The notes of one hub. `unwritten` says why the last of them could not be made."""

    def __init__(self, state_folder: Path, layout: Layout) -> None:
        self._file = state_folder / "starts.json"
        self.unwritten: tuple[str, ...] = ()
        self._configs = {each.name: path for each in layout.with_role("gateway") if (path := config_path(each))}

    def digest(self, container: Container) -> str | None:
        """Give the digest of the config that this start of the container was made on; null where none was noted."""
        found = self._read().get(_start(container))
        return found if isinstance(found, str) else None

    @contextmanager
    def noting(self, look: Callable[[], Sequence[Container]]) -> Iterator[None]:
        """Note the starts that happen meanwhile; not where the config changed meanwhile, since either may be read."""
        before = {name: digests.of_file(path) for name, path in self._configs.items()}
        known = {_start(container) for container in look()}
        yield
        after = {name: digests.of_file(path) for name, path in self._configs.items()}
        sure = {name: digest for name, digest in after.items() if digest and digest == before[name]}
        noted = self._read()
        notes = {}
        for container in look():
            start = _start(container)
            if start in noted or (start not in known and container.service in sure):
                notes[start] = noted.get(start) or sure[container.service]
        try:
            disk.write_private(self._file, json.dumps(notes, indent=2).encode())
        except BadFile as error:  # without a note, the file's times have to do
            self.unwritten = (f"hubctl cannot remember which config this start read: {error.sentence}",)

    def _read(self) -> dict[str, object]:
        try:
            notes = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}


def _start(container: Container) -> str:
    return f"{container.instance.id} {container.instance.started_at}"
