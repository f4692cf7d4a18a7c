"""Which hub has adopted a project: its containers keep the labels of the folder that it left until they are made anew.

An empty volume on the engine says it, for hubs of every user. It counts for as long as that hub is where it says.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hubctl.adapters.docker import projects
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.projects import Member, Volume
from hubctl.adapters.state.identity import IdentityNote
from hubctl.errors import NotOwned

AS_NEW = "`hubctl adopt --as-new` gives this hub a name of its own"


@dataclass(frozen=True, slots=True)
class Found:
    """What the engine has under the hub's name, or what it left when it was moved, and is not known to be its own.

    `orphans` are containers made from a folder that is there no more, `volumes` what no container of this hub uses and
    nothing says that it made.
    """

    project: str
    orphans: tuple[Member, ...]
    volumes: tuple[Volume, ...]


def refuse_another(project: str, root: Path, volumes: Iterable[Volume]) -> None:
    """Raise NotOwned where another hub has adopted a project."""
    if folder := by_another(project, root, volumes):
        raise NotOwned(f"the Compose project {project} was adopted by the hub in {folder}", hint=AS_NEW)


def is_by(project: str, root: Path, volumes: Iterable[Volume]) -> bool:
    """Whether the engine says that the hub in this folder has adopted a project."""
    folder = _adopter(project, volumes)
    return folder is not None and os.path.realpath(folder) == os.path.realpath(root)


def say(engine: Engine, project: str, root: Path) -> None:
    """Say that the hub in a folder has adopted a project. Raises NotOwned where another one was faster."""
    _, volumes = projects.look(engine)
    refuse_another(project, root, volumes)
    if projects.mark(project) in {each.name for each in volumes}:
        projects.remove_mark(engine, project)  # of a hub that is there no more, or of this one
    folder = projects.set_mark(engine, project, root)
    if folder and folder != root:
        raise NotOwned(f"the Compose project {project} was adopted by the hub in {folder}", hint=AS_NEW)


def unsay(engine: Engine, project: str, root: Path) -> None:
    """Let nothing say so of this hub any more, for it has another name now, or no data."""
    _, volumes = projects.look(engine)
    if projects.mark(project) in {each.name for each in volumes} and not by_another(project, root, volumes):
        projects.remove_mark(engine, project)


def by_another(project: str, root: Path, volumes: Iterable[Volume]) -> Path | None:
    """Give the folder of the other hub that has adopted a project; null where none has, or it is there no more."""
    folder = _adopter(project, volumes)
    if folder is None:
        return None
    note = IdentityNote(folder)
    try:
        if folder.samefile(root):
            return None
        note.file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return folder  # another user's: nobody can say that it is gone
    noted = note.read()
    return folder if noted is None or noted.project == project else None


def _adopter(project: str, volumes: Iterable[Volume]) -> Path | None:
    return next((each.adopter for each in volumes if each.name == projects.mark(project)), None)
