"""Which containers come from the folder of a hub, by the labels that Compose gave them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hubctl.adapters.docker.containers import LABEL, created_from
from hubctl.adapters.docker.projects import Member, Volume
from hubctl.core.compose.layout import Layout
from hubctl.errors import NotOwned
from hubctl.runtimes.compose.adoption import AS_NEW


class Origin:
    """The folder of a hub, and those that it was moved from, as long as no hub is there.

    With `is_adopter`, the engine says that this hub adopted its project: what was made in those folders is its own even
    where another hub is there now, as one that was restored from a copy.
    """

    def __init__(self, layout: Layout, former: Sequence[Path], *, is_adopter: bool = False) -> None:
        names = {file.name for file in layout.files}
        left = (folder for folder in former if not any(is_there(folder / name) for name in names))
        self.folders = {layout.root, *left}
        self._known = {_folder(each) for each in self.folders}
        self._files = {_place(file) for file in layout.files} | {(each, name) for each in self._known for name in names}
        self._adopted = {(_folder(each), name) for each in former for name in names} if is_adopter else set()
        self._first = _place(layout.files[0])

    def made(self, labels: Mapping[str, str]) -> bool:
        """Whether a container was made here: its folder is this one, and one of its compose files this hub's.

        A link to a file is a file of the folder that the link is in: two hubs may share what it leads to.
        """
        is_elsewhere = f"{LABEL}project.working_dir" in labels and not self.is_here(labels)
        return not is_elsewhere and any(_place(file) in self._files for file in created_from(labels))

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a container is of this folder and of no other hub in it: made here, or its compose files are gone.

        Whoever gives a compose file another name has the same hub.
        """
        files = created_from(labels)
        is_adopted = any(_place(file) in self._adopted for file in files)
        return self.made(labels) or is_adopted or (self.is_here(labels) and not any(map(is_there, files)))

    def is_here(self, labels: Mapping[str, str]) -> bool:
        """Whether a container's folder is this one, whatever the compose file."""
        folder = labels.get(f"{LABEL}project.working_dir")
        return folder is not None and _folder(Path(folder)) in self._known

    def refuse_misplaced(self, members: Sequence[Member]) -> None:
        """Refuse where this hub's own compose file was started with another folder as project directory."""
        if found := [each for each in members if self._is_misplaced(each.labels)]:
            project = found[0].project
            raise NotOwned(
                f"containers of this hub's compose file were started with another project directory: "
                f"{described(found)}, as the Compose project {project}",
                hint=f"hubctl takes the folder of the compose file; `docker compose -p {project} down` ends them",
            )

    def _is_misplaced(self, labels: Mapping[str, str]) -> bool:
        return {_place(file) for file in created_from(labels)[:1]} == {self._first} and not self.is_here(labels)


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
    return member.folder is not None and not any(map(is_there, member.files))


def beside_it(project: str, members: Sequence[Member]) -> NotOwned:
    """Refuse what other compose files of the hub's own folder have made under its name."""
    files = ", ".join(sorted({str(file) for each in members for file in each.files}))
    names = ", ".join(each.name for each in members)
    return NotOwned(
        f"the Compose project {project} has containers of another compose file in this folder, {files}: {names}",
        hint="`--hub FILE` names the file that is meant; COMPOSE_FILE in .env makes several files one hub, and "
        "`name:` in each makes them two",
    )


def of_strangers(project: str, members: Sequence[Member]) -> NotOwned:
    """Refuse what other folders have made under the hub's name, or nobody knows which."""
    if any(each.folder for each in members):
        return NotOwned(f"the Compose project {project} is another hub's: {described(members)}", hint=AS_NEW)
    return NotOwned(
        f"the Compose project {project} is not known to be this hub's: {described(members)}",
        hint="if it is, `docker compose up --detach --force-recreate` makes containers that say so",
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
    folders = sorted({str(each.folder or "a folder that no label names") for each in members})
    count = f"{len(members)} container{'s' if len(members) > 1 else ''}"
    return f"{count} made from {', '.join(folders)}"


def _place(file: Path) -> tuple[str, str]:
    return _folder(file.parent), file.name


def _folder(path: Path) -> str:
    """Tell a folder by its inode: it may be mounted in several places. One that is gone has only its path."""
    try:
        found = path.stat()
    except OSError:
        return os.path.realpath(path)
    return f"{found.st_dev}:{found.st_ino}"
