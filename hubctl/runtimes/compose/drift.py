"""What of a running container no longer fits the files, gathered without starting a process."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hubctl.adapters.docker.containers import Container
from hubctl.adapters.docker.engine import Engine, Image
from hubctl.adapters.files import digests
from hubctl.core.change import drift
from hubctl.core.change.drift import ConfigTimes, Drift, Fresh
from hubctl.core.compose.layout import Service, config_places
from hubctl.errors import BadFile
from hubctl.runtimes.compose.starts import StartNotes


def images_of(engine: Engine, containers: Sequence[Container]) -> dict[str, Image]:
    """Look at the images that the containers are named after, and where these have moved on, at their own."""
    named = engine.images({container.instance.image for container in containers})
    known = {image.id for image in named.values()}
    return named | engine.images({container.image_id for container in containers} - known)


@dataclass
class ComposeDrift:
    """Compares the containers of services with the files. `notes` collects what could not be known, for people."""

    fresh: Callable[[Service], Fresh]
    starts: StartNotes
    images: Mapping[str, Image]
    notes: list[str] = field(default_factory=list)

    def of(self, service: Service, containers: Sequence[Container]) -> tuple[Drift, ...]:
        """Compare the containers of one service; what several of them have in common is said once."""
        found = (each for container in containers for each in self._of_container(service, container))
        return tuple(dict.fromkeys(found))

    def _of_container(self, service: Service, container: Container) -> Iterator[Drift]:
        command = "hubctl restart" if service.role == "gateway" else f"hubctl restart {service.name}"
        yield from self._environment(service, container, command)
        if service.role == "gateway" and container.instance.pid:
            yield from self._config(service, container, command)
        name = container.instance.image
        current = self.images.get(name)
        if current and current.id != container.image_id:
            yield Drift("image", name, f"{name} is another image since the container was created: `{command}`")

    def _environment(self, service: Service, container: Container, command: str) -> Iterator[Drift]:
        try:
            fresh = self.fresh(service)
        except BadFile as error:
            self.notes.append(f"whether the environment of {service.name} is still right is unknown: {error.message}")
            return
        by_id = {image.id: image for image in self.images.values()}
        image = by_id.get(container.image_id)
        yield from drift.environment(container.environment, fresh, image.environment if image else None, command)

    def _config(self, service: Service, container: Container, command: str) -> Iterator[Drift]:
        path, target = config_places(service)
        if path is None or container.instance.started_at is None:
            return
        now = digests.of_file(path)
        if now is None:
            yield Drift("config", path.name, f"{path} cannot be read any more; the running gateway has read it before")
            return
        changed = drift.config_changed(self._times(container, path, target, now))
        if changed:
            yield Drift("config", path.name, f"{path.name} was changed after the gateway read it: `{command}`")
        if changed is None:
            self.notes.append(
                f"{path.name} was moved or changed its mode after {service.name} was started by something else than "
                f"hubctl; whether it was read as it is now is unknown: `{command}` makes sure"
            )

    def _times(self, container: Container, path: Path, target: str, now: str) -> ConfigTimes:
        run = container.instance
        written_at, changed_at = digests.times(path)
        return ConfigTimes(
            now=now,
            at_start=self.starts.digest(container),
            inside=digests.inside(run.id, run.pid or 0, target),
            started_at=datetime.fromisoformat(run.started_at or ""),
            written_at=written_at,
            changed_at=changed_at,
        )
