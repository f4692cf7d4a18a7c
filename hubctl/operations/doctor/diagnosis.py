"""Finds what is wrong with a hub: in its files, then on the live path, each hop from where it really happens.

Costs nothing: no model is called, nothing is changed; LiteLLM writes one entry of its own to test its cache.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from hubctl import parallel
from hubctl.core.compose.layout import Layout, Service
from hubctl.core.doctor import hops
from hubctl.core.doctor.hops import Hop, HopState, Severity
from hubctl.core.result import Result
from hubctl.errors import HubError
from hubctl.operations.config import check, sources
from hubctl.operations.doctor import hops_base, hops_gateway, hops_machine, hops_ui
from hubctl.operations.doctor.hop import Examination, unknown
from hubctl.operations.providers import credentials
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.stack import status
from hubctl.operations.stack.status import HubInfo, ServiceStatus
from hubctl.progress import Progress, silent
from hubctl.runtimes import Runtime

# The longest that a single question may take: LiteLLM itself gives a Redis 5 s.
QUESTION_S = 6.0
STATUS_S = 5.0
_RESERVE_S = 0.3
_HANDED_OVER_S = 0.1
_IN_A_ROW = 2  # questions of one look, at most

Look = Callable[[Examination], Iterable[Hop]]

# Each look, with the hops that stay unknown when it takes too long.
_LOOKS: tuple[tuple[Look, tuple[str, ...]], ...] = (
    (hops_base.engine, ()),
    (hops_base.containers, ()),
    (hops_base.networks, ()),
    (hops_gateway.gateway, ("gateway", "key")),
    (hops_gateway.models, ("models",)),
    (hops_gateway.ollama, ("ollama", "pulled")),
    (hops_gateway.cache, ("cache",)),
    (hops_ui.ui, ("ui",)),
    (hops_ui.ui_to_gateway, ("ui to gateway",)),
    (hops_ui.ui_to_database, ("ui to database",)),
    (hops_machine.machine, ("disk", "memory", "clock")),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One hop in the document: `rule` is its id; `follows_from` names the broken hop that explains it."""

    hop: str
    rule: str
    title: str
    state: HopState
    detail: str
    follows_from: str | None


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A finding: of a rule in a file, or of a hop, which has neither a place nor a page.

    One that follows from another hop is info: that one is to be mended.
    """

    rule: str
    severity: Severity
    file: Path | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    message: str
    effect: str
    fix: str
    fixable: bool
    url: str | None
    hop: str | None = None
    follows_from: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis(Result):
    """The document of `hubctl doctor`. `headline` is the first broken hop, null when the path is whole."""

    hub: HubInfo
    headline: str | None
    findings: tuple[Diagnosed, ...]
    errors: int
    warnings: int
    hops: tuple[Seen, ...]
    elapsed_ms: float
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 when something is broken."""
        return 1 if self.errors else 0


@dataclass(frozen=True, slots=True)
class Patient:
    """The hub to look at. `credentials` reads its keys, which takes as long as its files are large.

    `told` says what is known of a change that is being made, or stopped half way.
    """

    layout: Layout
    gateway: Service
    runtime: Runtime
    credentials: Callable[[], Credentials]
    told: Callable[[], tuple[str, ...]]


def diagnose(patient: Patient, *, timeout_s: float, progress: Progress = silent) -> Diagnosis:
    """Look at every hop at once, by timeout_s, and name the first broken one."""
    started = time.monotonic()
    deadline = started + timeout_s - _RESERVE_S
    progress("asking every service")
    runtime, root = patient.runtime, patient.layout.root
    keys, unread = credentials.within(timeout_s / 3, patient.credentials)
    seen = status.check(root, runtime, keys, timeout_s=min(STATUS_S, timeout_s / 3))
    runs = runtime.snapshot(timeout_s=STATUS_S).services if seen.engine.state == "reachable" else ()
    addresses = {run.service: run.address for run in runs if run.address}
    left_s = max(0.1, deadline - time.monotonic())
    limit_s = round(max(0.1, min(QUESTION_S, (left_s - 1) / _IN_A_ROW)), 1)
    exam = Examination(patient.layout, patient.gateway, runtime, keys, seen, limit_s, addresses)
    progress("asking from inside the services")
    looked, judged = _both(exam, left_s)
    path = hops.connected((*looked, *_changes(patient)))
    first = hops.headline(path)
    findings = (*(judged or ()), *(_finding(hop) for hop in path if hop.state != "well"))
    unjudged = () if judged is not None else (f"files not checked within {timeout_s:g} s: run `hubctl config check`",)
    return Diagnosis(
        hub=seen.hub,
        headline=first.hop if first else None,
        findings=findings,
        errors=sum(each.severity == "error" for each in findings),
        warnings=sum(each.severity == "warning" for each in findings),
        hops=tuple(Seen(e.hop, e.kind.rule, e.kind.title, e.state, e.detail, e.follows_from) for e in path),
        elapsed_ms=round((time.monotonic() - started) * 1000, 1),
        notes=(*seen.notes, *unread, *unjudged),
    )


