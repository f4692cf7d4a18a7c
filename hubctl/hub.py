"""The hub that a command works on: its files, its credentials, what runs it. Each is made when first used."""

from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubctl.adapters.docker import engine_address
from hubctl.adapters.docker.compose import Compose
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.engine_address import EngineAddress
from hubctl.adapters.files import hub_files
from hubctl.adapters.state import identity, last_run, links
from hubctl.adapters.state.ledger import Ledger
from hubctl.adapters.state.proven import Proven
from hubctl.core.compose import layout
from hubctl.core.compose.layout import Layout, Service
from hubctl.core.compose.stack import Address, Role, Snapshot
from hubctl.errors import BadFile, HubNotFound
from hubctl.operations import secrecy
from hubctl.operations.providers import credentials
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.providers.keys import EnvFiles, GatewayFiles
from hubctl.operations.stack import addresses, running
from hubctl.output import Output
from hubctl.runtimes import Runtime
from hubctl.runtimes.compose.runtime import ComposeRuntime
from hubctl.settings import Settings

# Loaded where it is used: 20 ms, and few commands need it.
if TYPE_CHECKING:
    from hubctl.operations.stack.start import Starter
    from hubctl.runtimes.embedded.runtime import EmbeddedRuntime

LOOK_S = 5.0


