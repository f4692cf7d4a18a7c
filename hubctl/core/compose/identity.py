"""Which hub a folder is: the id, the folder and the volumes that hubctl noted for it when it made or started it.

Docker knows a hub by the name of its Compose project alone, and two folders may have the same; so what is on an engine
counts as this hub's only where a label or this note says so.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

# On the volumes of a new hub, with the id that `hubctl init` writes into `.env` under this name.
LABEL = "hubctl.hub"
VARIABLE = "HUB_ID"
PROJECT_VARIABLE = "COMPOSE_PROJECT_NAME"

# home: noted for this very folder. unknown: nothing is noted. moved: noted for a folder that is there no more.
# copied: noted for a folder that is there still.
Standing = Literal["home", "unknown", "moved", "copied"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What is noted of a hub.

    `project` is Compose's name for it, `former` the folders that it was moved from and whose containers it has taken
    over. `volumes` has the engine's CreatedAt of each: another volume of the same name is another volume.
    """

    id: str
    root: Path
    project: str
    former: tuple[Path, ...] = ()
    volumes: Mapping[str, str] = field(default_factory=dict)


def fresh(root: Path) -> Identity:
    """Make the identity of a new hub: its project is called like its folder, and like no other."""
    name = re.sub(r"[^a-z0-9_-]", "", root.name.lower()).strip("_-")[:40]
    return Identity(secrets.token_hex(16), root, f"{name or 'hub'}-{secrets.token_hex(3)}")


def parse(text: str) -> Identity:
    """Read what `dump` wrote. Raises ValueError, KeyError, TypeError, AttributeError."""
    told = json.loads(text)
    former = tuple(Path(each) for each in told["former"])
    volumes = {str(name): str(made) for name, made in told["volumes"].items()}
    return Identity(str(told["id"]), Path(told["root"]), str(told["project"]), former, volumes)


def dump(identity: Identity) -> str:
    """Write it down as JSON."""
    return json.dumps(asdict(identity), indent=2, default=str)
