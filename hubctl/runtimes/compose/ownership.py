"""What on the engine is this hub's: containers by the folder that they come from, volumes by id or by what was noted.

Two folders of the same name are one project to Docker Compose, and a copied or renamed folder is another one. So
nothing is started, stopped or removed under the hub's name before all of that name is known to be the hub's own.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from hubctl.adapters.docker import projects
from hubctl.adapters.docker.containers import LABEL, created_from
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.projects import Member, Volume
from hubctl.adapters.state.identity import IdentityNote
from hubctl.core.compose import identity
from hubctl.core.compose.identity import Identity, Standing
from hubctl.core.compose.layout import Layout, project_name, volume_names
from hubctl.core.compose.stack import Address
from hubctl.errors import BadFile, NotOwned
from hubctl.runtimes.compose.view import reachable

_ADOPT = "`hubctl adopt` takes them"
_AS_NEW = "`hubctl adopt --as-new` gives this hub a name of its own"


@dataclass(frozen=True, slots=True)
class Found:
    """What the engine has under the hub's name, or made from the folder that it was moved from, and is not its own.

    `strangers` are containers of a folder that is there still, `orphans` of one that is there no more. `volumes` are in
    no container of this hub, and nothing says that it made them.
    """

    project: str
    strangers: tuple[Member, ...]
    orphans: tuple[Member, ...]
    volumes: tuple[Volume, ...]


class Ownership:
    """Tells what is one hub's on one engine."""

    def __init__(self, layout: Layout, engine: Engine) -> None:
        self.layout = layout
        self._engine = engine
        self.note = IdentityNote(layout.root)

    @cached_property
    def noted(self) -> Identity | None:
        """What hubctl noted of this hub."""
        return self.note.read()

    @cached_property
    def standing(self) -> Standing:
        """Whether this is the folder that was noted."""
        return self.note.standing(self.noted, self.layout.files)

    @cached_property
    def _files(self) -> frozenset[str]:
        """The files that this hub's containers come from: its own, and where it was moved from, while nobody is there.

        A note that was copied along with the folder says nothing of this one.
        """
        former = self.noted.former if self.noted and self.standing == "home" else ()
        places = [folder / file.name for folder in former for file in self.layout.files]
        return frozenset(map(os.path.realpath, (*self.layout.files, *(each for each in places if not each.exists()))))

    def belongs(self, labels: Mapping[str, str]) -> bool:
        """Whether a container was created from one of this hub's compose files.

        On another machine the files lie elsewhere: there it is the project that Compose would look for from here.
        """
        if self._engine.address.machine and labels.get(f"{LABEL}project") == project_name(self.layout):
            return True
        return any(os.path.realpath(file) in self._files for file in created_from(labels))

    def published(self) -> dict[str, dict[int, Address]]:
        """Where this hub's own running containers listen on this machine. Raises EngineUnavailable, EngineRemote."""
        self._engine.require_local()
        found: dict[str, dict[int, Address]] = {}
        for each in self._engine.containers(self.belongs):
            ports = {inside: reachable(host, port, None) for inside, (host, port) in each.published.items()}
            found[each.service] = {inside: address for inside, address in ports.items() if address}
        return found

    def require(self, *, data: bool) -> None:
        """Refuse to go on where this hub's name leads to what is not known to be its own.

        With `data`, volumes are about to be used or deleted. Raises NotOwned, EngineUnavailable, EngineRefused.
        """
        for complaint in self.complaints(data=data):
            raise complaint

    def notes(self) -> tuple[str, ...]:
        """Tell the same to somebody who only looks."""
        return tuple(complaint.sentence for complaint in self.complaints(data=True))

    def takeable(self) -> Found:
        """Look for what has the hub's name, or is left of it elsewhere, and is not known to be its own.

        Raises NotOwned where that is another hub's for certain.
        """
        if self.standing == "copied" and self.noted:
            raise NotOwned(f"{self.layout.root} is a copy of the hub in {self.noted.root}, with its name", hint=_AS_NEW)
        found = self._found()
        if found.strangers:
            whose = f"the Compose project {found.project} is another hub's: {_described(found.strangers)}"
            raise NotOwned(whose, hint=_AS_NEW)
        return found

    def own(self) -> tuple[Member, ...]:
        """List this hub's containers, whatever their project. Raises EngineUnavailable, EngineRefused."""
        return tuple(each for each in projects.members(self._engine) if self.belongs(each.labels))

    def _found(self) -> Found:
        everything = projects.members(self._engine)
        own = [each for each in everything if self.belongs(each.labels)]
        project = own[0].project if own else self._project_of_none(everything)
        others = [each for each in everything if each.project == project and not self._is_of_this_folder(each)]
        gone = tuple(each for each in others if _is_gone(each))
        used = _used(own)
        unknown = [v for v in self._volumes(project) if v.name not in used and not self._made(v)]
        return Found(project, tuple(each for each in others if each not in gone), gone, tuple(unknown))

    def keep(self, taken: Found | None = None) -> Identity:
        """Note that what runs is this hub's, with its volumes, and what is taken over from now on. Raises BadFile."""
        own = self.own()
        before = self.noted if self.noted and self.standing != "copied" else identity.fresh(self.layout.root)
        former = before.former if any(not self._is_from_here(each) for each in own) else ()
        project = taken.project if taken else own[0].project if own else self._project_by_name()
        known = _used(own) | before.volumes.keys()
        if taken:
            folders = {each.folder for each in taken.orphans if each.folder}
            former = tuple(sorted(folders.union(former)))
            known |= _used(taken.orphans) | {each.name for each in taken.volumes}
        now = Identity(
            id=self.layout.variables.get(identity.VARIABLE) or before.id,
            root=self.layout.root,
            project=project,
            former=former,
            volumes={v.name: v.created_at for v in self._volumes(project) if v.name in known},
        )
        self.write(now)
        return now

    def remember(self) -> None:
        """Keep what can be kept: without a note, the next command asks the operator."""
        with suppress(BadFile):
            self.keep()

    def write(self, noted: Identity) -> None:
        """Note it, where it is news. Raises BadFile."""
        if noted != self.noted:
            self.note.write(noted)
        for cached in ("noted", "standing", "_files"):
            self.__dict__.pop(cached, None)

    def complaints(self, *, data: bool) -> Iterator[NotOwned]:
        """Say what is in the way of a change, one error for the first kind of it. Raises as `require` does."""
        try:
            found = self.takeable()
        except NotOwned as another:
            yield another
            return
        named = f"the Compose project {found.project}"
        if found.orphans:
            gone = f"{named} has {_described(found.orphans)}, which is there no more"
            yield NotOwned(gone, hint=f"if this hub was moved from there, {_ADOPT}; if not, {_AS_NEW}")
        elif data and found.volumes:
            names = ", ".join(volume.name for volume in found.volumes)
            unknown = f"there are volumes of this hub's names that are not known to be its own: {names}"
            yield NotOwned(unknown, hint=f"if they are its own, {_ADOPT}; if not, {_AS_NEW}")

    def _project_of_none(self, everything: Sequence[Member]) -> str:
        """Tell which project is meant where none of its containers is this hub's: of a moved hub, the one it left."""
        project = self._project_by_name()
        is_known = self.standing == "home" or any(each.project == project for each in everything)
        if is_known or self._volumes(project):
            return project
        here = self.layout.root
        fitting = [each for each in everything if self._was_here(each)]
        # What was renamed has the same folder above it, what was moved the same name.
        near = [each for each in fitting if each.folder and here.parent == each.folder.parent]
        near += [each for each in fitting if each.folder and here.name == each.folder.name]
        return next((each.project for each in (*near, *fitting)), project)

    def _project_by_name(self) -> str:
        """The project that a start from here would make; of a hub that was moved, the one that it had."""
        named = self.layout.variables.get(identity.PROJECT_VARIABLE) or self.layout.project
        was = self.noted.project if self.noted and self.standing == "moved" else None
        return named or was or project_name(self.layout)

    def _volumes(self, project: str) -> tuple[Volume, ...]:
        return projects.volumes(self._engine, project, volume_names(self.layout, project))

    def _was_here(self, member: Member) -> bool:
        """Whether a container is what this hub ran before it was moved: by the note, else by all that they share.

        A hub with an id has a name that no other has, so that there is nothing to look for under another one.
        """
        if self.standing == "moved" and self.noted:
            return member.folder == self.noted.root
        services = {service.name for service in self.layout.services}
        names = [file.name for file in member.files]
        return (
            self.standing == "unknown"
            and not self.layout.variables.get(identity.VARIABLE)
            and member.service in services
            and names == [file.name for file in self.layout.files]
            and _is_gone(member)
        )

    def _is_from_here(self, member: Member) -> bool:
        files = set(map(os.path.realpath, self.layout.files))
        return any(os.path.realpath(file) in files for file in member.files)

    def _is_of_this_folder(self, member: Member) -> bool:
        here = os.path.realpath(self.layout.root)
        return self.belongs(member.labels) or (member.folder is not None and os.path.realpath(member.folder) == here)

    def _made(self, volume: Volume) -> bool:
        """Whether this hub made a volume, or has taken it over."""
        if self.noted is None or self.standing != "home":
            return False
        own_id = volume.hub is not None and volume.hub == self.noted.id
        return own_id or self.noted.volumes.get(volume.name) == volume.created_at


def _used(members: Sequence[Member]) -> frozenset[str]:
    return frozenset(name for each in members for name in each.volumes)


def _is_gone(member: Member) -> bool:
    """Whether the folder that a container comes from holds its compose files no more."""
    with suppress(OSError):  # another user's folder: nobody can say that it is gone
        return not any(file.exists() for file in member.files)
    return False


def _described(members: Sequence[Member]) -> str:
    folders = sorted({str(each.folder) for each in members})
    count = f"{len(members)} container{'s' if len(members) > 1 else ''}"
    return f"{count} made from {', '.join(folders)}"
