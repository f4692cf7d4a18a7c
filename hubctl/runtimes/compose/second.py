"""The second gateway of a hub that Docker Compose runs: two containers of the running one's image, on its network."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hubctl.adapters.docker.containers import Container
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.second_containers import MODEL_PORT, SecondContainers
from hubctl.adapters.state import lock
from hubctl.core.compose.layout import Layout
from hubctl.core.gateway import embedded_config, second_config
from hubctl.errors import Busy, UnknownService
from hubctl.progress import Progress
from hubctl.runtimes import SecondGateway


class Second:
    """The throwaway containers of one hub, of this hubctl, of another one, or left by one that was killed."""

    def __init__(self, hub: Layout, state_folder: Path) -> None:
        self._compose_file = hub.files[0]
        self._lock = state_folder / lock.VERIFY

    def left(self, engine: Engine, folders: Iterable[Path]) -> tuple[str, ...]:
        """Tell of containers whose hubctl has ended without removing them, in any of the hub's folders."""
        names = self._containers(engine, folders).names()
        if not names or lock.holder_of(self._lock):
            return ()
        return (f"{', '.join(names)}: left by a `hubctl verify` that was killed; `hubctl up` or `down` removes this",)

    def clear_away(self, engine: Engine, folders: Iterable[Path]) -> None:
        """Remove what a hubctl that was killed has left. Raises Busy, with nothing removed, while one still uses it."""
        containers = self._containers(engine, folders)
        if not containers.names():
            return
        if holder := lock.holder_of(self._lock):
            raise Busy(f"{holder} works with this hub", hint="wait for it to end, or interrupt it, and run again")
        containers.remove()

    @contextmanager
    def run(
        self, engine: Engine, gateways: Sequence[Container], config: str, progress: Progress
    ) -> Iterator[SecondGateway]:
        """Run both until the block ends. Raises EngineRemote, UnknownService when none of the gateways runs."""
        engine.require_local()
        running = [each for each in gateways if each.instance.status == "running"]
        if not running:
            raise UnknownService("the gateway has no running container", hint="`hubctl status` shows what runs")
        key = f"sk-{secrets.token_hex(32)}"
        second = SecondContainers(engine, self._compose_file)
        second.remove()
        try:
            progress("starting a second gateway beside the running one")
            variables = embedded_config.process_environment(second_config.variables(key, MODEL_PORT), {})
            address = second.start(running[0].instance.id, config, variables)
            yield SecondGateway(address, key, second.has_ended, second.log)
        finally:
            second.remove()

    def _containers(self, engine: Engine, folders: Iterable[Path]) -> SecondContainers:
        return SecondContainers(engine, self._compose_file, [each / self._compose_file.name for each in folders])
