"""Whose the containers and the data are: taken over from where the hub was before, or left for a name of its own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hubctl.adapters.files import disk, replacing
from hubctl.adapters.state import links
from hubctl.adapters.state.ledger import Ledger
from hubctl.core.compose import identity
from hubctl.core.compose.layout import Layout, project_name
from hubctl.core.result import Result
from hubctl.core.text import env_edit
from hubctl.errors import NotOwned
from hubctl.runtimes.compose.ownership import Ownership

_DRY = "dry run: no files changed"


@dataclass(frozen=True, slots=True)
class Adopted(Result):
    """The document of `hubctl adopt`. `project` is Compose's name for the hub from now on, null before it is chosen.

    `containers` and `volumes` are those that count as this hub's from now on, `moved_from` the folders that such
    containers were made from. `left` are the volumes that a hub with a new name has no more; they are not deleted.
    """

    root: Path
    project: str | None
    containers: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    moved_from: tuple[Path, ...] = ()
    left: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def adopt(
    ownership: Ownership, ledger: Ledger, *, approve: Callable[[Adopted], None], dry_run: bool = False
) -> Adopted:
    """Take over what has this hub's name on the engine, or what it left when it was moved, once that is approved.

    Raises NotOwned where it is another hub's, Declined, Busy, EngineUnavailable, EngineRefused, EditRefused, BadFile.
    """
    with ledger.turn("adopt"):
        taken = ownership.takeable()
        adopted = Adopted(
            ownership.layout.root,
            taken.project,
            tuple(each.name for each in taken.orphans),
            tuple(each.name for each in taken.volumes),
            tuple(sorted({each.folder for each in taken.orphans if each.folder})),
        )
        if dry_run:
            return replace(adopted, notes=(_DRY,))
        if not adopted.containers and not adopted.volumes:
            ownership.keep()
            return replace(adopted, notes=("the engine has nothing of this name that was not known to be this hub's",))
        approve(adopted)
        if taken.project != project_name(ownership.layout):
            _set(ownership.layout.root, {identity.PROJECT_VARIABLE: taken.project})
        ownership.keep(taken)
        hint = ("`hubctl up` makes the containers anew from this folder",) if adopted.containers else ()
        return replace(adopted, notes=hint)


def as_new(
    ownership: Ownership, ledger: Ledger, *, approve: Callable[[Adopted], None], dry_run: bool = False
) -> Adopted:
    """Give the hub a project name and an id of its own, and nothing that the engine has.

    Raises NotOwned while it has containers, Declined, Busy, EngineUnavailable, EngineRefused, EditRefused, BadFile.
    """
    layout = ownership.layout
    with ledger.turn("adopt --as-new"):
        if own := ownership.own():
            names = " ".join(each.name for each in own)
            raise NotOwned(
                f"this hub has containers of its own under its present name: {names}",
                hint=f"`hubctl down` removes them; where that is refused, `docker rm --force {names}`",
            )
        fresh = identity.fresh(layout.root)
        noted = ownership.noted if ownership.standing in {"home", "moved"} else None
        shared = [(path, other) for path in ledger.touched if (other := links.other_hub(path, layout.root))]
        told = (f"{path} is a file of the hub in {other}: changes are made there, too" for path, other in shared)
        left = tuple(noted.volumes if noted else ())
        adopted = Adopted(layout.root, fresh.project, left=left, notes=(*_same_ports(layout), *told))
        if dry_run:  # the name is drawn by chance, so this one will be no hub's
            return replace(adopted, project=None, notes=(*adopted.notes, _DRY))
        approve(adopted)
        names_of_its_own = {identity.PROJECT_VARIABLE: fresh.project}
        if identity.VARIABLE in layout.variables:
            names_of_its_own[identity.VARIABLE] = fresh.id
        ownership.release()
        _set(layout.root, names_of_its_own)
        ownership.note.write(fresh)
        return adopted


def _same_ports(layout: Layout) -> Iterator[str]:
    """Say which ports two hubs would both want: a name of its own gives a hub no other ones."""
    ports = sorted({port.host for service in layout.services for port in service.ports if port.host})
    if ports:
        files = " or ".join(str(each) for each in (layout.root / ".env", *layout.files))
        yield (
            f"its ports stay as they were: {', '.join(map(str, ports))}; where another hub, such as the original of a "
            f"copy, holds them, set others in {files}"
        )


def _set(root: Path, values: Mapping[str, str]) -> None:
    """Write variables into `.env`, where Docker Compose reads them for this folder."""
    file = links.own(root / ".env", root)
    disk.create(file, "", mode=0o644)
    text = before = disk.read_text(file)
    for name, value in values.items():
        text = env_edit.assign(text, name, value, file)
    replacing.replace(file, text.encode(), expected=before.encode())
