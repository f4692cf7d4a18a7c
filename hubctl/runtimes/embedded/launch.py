"""What the next start of an embedded gateway needs, made from the hub's files and from what answers on this host."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.adapters.gateway.process import find_executable
from hubctl.core.compose.layout import Layout, Service, config_path
from hubctl.core.gateway import embedded_config
from hubctl.core.gateway.derived import Derived, named_ollamas
from hubctl.core.gateway.embedded_run import Neighbour, Origin
from hubctl.core.models import model_list
from hubctl.errors import BadFile
from hubctl.runtimes.embedded import drift
from hubctl.runtimes.embedded.neighbours import Held, look_around, neighbours, places


@dataclass(frozen=True, slots=True)
class Launch:
    """All that the next start needs."""

    executable: Path
    folder: Path
    derived: Derived
    neighbours: tuple[Neighbour, ...]
    origin: Origin


def prepared(layout: Layout, gateway: Service, environment: Mapping[str, str], held: Held, *, demo: bool) -> Launch:
    """Derive what the gateway is started on. Raises BadFile, EmbeddedMissing."""
    executable = find_executable()
    path = config_path(gateway)
    if path is None:
        raise BadFile(f"the service {gateway.name} mounts no litellm config, so there is none to run on")
    text = disk.read_text(path)
    config = model_list.load(text, path)
    known = places(layout, held)
    relocated = embedded_config.relocate(config, environment, known, folder=path.parent)
    troubles, pulled = look_around(relocated, known)
    derived = embedded_config.derive(relocated, troubles, pulled, demo=demo)
    around = neighbours(layout, derived, held, named_ollamas(config, environment))
    return Launch(executable, path.parent, derived, around, drift.origin(text, environment))
