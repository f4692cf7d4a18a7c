"""Prove on the running hub what it is said to do: each claim with the evidence that was seen, and the time it took."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from hubctl import __version__, interrupts
from hubctl.adapters.files import disk
from hubctl.adapters.gateway import probe
from hubctl.adapters.state import lock
from hubctl.adapters.state.lock import hub_lock
from hubctl.core.gateway import second_config
from hubctl.core.gateway.second_config import Routing
from hubctl.core.result import Result, document
from hubctl.core.secrecy import leaves
from hubctl.errors import BadFile, GatewayLost, GatewayRefused, GatewayUnreachable, HubError
from hubctl.operations.stack.status import HubInfo
from hubctl.operations.verify import cache, dashboard, models, routing, traffic
from hubctl.operations.verify.finding import (
    NOT_CONFIGURED,
    Claim,
    Finding,
    State,
    Subject,
    Unproved,
    failed,
    not_configured,
)
from hubctl.operations.verify.routing import Second
from hubctl.operations.verify.running import STATUS_S, Running
from hubctl.progress import Progress, silent

RESULT_FILE = "verify.json"

# What is asked once and must be quick comes before what makes the machine busy.
CLAIMS: tuple[Claim[Running], ...] = (
    Claim("services_healthy", "every service but the gateway's cache is healthy", models.healthy),
    Claim("models_listed", "the gateway lists every active model", models.listed),
    Claim("models_complete", "each free model answers", models.complete),
    Claim("models_stream", "each free model streams", models.stream),
    Claim("aliases", "each alias is answered by its model", models.aliases),
    Claim("redis_cache", "the Redis cache keeps answers and gives them again", cache.caches),
    Claim("cache_faster", "a cached answer comes sooner", cache.faster),
    Claim("status_soon", "status endpoints answer in under 100 ms", traffic.soon),
    Claim("parallel_requests", "requests that come together are all answered", traffic.at_once),
    Claim("call_logged", "the log has the access line of a call", traffic.logged),
    Claim("bodies_not_logged", "the log does not hold what users write", traffic.bodies_kept_out),
    Claim("dashboard", "the dashboard's endpoints answer", dashboard.answers),
)
NOT_TRIED = "not tried: the gateway was lost before"


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """One claim. `ok` is null where the hub does not use what the claim is about."""

    id: str
    claim: str
    ok: bool | None
    state: State
    evidence: str
    elapsed_s: float

    @property
    def told(self) -> str:
        """The evidence for a table whose column of results says already that it is not configured."""
        return self.evidence.removeprefix(NOT_CONFIGURED)


@dataclass(frozen=True, slots=True)
class Verification(Result):
    """The document of `hubctl verify`. checked_at is RFC 3339; `versions` are those that the services told.

    `demo` names the models whose answers are canned.
    """

    hub: HubInfo
    checked_at: str
    versions: Mapping[str, str]
    demo: tuple[str, ...]
    claims: tuple[ClaimResult, ...]
    proved: int
    failed: int
    not_configured: int
    elapsed_s: float

    @property
    def exit_code(self) -> int:
        """1 when any claim failed."""
        return 1 if self.failed else 0


@dataclass(frozen=True, slots=True)
class CutOff(Verification):
    """A verification that ended when the gateway was lost: what came after that was not tried."""

    lost: GatewayLost = field(repr=False)

    @property
    def exit_code(self) -> int:
        """4, as where there is no gateway."""
        return 4

    @property
    def failure(self) -> HubError:
        """Why it ended."""
        return self.lost


def run(hub: Running, progress: Progress = silent, warn: Callable[[str], None] = silent) -> Verification:
    """Prove every claim, one after the other, and remember the result with its time in the hub's state folder.

    Only free models are asked. `warn` is told where the result cannot be remembered. Raises Busy while another verify
    of this hub runs, and GatewayUnreachable or GatewayRefused where there is no gateway to prove anything on.
    """
    began = time.monotonic()
    interrupts.leaves("nothing was changed")
    disk.private_folder(hub.state_folder)
    with hub_lock(hub.state_folder / lock.VERIFY, "verify", wait_s=lock.AT_ONCE_S):
        _check_gateway(hub)
        claims, lost = _until_lost(hub, progress)
        result = leaves.masked(_result(hub, claims, lost, round(time.monotonic() - began, 3)), hub.mask)
        try:
            disk.write_private(hub.state_folder / RESULT_FILE, json.dumps(document(result)).encode())
        except BadFile as error:
            warn(f"note: this result is not remembered: {error.sentence}")
    return result


def last(state_folder: Path) -> dict[str, Any] | None:
    """Give the document that the last run left, with its `checked_at`; null where there is none that can be read."""
    try:
        found = json.loads(disk.read_bytes(state_folder / RESULT_FILE))
    except (HubError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("data"), dict) else None


def _check_gateway(hub: Running) -> None:
    health = probe.check(hub.gateway.address, hub.credentials.gateway_key, STATUS_S)
    if health.state == "unauthorized":
        raise GatewayRefused(
            f"the gateway at {hub.gateway.address}: {health.detail}",
            hint="a key changed in the env file counts only after `hubctl restart`; `hubctl doctor` looks further",
        )
    if health.state == "unreachable":
        raise GatewayUnreachable(
            f"no answer from the gateway at {hub.gateway.address}, so nothing can be proved: {health.detail}",
            hint="`hubctl status` shows what runs, `hubctl doctor` why it does not answer",
        )


def _until_lost(hub: Running, progress: Progress) -> tuple[Sequence[ClaimResult], GatewayLost | None]:
    """Try the claims one after the other, for as long as it is this hub's gateway that they are about."""
    tried: list[ClaimResult] = []
    try:
        tried.extend(_all(hub, progress))  # what came before an error stays
    except GatewayLost as error:
        every: list[Claim[Any]] = [*CLAIMS, *(each.claim for each in routing.CLAIMS)]
        untried = every[len(tried) :]
        return [*tried, *(_told(claim, failed(NOT_TRIED), 0.0) for claim in untried)], error
    return tried, None


