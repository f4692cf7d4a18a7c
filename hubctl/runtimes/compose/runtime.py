"""The hub on one machine: Docker Compose creates and removes, the Docker SDK looks and restarts."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from hubctl.adapters.docker.compose import Compose
from hubctl.adapters.docker.containers import Container
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.inside import ContainerInside
from hubctl.core.change.drift import Drift, DriftKind, Fresh
from hubctl.core.compose.layout import Layout, Service
from hubctl.core.compose.stack import Follow, LogLine, Snapshot
from hubctl.errors import EngineRefused, HubError, UnknownService
from hubctl.progress import Progress
from hubctl.runtimes import SecondGateway
from hubctl.runtimes.compose import conflicts, look, remains
from hubctl.runtimes.compose.drift import ComposeDrift, images_of
from hubctl.runtimes.compose.ownership import Ownership
from hubctl.runtimes.compose.second import Second
from hubctl.runtimes.compose.starts import StartNotes
from hubctl.runtimes.compose.view import BOOT_GRACE_S, grace_s_of, is_left_over, names_of, names_to_be
from hubctl.runtimes.obstacles import bad_env_files, config_obstacles


class ComposeRuntime:
    """A hub run by Docker Compose."""

    name = "compose"
    ended_by_restart: frozenset[DriftKind] = frozenset({"config"})
    beside = None

    def __init__(
        self,
        hub: Layout,
        engine: Engine,
        compose: Compose,
        *,
        environment: Callable[[Service], Fresh],
        state_folder: Path,
    ) -> None:
        self._layout = hub
        self._environment = environment
        self._starts = StartNotes(state_folder, hub)
        self._second = Second(hub, state_folder)
        self._engine = engine
        self._compose = compose

    @property
    def ownership(self) -> Ownership:
        """What on the engine is this hub's, as it is now."""
        return Ownership(self._layout, self._engine)

    def prepare(self, *, progress: Progress) -> None:
        """Pull the images that are not on the engine's machine, for a hub that may be started."""
        self._engine.require_local()
        self.ownership.require(data=True)
        services = [service for service in self._expected() if service.image and not service.build]
        wanted = frozenset(service.image for service in services if service.image)
        missing = wanted - self._engine.images(wanted).keys()
        if not missing:
            return
        progress(f"pulling {', '.join(sorted(missing))}")
        try:
            self._compose.pull([service.name for service in services if service.image in missing], progress=progress)
        except HubError as error:
            names = ", ".join(sorted(missing))
            raise EngineRefused(
                f"not on this machine, and cannot be pulled: {names} ({error.message})",
                hint="correct the image in .env or the compose file, or load it with `docker load`",
            ) from error

    def up(self, *, timeout_s: float, progress: Progress) -> None:
        """Create and start every service."""
        self._engine.require_local()
        ownership = self.ownership
        ownership.require(data=True)
        self._clear_away(self._containers(ownership), progress)
        self._second.clear_away(self._engine, ownership.folders)
        progress("starting the services")
        with self._telling_what_stays(ownership), self._starting():
            self._compose.up(project=ownership.project, timeout_s=timeout_s, progress=progress)

    def down(self, *, volumes: bool, progress: Progress) -> bool:
        """Remove containers and networks, and with `volumes` the data."""
        self._engine.require_local()
        ownership = self.ownership
        ownership.require(data=volumes)
        ownership.remember()  # without its containers, nothing else would say whose the volumes are
        self._second.clear_away(self._engine, ownership.folders)  # it would hold on to the network
        self._compose.down(project=ownership.project, volumes=volumes, progress=progress)
        remains.require_none(ownership, self._engine, data=volumes)
        if volumes:
            ownership.release()
        return any(not each.is_one_off for each in ownership.own())

    def snapshot(self, *, timeout_s: float) -> Snapshot:
        """Describe every service of the compose files; the notes say what could not be read in them."""
        seen = look.at(
            self._layout,
            self._engine,
            self._second,
            lambda images: ComposeDrift(self._environment, self._starts, images),
            timeout_s,
        )
        return replace(seen, notes=(*seen.notes, *self._starts.unwritten))

    def restart(self, service: str, *, progress: Progress) -> None:
        """Restart every container of the service, with the environment that it was created with.

        What a recreation that was cut off has left of it goes.
        """
        self._engine.require_local()
        ownership = self.ownership
        ownership.require(data=False)
        found = self._of(service)
        containers = [each for each in found if not is_left_over(each)]
        if not containers:
            way_up = look.way_up(self._engine, ownership)
            raise UnknownService(
                f"the service {service} has no container{way_up.why_not}", hint=way_up.then("creates it")
            )
        self._clear_away(found, progress)
        with self._starting(makes=False):
            for container in containers:
                progress(f"restarting {container.instance.name}")
                self._engine.restart(container.instance.id, grace_s=grace_s_of(container))

    def recreate(self, service: str, *, timeout_s: float, progress: Progress) -> None:
        """Create the service's containers anew by Docker Compose; what an earlier attempt left half done goes, too."""
        self._engine.require_local()
        ownership = self.ownership
        ownership.require(data=True)
        containers = self._of(service)
        self._clear_away(containers, progress)
        project = ownership.project
        grace_s = max(map(grace_s_of, containers), default=BOOT_GRACE_S)
        progress(f"creating {service} anew")
        with self._telling_what_stays(ownership), self._starting():
            self._compose.recreate(
                service,
                {*names_of(containers), *names_to_be(self._layout, service, project)},
                project=project,
                grace_s=grace_s,
                timeout_s=timeout_s,
                progress=progress,
            )

    def drift(self, service: str) -> tuple[Drift, ...]:
        """Compare the service's containers with the files, and ask Compose about what that passes over."""
        self._engine.require_local()
        containers = [each for each in self._of(service) if not is_left_over(each)]
        if not containers:
            return ()
        images = images_of(self._engine, containers)
        described = self._layout.named(service)
        found = ComposeDrift(self._environment, self._starts, images).of(described, containers)
        explained = {each.kind for each in found} & {"env", "image"}
        if explained:
            return found
        if not self._compose.would_recreate(service, names_of(containers), project=containers[0].project):
            return found
        detail = f"{service} is described otherwise in the compose file since its container was created"
        return (*found, Drift("compose", service, detail))

    def obstacles(self, service: str) -> tuple[HubError, ...]:
        """Look at the files that a start of the service needs, for its ports and its image. Raises EngineRemote."""
        self._engine.require_local()
        described = self._layout.named(service)
        found: list[HubError] = [*self.ownership.complaints(data=True)]
        found += (*bad_env_files(self._expected(), self._layout.variables), *config_obstacles(described))
        found += conflicts.taken_ports(self._engine, described, self._of(service))
        image = described.image
        if image and not described.build and not self._engine.images([image]):
            found.append(EngineRefused(f"the image {image} is not on this machine", hint="`hubctl up` pulls it"))
        return tuple(found)

    def inside(self, service: str) -> ContainerInside | None:
        """Give the first container of the service that runs."""
        running = (each for each in self._of(service) if each.instance.status == "running")
        return next((ContainerInside(self._engine, each) for each in running), None)

    def logs(self, service: str | None, *, follow: Follow, tail: int | None, since: str | None) -> Iterator[LogLine]:
        """Read the logs of the project's containers."""
        ownership = self.ownership
        containers, project = self._containers(ownership), ownership.project
        if not containers:
            way_up = look.way_up(self._engine, ownership)
            raise UnknownService(
                f"nothing of this hub runs, so there are no logs{way_up.why_not}", hint=way_up.then("starts it")
            )
        if service is not None and service not in {each.service for each in containers}:
            raise UnknownService(
                f"the service {service} has no container, so no log", hint="`hubctl status` lists them"
            )
        services = {each.instance.name.removeprefix(f"{project}-"): each.service for each in containers}
        lines = self._compose.logs(service, project=project, follow=follow, tail=tail, since=since)
        return (LogLine(services.get(source, source), text) for source, text in lines)

    def demo_models(self) -> frozenset[str]:
        """Containers never answer with canned texts."""
        return frozenset()

    def second_gateway(self, service: str, config: str, *, progress: Progress) -> AbstractContextManager[SecondGateway]:
        """Run two containers of the running gateway's image, on its network."""
        return self._second.run(self._engine, self._of(service), config, progress)

    def _expected(self) -> tuple[Service, ...]:
        return tuple(service for service in self._layout.services if not service.profiles)

    def _of(self, service: str) -> list[Container]:
        return [container for container in self._containers() if container.service == service]

    def _clear_away(self, containers: Sequence[Container], progress: Progress) -> None:
        """Remove what a recreation that was cut off has left beside the container that it was to follow."""
        whole = {(each.service, each.number) for each in containers if not is_left_over(each)}
        for each in filter(is_left_over, containers):
            if (each.service, each.number) in whole:
                progress(f"removing {each.instance.name}, left of a recreation that was cut off")
                self._engine.remove(each.instance.id)

    def _containers(self, ownership: Ownership | None = None) -> list[Container]:
        return self._engine.containers((ownership or self.ownership).belongs)

    @contextmanager
    def _telling_what_stays(self, before: Ownership) -> Iterator[None]:
        """Let an error that ends a start say what that has created until then, and what removes it."""
        there = {each.name for each in before.own()}
        try:
            yield
        except HubError as error:
            with suppress(HubError):  # the engine may be what failed
                if made := sorted({each.name for each in self.ownership.own()} - there):
                    stays = f"created until then: {', '.join(made)}; `hubctl down` removes that, but no data"
                    error.hint = f"{error.hint}; {stays}" if error.hint else stays
            raise

    @contextmanager
    def _starting(self, *, makes: bool = True) -> Iterator[None]:
        """Note what is started meanwhile, and say more of what stops it than engine and Compose can."""
        with conflicts.explained(self._layout, self._engine, self._expected()):
            try:
                with self._starts.noting(self._containers):
                    yield
            except BaseException:
                with suppress(HubError):  # what a start that failed has made is this hub's, too
                    self.ownership.remember(made_all=makes)
                raise
            self.ownership.remember(made_all=makes)
