"""One look at a hub of containers: what of it the engine has, and whether it would let anything be started."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hubctl import parallel
from hubctl.adapters.docker.containers import Container
from hubctl.adapters.docker.engine import Engine, Image
from hubctl.core.compose.layout import Layout
from hubctl.core.compose.stack import EngineState, Snapshot, WayUp
from hubctl.errors import EngineRefused, EngineRemote, EngineUnavailable, HubError
from hubctl.runtimes.compose.drift import ComposeDrift, images_of
from hubctl.runtimes.compose.ownership import Ownership
from hubctl.runtimes.compose.second import Second
from hubctl.runtimes.compose.view import is_left_over, run_of


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the engine told. `notes` are of what is not known to be the hub's, and of what a killed `verify` left."""

    containers: Sequence[Container]
    images: Mapping[str, Image]
    project: str
    way_up: WayUp
    notes: tuple[str, ...]


def at(
    layout: Layout,
    engine: Engine,
    second: Second,
    comparing: Callable[[Mapping[str, Image]], ComposeDrift],
    timeout_s: float,
) -> Snapshot:
    """Describe every service of the compose files; the notes say what could not be read in them."""
    engine = engine.within(timeout_s)
    machine = engine.address.machine
    services = tuple(service for service in layout.services if not service.profiles)
    notes = tuple(str(note) for note in layout.notes)
    try:
        # Each request has its limit; together they have this one.
        (seen,) = parallel.each(
            lambda each: _seen(layout, each, second), [engine], timeout_s=timeout_s, late=lambda each: each.give_up()
        )
    except (EngineUnavailable, EngineRefused) as error:
        state = EngineState("unreachable", error.sentence)
        return Snapshot(None, state, tuple(run_of(service, [], machine, engine.doubt) for service in services), notes)
    seen_only = f", on another machine: hubctl only looks; to change anything, run it on {machine}"
    state = EngineState("reachable", f"{engine.address}{seen_only if machine else ''}")
    compared = comparing(seen.images)
    runs = []
    for service in services:
        mine = [each for each in seen.containers if each.service == service.name and not is_left_over(each)]
        runs.append(run_of(service, mine, machine, engine.doubt, () if machine else compared.of(service, mine)))
    cut_off = (
        f"{container.instance.name} is left of a recreation that was cut off: {seen.way_up.then('finishes it')}"
        for container in filter(is_left_over, seen.containers)
    )
    project = seen.project if seen.containers else None
    return Snapshot(project, state, tuple(runs), (*seen.notes, *notes, *compared.notes, *cut_off), seen.way_up)


def way_up(engine: Engine, ownership: Ownership) -> WayUp:
    """Tell whether `hubctl up` would be refused: on another machine's engine, or for what is not this hub's."""
    refusal: HubError | None
    try:
        engine.require_local()
        refusal = next(ownership.complaints(data=True), None)
    except EngineRemote as remote:
        refusal = remote
    return WayUp(refused=refusal.message, first=refusal.hint) if refusal else WayUp()


def _seen(layout: Layout, engine: Engine, second: Second) -> _Seen:
    ownership = Ownership(layout, engine)
    containers = engine.containers(ownership.belongs)
    way = way_up(engine, ownership)
    told: tuple[str, ...] = ()
    if not engine.address.machine:
        told = (*((f"{way.refused}; {way.first}",) if way.refused else ()), *second.left(engine, ownership.folders))
    return _Seen(containers, images_of(engine, containers), ownership.project, way, told)
