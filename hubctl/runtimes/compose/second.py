"""The second gateway of a hub that Docker Compose runs: two containers of the running one's image, on its network."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hubctl.adapters.docker.containers import Container
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.second_containers import MODEL_PORT, SecondContainers
from hubctl.core.compose.layout import Layout
from hubctl.core.gateway import embedded_config, second_config
from hubctl.errors import UnknownService
from hubctl.progress import Progress
from hubctl.runtimes import SecondGateway


def containers(engine: Engine, hub: Layout) -> SecondContainers:
    """The throwaway containers of one hub, told from those of others by its compose file."""
    return SecondContainers(engine, hub.files[0])


@contextmanager
def run(
    engine: Engine, hub: Layout, gateways: Sequence[Container], config: str, progress: Progress
) -> Iterator[SecondGateway]:
    """Run both until the block ends. Raises EngineRemote, UnknownService when none of the gateways runs."""
    engine.require_local()
    running = [each for each in gateways if each.instance.status == "running"]
    if not running:
        raise UnknownService("the gateway has no running container", hint="`hubctl up` starts it")
    key = f"sk-{secrets.token_hex(32)}"
    second = containers(engine, hub)
    second.remove()
    try:
        progress("starting a second gateway beside the running one")
        variables = embedded_config.process_environment(second_config.variables(key, MODEL_PORT), {})
        address = second.start(running[0].instance.id, config, variables)
        yield SecondGateway(address, key, second.has_ended, second.log)
    finally:
        second.remove()