class Hub:
    """What commands may use. Nothing is read or connected before a command asks for it."""

    def __init__(
        self,
        settings: Settings,
        output: Output,
        *,
        folder: Path | None = None,
        service: str | None = None,
        context: str | None = None,
        runtime: Runtime | None = None,
        changes: bool = False,
    ) -> None:
        self.settings = settings
        self.output = output
        self.progress = output.progress
        self._folder = folder or settings.hub
        place = settings.cwd / (self._folder or "")
        output.masker = secrecy.masker(lambda: self.__dict__.get("layout"), place, settings.environment)
        self._service, self._context = service, context
        self._given = self._runtime = runtime
        self._changes = changes

    def afresh(self) -> "Hub":
        """The same hub for another look: nothing of it is known yet. It says nothing and asks nobody."""
        named: dict[str, Any] = {"service": self._service, "context": self._context}
        output = Output(as_json=True, color=False, asks=False)
        return Hub(self.settings, output, folder=self._folder, runtime=self._given, **named)

    @cached_property
    def layout(self) -> Layout:
        """The compose file as read: services, roles, ports, files. Raises HubNotFound, BadFile, AmbiguousService."""
        if self._folder:
            return self._load(self.settings.cwd / self._folder)
        if found := hub_files.find(self.settings.cwd, self.settings.environment, self._compose_view):
            return found
        if one := running.only_one(Engine(self.engine_address, timeout_s=LOOK_S), self._load):
            ask = partial(self.output.confirm, yes=False, must_answer=True) if self._changes else None
            self._folder = running.agreed(one.files[0], self.output.warn, ask)
            return one
        raise HubNotFound(
            f"no hub in {self.settings.cwd} or above: no compose file there has a LiteLLM service",
            hint="`hubctl init my-hub` makes one; `--hub DIR` names one",
        )

    @property
    def root(self) -> Path:
        """The hub's folder."""
        return self.layout.root

    @property
    def state_folder(self) -> Path:
        """Where hubctl keeps what it must remember of this hub. Raises NotOwned where that is another hub's."""
        return links.own(self.root / identity.FOLDER, self.root)

    @cached_property
    def gateway(self) -> Service:
        """The LiteLLM service. Raises AmbiguousService when several fit and --service names none of them."""
        return self.layout.service("gateway", self._service)

    @property
    def config(self) -> Path:
        """The litellm config on this machine. Raises BadFile when the gateway mounts none."""
        path = layout.config_path(self.gateway)
        if path is None:
            raise BadFile(
                f"{self.layout.files[0]}: the service {self.gateway.name} mounts no litellm config",
                hint="mount one as a volume and name it with --config in its command",
            )
        return path

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """What the gateway's env files and the compose file give it; nothing where these cannot be read."""
        return credentials.lenient_environment(self.gateway, self.layout.variables)

    @cached_property
    def credentials(self) -> Credentials:
        """The keys that the hub's files give its services."""
        return credentials.of_gateway(self.gateway, self.layout.variables)

    def gateway_files(self, config: Path | None = None, env_file: Path | None = None) -> GatewayFiles:
        """The files that decide about models and providers: the hub's, or the lone ones that were named."""
        if config is not None or env_file is not None:
            env = EnvFiles((self.settings.cwd / env_file,)) if env_file else None
            return GatewayFiles(self.settings.cwd / config if config else None, env)
        env = EnvFiles(
            files=tuple(each.path for each in self.gateway.env_files),
            fixed=self.gateway.environment,
            dotenv=self.root / ".env",
            compose_file=self.layout.files[0],
            variables=self.layout.variables,
            shell=self.settings.environment,
        )
        return GatewayFiles(self.config, env)

    def ledger(self, config: Path | None = None, env_file: Path | None = None) -> Ledger:
        """The lock and receipts of the hub; of lone files, a lock on each."""
        state_folder = None if config or env_file else self.state_folder
        return Ledger(state_folder, self.gateway_files(config, env_file).paths, self.output.masker)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of this hub that a change may touch: its config and every service's env files. Raises HubError."""
        env_files = (each.path for service in self.layout.services for each in service.env_files)
        return (*self.gateway_files().paths, *env_files)

    def starter(self, service: str, timeout_s: float) -> "Starter":
        """What starts a service of this hub anew and proves it."""
        from hubctl.operations.stack.start import Starter

        is_gateway = service == self.gateway.name
        return Starter(
            root=self.root,
            runtime=self.runtime,
            credentials=lambda: credentials.of_gateway(self.gateway, self.layout.variables),
            service=service,
            config=layout.config_path(self.gateway) if is_gateway else None,
            timeout_s=timeout_s,
            progress=self.progress,
        )

    @property
    def proven(self) -> Proven:
        """The configs that the gateway was last proved to run with."""
        return Proven(self.state_folder / "proven")

    @property
    def runtime(self) -> Runtime:
        """What runs this hub: the embedded gateway where it runs or ran last, else Docker Compose."""
        if self._runtime is None:
            self._runtime = self.embedded(demo=False) if self.is_embedded else self.composed()
        return self._runtime

    @property
    def is_embedded(self) -> bool:
        """Whether the gateway runs, or ran last, as a process of this machine."""
        return last_run.is_embedded(self.state_folder)

    def starting(self, *, embedded: bool, demo: bool) -> Runtime:
        """Choose what is to run this hub from now on. Raises HubError while the other one runs it."""
        if embedded:
            self._runtime = self.embedded(demo=demo)
        elif self.is_embedded:
            from hubctl.runtimes.embedded.runtime import forget

            forget(self.state_folder)
            self._runtime = self.composed()
        return self.runtime

    def composed(self) -> ComposeRuntime:
        """This hub run by Docker Compose."""
        return ComposeRuntime(
            self.layout,
            self._engine(),
            self._compose(self.layout.files),
            environment=lambda service: credentials.fresh_environment(service, self.layout.variables),
            state_folder=self.state_folder,
        )

    @cached_property
    def engine_address(self) -> EngineAddress:
        """Which engine is meant. Raises UnknownContext."""
        return engine_address.choose(self.settings.environment, self._context)

    def embedded(self, *, demo: bool) -> "EmbeddedRuntime":
        """This hub run as a local process; with `demo`, local models without an Ollama get canned answers."""
        from hubctl.runtimes.embedded.beside import Beside
        from hubctl.runtimes.embedded.runtime import EmbeddedRuntime

        return EmbeddedRuntime(
            self.layout,
            self.gateway,
            environment=lambda: credentials.service_environment(self.gateway, self.layout.variables),
            shell=self.settings.environment,
            state_folder=self.state_folder,
            beside=Beside(self.layout, self._engine, self.composed),
            demo=demo,
        )

    def _engine(self) -> Engine:
        return Engine(self.engine_address, learn=self.output.masker.learn)

    def address(self, role: Role) -> Address | None:
        """Where this hub's own service of a role listens; null when none runs here or it publishes no port."""
        return addresses.of_role(self._look(), role, self.gateway.name if role == "gateway" else None)

    def gateway_address(self) -> Address:
        """Where this hub's own gateway can be asked from here. Raises UnknownService, EngineUnavailable."""
        return addresses.of_gateway(self._look(), self.gateway.name, self.engine_address.machine)

    def ollama_to_change(self) -> Address:
        """Where this hub's own Ollama takes models from here. Raises UnknownService, EngineUnavailable."""
        return addresses.of_ollama_to_change(self._look())

    def _look(self) -> Snapshot:
        """What runs now: whatever was seen before, a change may have given a service another container since."""
        return self.runtime.snapshot(timeout_s=LOOK_S)

    def _load(self, place: Path) -> Layout:
        return hub_files.load(place, self.settings.environment, self._compose_view)

    def _compose(self, files: tuple[Path, ...]) -> Compose:
        return Compose(files[0].parent, files, self.settings.environment, context=self.engine_address.context)

    def _compose_view(self, files: tuple[Path, ...]) -> Mapping[str, object]:
        return self._compose(files).resolved()