def _both(exam: Examination, timeout_s: float) -> tuple[tuple[Hop, ...], tuple[Diagnosed, ...] | None]:
    """Look at the path, and judge the files meanwhile; null for these where that takes too long."""
    looked: list[Hop] = []
    judged: list[tuple[Diagnosed, ...]] = []
    work: list[Callable[[], None]] = [
        lambda: looked.extend(_looked(exam, timeout_s - _HANDED_OVER_S)),
        lambda: judged.append(tuple(_in_files(exam))),
    ]
    parallel.each(lambda each: each(), work, timeout_s=timeout_s, late=lambda _: None)
    return tuple(looked), judged[0] if judged else None


def _looked(exam: Examination, timeout_s: float) -> Iterator[Hop]:
    running = [each for each in exam.seen.services if each.instances]
    work: list[Callable[[], list[Hop]]] = [lambda look=look: list(look(exam)) for look, _ in _LOOKS]  # type: ignore[misc]
    work.append(lambda: list(_files(exam, running)))
    late = {id(each): names for each, (_, names) in zip(work, _LOOKS, strict=False)}

    def too_late(each: Callable[[], list[Hop]]) -> list[Hop]:
        return [unknown(name, f"not known after {timeout_s:.1f} s") for name in late.get(id(each), ("files",))]

    for answers in parallel.each(lambda each: each(), work, timeout_s=timeout_s, late=too_late):
        yield from answers


def _files(exam: Examination, running: list[ServiceStatus]) -> Iterator[Hop]:
    """Tell what runs otherwise than the files say. Compose is asked only while all is there: else it tries to start."""
    whole = True
    ask_compose = all(each.well for each in exam.seen.services)
    for service in running:
        try:
            drifts = service.drift or (exam.runtime.drift(service.service) if ask_compose else ())
        except HubError as error:
            yield unknown("files", error.message)
            return
        if drifts:
            command = "hubctl restart" if service.role == "gateway" else f"hubctl restart {service.service}"
            yield Hop("files", "broken", "; ".join(each.detail for each in drifts), f"`{command}`", "warning")
            whole = False
    if whole and running and ask_compose:
        yield Hop("files", "well", "nothing was changed since they were started")
    elif whole and running:
        yield unknown("files", "no change was seen; Compose is asked, too, once every service is well")


def _in_files(exam: Examination) -> Iterator[Diagnosed]:
    """Judge the hub's files by the rules of `hubctl config check`, for the LiteLLM that runs."""
    version = next((each.version for each in exam.with_role("gateway")), None)
    embedded = exam.runtime.name == "embedded"
    read = sources.of_hub(exam.layout, exam.gateway, gateway_version=version, embedded=embedded)
    for found in check.check([read], folder=exam.layout.root).findings:
        yield Diagnosed(**{each.name: getattr(found, each.name) for each in fields(found) if each.repr})


def _changes(patient: Patient) -> Iterator[Hop]:
    try:
        told = patient.told()
    except HubError as error:
        yield unknown("change", error.message)
        return
    for sentence in told:
        yield Hop("change", "broken", sentence, "`hubctl undo`, or wait where it is still being made", "warning")
    if not told:
        yield Hop("change", "well", "none is half done")


def _finding(hop: Hop) -> Diagnosed:
    severity = "info" if hop.state == "unknown" or hop.follows_from else hop.severity
    return Diagnosed(
        rule=hop.kind.rule,
        severity=severity,
        file=None,
        line=None,
        column=None,
        end_line=None,
        end_column=None,
        message=f"{hop.kind.title}: {hop.detail}",
        effect="",
        fix=hop.fix or "",
        fixable=False,
        url=None,
        hop=hop.hop,
        follows_from=hop.follows_from,
    )