def _all(hub: Running, progress: Progress) -> Iterator[ClaimResult]:
    for claim in CLAIMS:
        hub.gateway.require_held()
        yield _tried(claim, hub, progress)
    hub.gateway.require_held()
    rules = second_config.read(hub.config, hub.environment)
    unused = {each.claim.id: why for each in routing.CLAIMS if (why := each.unused(rules)) is not None}
    tried = _on_second([each.claim for each in routing.CLAIMS if each.claim.id not in unused], hub, rules, progress)
    for each in routing.CLAIMS:
        yield tried.get(each.claim.id) or _told(each.claim, not_configured(unused[each.claim.id]), 0.0)


def _on_second(
    claims: Sequence[Claim[Second]], hub: Running, rules: Routing, progress: Progress
) -> dict[str, ClaimResult]:
    """Try claims on a second gateway; it is not started for none. Where it does not come up, they are not proved."""
    tried: dict[str, ClaimResult] = {}
    if not claims:
        return tried
    import yaml

    try:
        config = yaml.safe_dump(rules.config)
        with (
            interrupts.held(),
            hub.runtime.second_gateway(hub.service, config, progress=progress) as started,
            interrupts.let(),
        ):
            second = Second(routing.wait(started), rules, hub.timeout_s)
            for claim in claims:
                tried[claim.id] = _tried(claim, second, progress)
    except KeyboardInterrupt:
        interrupts.leaves("the second gateway was removed; nothing was changed")
        raise
    except HubError as error:
        if interrupts.came() or len(tried) == len(claims):  # all is proved, and something may be left behind
            raise
        for claim in claims[len(tried) :]:
            tried[claim.id] = _told(claim, failed(error.message), 0.0)
    return tried


def _tried(claim: Claim[Subject], subject: Subject, progress: Progress) -> ClaimResult:
    progress(f"proving: {claim.title}")
    began = time.monotonic()
    try:
        finding = claim.prove(subject)
    except Unproved as early:
        finding = early.finding
    except HubError as error:
        finding = failed(error.message)
    return _told(claim, finding, round(time.monotonic() - began, 3))


def _told(claim: Claim[Any], finding: Finding, elapsed_s: float) -> ClaimResult:
    ok = _OK[finding.state]
    return ClaimResult(claim.id, claim.title, ok, finding.state, finding.evidence, elapsed_s)


_OK: dict[State, bool | None] = {"proved": True, "failed": False, "not_configured": None}


def _result(hub: Running, claims: Sequence[ClaimResult], lost: GatewayLost | None, elapsed_s: float) -> Verification:
    states = [claim.state for claim in claims]
    make: Callable[..., Verification] = partial(CutOff, lost=lost) if lost else Verification
    return make(
        hub=hub.status.hub,
        checked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={
            "hubctl": __version__,
            **{each.service: each.version for each in hub.status.services if each.version},
        },
        demo=tuple(sorted(hub.demo)),
        claims=tuple(claims),
        proved=states.count("proved"),
        failed=states.count("failed"),
        not_configured=states.count("not_configured"),
        elapsed_s=elapsed_s,
    )
