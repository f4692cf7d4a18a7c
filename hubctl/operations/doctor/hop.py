"""What every look at a hop needs: the hub, what its status says, and ways to ask from inside its services."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.core.compose import layout as layouts
from hubctl.core.compose.layout import Layout, Service
from hubctl.core.compose.stack import Address, Role
from hubctl.core.doctor.hops import Hop
from hubctl.core.models import model_list
from hubctl.core.models.model_list import ModelList
from hubctl.core.probe import Answer, NoAnswer, Probe
from hubctl.errors import BadFile, HubError
from hubctl.operations.providers import credentials
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack import lifecycle
from hubctl.operations.stack.status import ServiceStatus, StackStatus
from hubctl.runtimes import Inside, Runtime


@dataclass(frozen=True)
class Examination:
    """One look at one hub. `limit_s` is how long a single question may take.

    `addresses` is where each service can be reached from here; each tells when that is not certain any more.
    """

    layout: Layout
    gateway: Service
    runtime: Runtime
    credentials: Credentials
    seen: StackStatus
    limit_s: float
    addresses: Mapping[str, Address] = field(default_factory=dict)
    insides: dict[str, Inside | None] = field(default_factory=dict)

    def with_role(self, role: Role | None) -> tuple[ServiceStatus, ...]:
        """The services of a role; of several gateways, the one that is meant."""
        found = (each for each in self.seen.services if each.role == role)
        return tuple(each for each in found if role != "gateway" or each.service == self.gateway.name)

    def service_of(self, role: Role) -> str:
        """The name of the first service of a role, or the role where there is none."""
        return next((each.service for each in self.with_role(role)), role)

    def renewed(self, service: str) -> str:
        """What to do for a service that is not in its network under its name."""
        named = "".join(f" -f {file.name}" for file in self.layout.files)
        command = f"`docker compose{named} up -d --no-deps --force-recreate {service}`"
        return f"{command} in the hub's folder puts {service} back into its network, under its name"

    def inside(self, service: str) -> Inside:
        """A place in the service to look from. Raises HubError where nothing of it runs."""
        if service not in self.insides:
            self.insides[service] = self.runtime.inside(service)
        found = self.insides[service]
        if found is None:
            raise HubError(f"nothing of {service} runs")
        return found

    def ask(self, service: str, probe: Probe) -> Answer:
        """Ask from inside a service. Raises NoAnswer, HubError."""
        return self.inside(service).probe(probe, timeout_s=self.limit_s)

    def environment(self, service: Service) -> Mapping[str, str]:
        """What the service runs with; what its files give where nothing of it runs."""
        try:
            return self.inside(service.name).environment
        except HubError:
            return credentials.lenient_environment(service, self.layout.variables)

    @cached_property
    def config_path(self) -> Path | None:
        """The gateway's config."""
        return layouts.config_path(self.gateway)

    @cached_property
    def config(self) -> Mapping[str, object]:
        """The gateway's config; empty where it cannot be read, which its own rules tell of."""
        try:
            return model_list.load(disk.read_text(self.config_path), self.config_path) if self.config_path else {}
        except BadFile:
            return {}

    @cached_property
    def models(self) -> ModelList | None:
        """What the config lists; null where it cannot be read."""
        try:
            path = self.config_path
            return model_list.read(disk.read_text(path), path) if path else None
        except BadFile:
            return None

    def drifted(self, role: Role, *names: str) -> bool:
        """Whether a service of the role runs with another value of these variables, or another file, than there is."""
        return any(drift.name in names for service in self.with_role(role) for drift in service.drift)

    def causes(self, service: ServiceStatus) -> str:
        """The lines of its log that name a cause, as the end of a sentence; nothing where there are none."""
        lines = lifecycle.log_causes(self.runtime, service.service) if service.instances else ()
        return "".join(f"\n{line}" for line in lines)


def unknown(hop: str, why: str) -> Hop:
    """A hop that could not be looked at."""
    return Hop(hop, "unknown", why)


def asked(exam: Examination, hop: str, service: str, probe: Probe, target: str) -> Answer | Hop:
    """Ask the target from inside a service: the answer, or the hop that is broken or unknown without one."""
    try:
        return exam.ask(service, probe)
    except NoAnswer as failure:
        fix = f"`hubctl logs {target}` shows what it does; a firewall or a proxy may stand between them"
        if failure.kind == "unresolved":
            fix = exam.renewed(target)
        return Hop(hop, "broken", f"seen from {service}: {failure.detail}", fix)
    except HubError as error:
        return unknown(hop, error.message)


def by_service(layout: Layout, statuses: tuple[ServiceStatus, ...]) -> Iterator[tuple[ServiceStatus, Service]]:
    """Put the description of each service beside how it is."""
    described = {service.name: service for service in layout.services}
    return ((status, described[status.service]) for status in statuses if status.service in described)
