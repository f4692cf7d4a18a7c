"""Which containers come from the folder of a hub, by the labels that Compose gave them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hubctl.adapters.docker.containers import LABEL, created_from
from hubctl.adapters.docker.projects import Member, Volume
from hubctl.core.compose.layout import Layout
from hubctl.errors import NotOwned


class Origin:
    """The folder of a hub, and those that it was moved from, as long as no hub is there."""

    def __init__(self, layout: Layout, former: Sequence[Path]) -> None:
        self._names = {file.name for file in layout.files}
        self.folders = {os.path.realpath(layout.root)}
        left = (folder for folder in former if not any(is_there(folder / name) for name in self._names))
        self.folders |= set(map(os.path.realpath, left))
        self._files = {_place(file) for file in layout.files} | {
            (folder, name) for folder in self.folders for name in self._names
        }

    def made(self, labels: Mapping[str, str]) -> bool:
        """Whether a container was made here: its folder is this one, and one of its compose files this hub's.

        A link to a file is a file of the folder that the link is in: two hubs may share what it leads to.
        """
        folder = labels.get(f"{LABEL}project.working_dir")
        is_here = folder is None or os.path.realpath(folder) in self.folders
        return is_here and any(_place(file) in self._files for file in created_from(labels))

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a container is of this folder and of no other hub in it: made here, or its compose files are gone.

        Whoever gives a compose file another name has the same hub.
        """
        return self.made(labels) or (self.is_here(labels) and not any(map(is_there, created_from(labels))))

    def is_here(self, labels: Mapping[str, str]) -> bool:
        """Whether a container's folder is this one, whatever the compose file."""
        folder = labels.get(f"{LABEL}project.working_dir")
        return folder is not None and os.path.realpath(folder) in self.folders


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


def beside_it(project: str, members: Sequence[Member]) -> NotOwned:
    """Refuse what other compose files of the hub's own folder have made under its name."""
    files = ", ".join(sorted({str(file) for each in members for file in each.files}))
    names = ", ".join(each.name for each in members)
    return NotOwned(
        f"the Compose project {project} has containers of another compose file in this folder, {files}: {names}",
        hint="`--hub FILE` names the file that is meant; COMPOSE_FILE in .env makes several files one hub, and "
        "`name:` in each makes them two",
    )


def refuse_used(project: str, volumes: Sequence[Volume], members: Sequence[Member]) -> None:
    """Refuse volumes that another project has made and uses. What else uses a volume may only have been lent it."""
    for volume in volumes:
        users = [each for each in members if volume.name in each.volumes and each.project == volume.project != project]
        if users and not all(map(is_gone, users)):
            raise NotOwned(
                f"the Compose project {volume.project} made the volume {volume.name} and uses it: {described(users)}",
                hint="name another volume in the compose file; with `external: true` there, both may use this one",
            )


def described(members: Sequence[Member]) -> str:
    """Say how many containers these are, and where they come from."""
    folders = sorted({str(each.folder) for each in members})
    count = f"{len(members)} container{'s' if len(members) > 1 else ''}"
    return f"{count} made from {', '.join(folders)}"


def _place(file: Path) -> tuple[str, str]:
    return os.path.realpath(file.parent), file.name
