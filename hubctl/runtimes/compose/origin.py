"""Which containers come from the folder of a hub, by the labels that Compose gave them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hubctl.adapters.docker.containers import LABEL, created_from
from hubctl.adapters.docker.projects import Member
from hubctl.core.compose.layout import Layout


class Origin:
    """The folder of a hub, and those that it was moved from, as long as no hub is there."""

    def __init__(self, layout: Layout, former: Sequence[Path]) -> None:
        self._names = {file.name for file in layout.files}
        self._folders = {os.path.realpath(layout.root)}
        left = (folder for folder in former if not any(is_there(folder / name) for name in self._names))
        self._folders |= set(map(os.path.realpath, left))
        self._files = {_place(file) for file in layout.files} | {
            (folder, name) for folder in self._folders for name in self._names
        }

    def made(self, labels: Mapping[str, str]) -> bool:
        """Whether a container was made here: its folder is this one, and one of its compose files this hub's.

        A link to a file is a file of the folder that the link is in: two hubs may share what it leads to.
        """
        folder = labels.get(f"{LABEL}project.working_dir")
        is_here = folder is None or os.path.realpath(folder) in self._folders
        return is_here and any(_place(file) in self._files for file in created_from(labels))

    def holds(self, member: Member) -> bool:
        """Whether the folder is this one, whatever the compose file."""
        return member.folder is not None and os.path.realpath(member.folder) in self._folders


def is_there(file: Path) -> bool:
    """Whether a file is there, or may be: of another user's folder nobody can say that it is gone."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def is_gone(member: Member) -> bool:
    """Whether the folder that a container comes from holds its compose files no more."""
    return not any(map(is_there, member.files))


def _place(file: Path) -> tuple[str, str]:
    return os.path.realpath(file.parent), file.name
