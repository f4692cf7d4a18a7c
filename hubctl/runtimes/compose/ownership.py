"""What on the engine is this hub's: a hub is its folder and its Compose project, and volumes are known by id or note.

Two folders of the same name are one project to Docker Compose, a copied or renamed folder is another one, and another
hub may be made where one was. So nothing is started, stopped or removed in the project before all that is there is
known to be the hub's own, and what is looked at is what is acted on: Compose is always told this project's name.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from hubctl.adapters.docker import projects
from hubctl.adapters.docker.containers import LABEL
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.projects import Member, Volume
from hubctl.adapters.state.identity import IdentityNote
from hubctl.core.compose import identity
from hubctl.core.compose.identity import Identity, Standing
from hubctl.core.compose.layout import Layout, given_name, project_name, volume_names
from hubctl.core.compose.stack import Address
from hubctl.errors import BadFile, NotOwned
from hubctl.runtimes.compose import adoption
from hubctl.runtimes.compose.adoption import AS_NEW, Found
from hubctl.runtimes.compose.origin import Origin, beside_it, described, is_gone, of_strangers, refuse_used
from hubctl.runtimes.compose.view import reachable

_ADOPT = "`hubctl adopt` takes them"


class Ownership:
    """Tells what is one hub's on one engine. It looks once: a command makes a new one after it changed something."""

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
    def project(self) -> str:
        """The name of this hub's project, which its files or the note say; else that of what was made here.

        Raises EngineUnavailable, EngineRefused.
        """
        noted = self.noted.project if self.noted and self.standing in {"home", "moved"} else None
        if named := given_name(self.layout) or noted:
            return named
        made_here = {each.project for each in self._members if self._origin.made(each.labels) and not each.is_one_off}
        by_folder = project_name(self.layout)
        return by_folder if by_folder in made_here or not made_here else min(made_here)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of this hub: its own, and those that it was moved from and are gone."""
        left = {self.noted.root} if self.noted and self.standing == "moved" else set()
        return tuple(sorted(self._origin.folders | left))

    def belongs(self, labels: Mapping[str, str]) -> bool:
        """Whether a container is this hub's: made in its project and folder, by its files or by files that are gone.

        On another machine the files lie elsewhere: there it is the project that Compose would look for from here.
        """
        if self._engine.address.machine:
            return labels.get(f"{LABEL}project") == project_name(self.layout) or self._origin.made(labels)
        is_in_it = labels.get(f"{LABEL}project") == self.project and self._origin.holds(labels)
        return is_in_it and adoption.by_another(self.project, self.layout.root, self._looked[1]) is None

    def published(self) -> dict[str, dict[int, Address]]:
        """Where this hub's own running containers listen on this machine. Raises EngineUnavailable, EngineRemote."""
        self._engine.require_local()
        found: dict[str, dict[int, Address]] = {}
        for each in self._engine.containers(self.belongs):
            ports = {inside: reachable(each, inside, None, self._engine.doubt) for inside in each.published}
            found[each.service] = {inside: address for inside, address in ports.items() if address}
        return found

    def own(self) -> tuple[Member, ...]:
        """List this hub's containers. Raises EngineUnavailable, EngineRefused."""
        return tuple(each for each in self._members if self.belongs(each.labels) and not self._is_anothers(each))

    def require(self, *, data: bool) -> None:
        """Refuse to go on where this hub's name leads to what is not known to be its own.

        With `data`, volumes are about to be used or deleted. Raises NotOwned, EngineUnavailable, EngineRefused.
        """
        for complaint in self.complaints(data=data):
            raise complaint

    def complaints(self, *, data: bool) -> Iterator[NotOwned]:
        """Say what is in the way of a change, one error for the first kind of it. Raises as `require` does."""
        try:
            found = self.takeable(data=data)
        except NotOwned as another:
            yield another
            return
        choice = f"if this hub was moved from there, {_ADOPT}; if not, {AS_NEW}"
        if found.orphans:
            there = f"the Compose project {found.project} has {described(found.orphans)}, which is there no more"
            yield NotOwned(there, hint=choice)
        elif data and found.volumes:
            names = ", ".join(volume.name for volume in found.volumes)
            if self.standing == "moved" and self.noted:
                yield NotOwned(f"this hub's volumes were noted for {self.noted.root}: {names}", hint=choice)
                return
            unknown = f"there are volumes of this hub's names that are not known to be its own: {names}"
            yield NotOwned(unknown, hint=f"if they are its own, {_ADOPT}; if not, {AS_NEW}")

    def takeable(self, *, data: bool = True) -> Found:
        """Look for what has the hub's name, or is left of it elsewhere, and is not known to be its own.

        Raises NotOwned where that is another hub's for certain, or is this hub's under another name.
        """
        if self.standing == "copied" and self.noted:
            raise NotOwned(f"{self.layout.root} is a copy of the hub in {self.noted.root}, with its name", hint=AS_NEW)
        project = self._meant()
        self._refuse_other_names(project)
        adoption.refuse_another(project, self.layout.root, self._looked[1])
        others = [each for each in self._members if each.project == project and not self._is_fine(each)]
        if beside := [each for each in others if self._origin.is_here(each.labels) and not self._is_anothers(each)]:
            raise beside_it(project, beside)
        if strangers := [each for each in others if self._is_anothers(each) or not is_gone(each)]:
            raise of_strangers(project, strangers)
        used = frozenset(name for each in self.own() for name in each.volumes)
        unknown = [each for each in self._named_volumes(project) if each.name not in used and not self._made(each)]
        if theirs := [each.name for each in unknown if self._has_anothers_id(each)]:
            raise NotOwned(f"volumes of this hub's names carry another hub's id: {', '.join(theirs)}", hint=AS_NEW)
        if data:
            refuse_used(project, unknown, self._members)
        return Found(project, tuple(others), tuple(unknown))

    def keep(self, taken: Found | None = None, *, made_all: bool = False) -> Identity:
        """Note that what runs is this hub's, with its volumes, and what is taken over from now on.

        With `made_all`, so are all volumes of its project: before the start, none was there that is not its own.
        Raises NotOwned where another hub has taken it over meanwhile, BadFile.
        """
        own = Ownership(self.layout, self._engine).own()  # what there is now
        before = self.noted if self.noted and self.standing != "copied" else identity.fresh(self.layout.root)
        here = Origin(self.layout, ())
        former = {*before.former} if any(not here.made(each.labels) for each in own) else set()
        former |= {before.root} if self.standing == "moved" else set()
        known = before.volumes.keys() | {name for each in own for name in each.volumes}
        if taken:
            adoption.say(self._engine, taken.project, self.layout.root)
            former |= {each.folder for each in taken.orphans if each.folder}
            known |= {name for each in taken.orphans for name in each.volumes} | {each.name for each in taken.volumes}
        project = taken.project if taken else self.project
        told = self.layout.variables.get(identity.VARIABLE)
        # An id that somebody copied into `.env` later makes nobody's volumes this hub's: that takes a yes.
        keeps = before is self.noted and not taken
        known |= {each.name for each in self._named_volumes(project) if made_all and each.project == project}
        _, volumes = projects.look(self._engine)
        now = Identity(
            before.id if keeps else told or before.id,
            self.layout.root,
            project,
            former=tuple(sorted(former)),
            volumes={each.name: each.created_at for each in volumes if each.name in known},
        )
        if now != self.noted:
            self.note.write(now)
        return now

    def release(self) -> None:
        """Let nothing on the engine say that this hub has adopted its project. Raises EngineUnavailable."""
        adoption.unsay(self._engine, self.project, self.layout.root)

    def remember(self, *, made_all: bool = False) -> None:
        """Keep what can be kept, where there is anything: without a note, the next command asks the operator."""
        if made_all or self.noted or self.own():
            with suppress(BadFile):
                self.keep(made_all=made_all)

    @cached_property
    def _looked(self) -> tuple[tuple[Member, ...], tuple[Volume, ...]]:
        return projects.look(self._engine)

    @property
    def _members(self) -> Sequence[Member]:
        return self._looked[0]

    @cached_property
    def _origin(self) -> Origin:
        """A note that was copied along with the folder says nothing of this one."""
        if self.noted is None or self.standing != "home":
            return Origin(self.layout, ())
        is_adopter = adoption.is_by(self.noted.project, self.layout.root, self._looked[1])
        return Origin(self.layout, self.noted.former, is_adopter=is_adopter)

    def _is_fine(self, member: Member) -> bool:
        return self._origin.holds(member.labels) and not self._is_anothers(member)

    def _has_anothers_id(self, volume: Volume) -> bool:
        own = self.layout.variables.get(identity.VARIABLE) or (self.noted.id if self.noted else None)
        return volume.hub is not None and volume.hub != own

    def _is_anothers(self, member: Member) -> bool:
        """Whether a container is of a project whose data carries another hub's id: then its folder says nothing."""
        return any(each.project == member.project and self._has_anothers_id(each) for each in self._looked[1])

    def _named_volumes(self, project: str) -> list[Volume]:
        names = volume_names(self.layout, project)
        return [each for each in self._looked[1] if each.name in names or each.project == project]

    def _made(self, volume: Volume) -> bool:
        """Whether this hub made a volume, or has taken it over."""
        if self.noted is None or self.standing != "home":
            return False
        return volume.hub == self.noted.id or self.noted.volumes.get(volume.name) == volume.created_at

    def _refuse_other_names(self, project: str) -> None:
        """Refuse where this folder runs under another name: what one says would not be what the other does."""
        made = [each for each in self._members if self._origin.made(each.labels) and not self._is_anothers(each)]
        for each in made:
            if each.project != project and not each.is_one_off:
                raise NotOwned(
                    f"containers of this folder run as the Compose project {each.project}, and the hub is {project}",
                    hint=f"end them with `docker compose -p {each.project} down`, or set "
                    f"{identity.PROJECT_VARIABLE}={each.project} (in .env; the shell's comes first)",
                )
        self._origin.refuse_misplaced(self._members)

    def _meant(self) -> str:
        """Tell which project is meant: of a hub that was renamed and never noted, the one that it left."""
        project = self.project
        is_known = self.standing != "unknown" or given_name(self.layout) or self._named_volumes(project)
        if is_known or any(each.project == project for each in self._members):
            return project
        services, names = {each.name for each in self.layout.services}, [file.name for file in self.layout.files]
        here = self.layout.root
        for each in self._members:
            # What was renamed has the same folder above it, what was moved the same name.
            is_near = each.folder and (each.folder.parent == here.parent or each.folder.name == here.name)
            is_alike = each.service in services and [file.name for file in each.files] == names
            if is_near and is_alike and is_gone(each) and not self._is_anothers(each):
                return each.project
        return project
