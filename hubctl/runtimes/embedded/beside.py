"""What an engine runs of a hub whose gateway is a process of this machine, as far as the engine can be asked."""

from collections.abc import Callable
from contextlib import suppress

from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.state.identity import IdentityNote
from hubctl.core.compose.layout import Layout
from hubctl.errors import EngineRefused, EngineRemote, EngineUnavailable, HubError, UnknownContext
from hubctl.progress import Progress
from hubctl.runtimes.compose.ownership import Ownership
from hubctl.runtimes.compose.runtime import ComposeRuntime
from hubctl.runtimes.embedded.neighbours import Held

LOOK_S = 2.0


class Beside:
    """This hub's own containers, beside its embedded gateway."""

    def __init__(self, layout: Layout, engine: Callable[[], Engine], composed: Callable[[], ComposeRuntime]) -> None:
        self._layout = layout
        self._engine = engine
        self._composed = composed

    def published(self) -> Held:
        """Say where they listen; nowhere where no engine can be asked."""
        with suppress(HubError):
            return self._composed().ownership.published()
        return {}

    def running(self) -> dict[str, str]:
        """Give the container of each service that runs; none where no engine is there to be asked within LOOK_S.

        One that has never run anything of this hub is not asked: few machines with an embedded gateway have one.
        """
        if not self._is_used():
            return {}
        with suppress(HubError):
            engine = self._engine().within(LOOK_S)
            engine.require_local()
            own = Ownership(self._layout, engine).own()
            return {each.service or each.name: each.name for each in own if each.is_running}
        return {}

    def refuse(self, service: str) -> None:
        """Raise EngineRefused where a container runs a service that is to be a process."""
        if name := self.running().get(service):
            raise EngineRefused(
                f"{service} of this hub runs in a container: {name}", hint="`hubctl down` stops the hub"
            )

    def down(self, *, volumes: bool, progress: Progress) -> tuple[bool, tuple[str, ...]]:
        """Stop them, and with `volumes` delete the data. Gives whether any ran, and what nobody could tell.

        Raises what the other runtime's `down` does, with nothing stopped.
        """
        try:
            engine = self._engine()
            engine.require_local()
            ownership = Ownership(self._layout, engine)
            if not volumes and not ownership.own():
                return False, ()
        except (EngineUnavailable, EngineRemote, UnknownContext) as error:
            if volumes and self._is_used():
                raise
            what = "volumes of this hub are left" if volumes else "containers of this hub run"
            told = f"whether {what}, its engine alone can tell: {error.message}"
            return False, (told,) if volumes or self._is_used() else ()
        return self._composed().down(volumes=volumes, progress=progress), ()

    def _is_used(self) -> bool:
        """Whether an engine has ever run anything of this hub, as far as hubctl knows."""
        return IdentityNote(self._layout.root).read() is not None
