"""The hub whose stack runs on the engine, for a command that was called outside of any hub's folder."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hubctl.adapters.docker.engine import Engine
from hubctl.core.compose.layout import Layout
from hubctl.errors import AmbiguousService, HubError


def only_one(engine: Engine, load: Callable[[Path], Layout]) -> Layout | None:
    """Find it, when there is no other. Raises AmbiguousService for several."""
    hubs = []
    with suppress(HubError):  # without an engine nothing runs
        for file in engine.compose_files():
            with suppress(HubError):  # the stack of something else, or of another machine
                hubs.append(load(file))
    if len(hubs) > 1:
        names = ", ".join(str(hub.files[0]) for hub in hubs)
        raise AmbiguousService(f"several hubs run here: {names}", hint="name one of them with `--hub FILE`")
    return hubs[0] if hubs else None


def agreed(file: Path, say: Callable[[str], None], ask: Callable[..., None] | None) -> Path:
    """Say which hub was taken, though nobody named it; with `ask`, get a yes to change it, or be told another way."""
    if ask is None:
        say(f"hub: {file}, the one that runs here, for this is no hub's folder")
    else:
        ask(f"This is no hub's folder. Change the one hub that runs, {file}?", instead=f"name it: --hub {file}")
    return file
