"""The machine below it all: disk, memory and clock, seen from inside a container."""

import json
import time
from collections.abc import Iterator, Mapping

from hubctl.core.doctor.hops import Hop, Severity
from hubctl.core.probe import Probe
from hubctl.operations.doctor.hop import Examination, asked, unknown

_GB = 1e9
_DISK_FULL, _DISK_LOW = 0.2 * _GB, 2 * _GB
_MEMORY_LOW = 0.05  # of all
_CLOCK_S = 30.0  # a token of a login is refused at about this


def machine(exam: Examination) -> Iterator[Hop]:
    """How much room there is where the containers are, and whether their clock is that of this machine."""
    seen: Mapping[str, float] | None = None
    for service in (*exam.with_role("gateway"), *exam.with_role("ui")):
        began_s = time.time()
        answer = asked(exam, "disk", service.service, Probe("machine"), service.service)
        if not isinstance(answer, Hop):
            seen = json.loads(answer.body)
            break
    if seen is None:
        yield from (unknown(hop, "nothing runs that it could be seen from") for hop in ("disk", "memory", "clock"))
        return
    free = seen["disk_free"]
    severity: Severity = "error" if free < _DISK_FULL else "warning"
    yield _judged(
        "disk", f"{free / _GB:.1f} GB free", free >= _DISK_LOW, severity, "`docker system df` shows what takes it"
    )
    left, total = seen["memory_free"], seen["memory_total"]
    words = f"{left / _GB:.1f} of {total / _GB:.1f} GB available"
    yield _judged("memory", words, left >= _MEMORY_LOW * total, "warning", "`docker stats` shows what takes it")
    apart_s = max(0.0, began_s - seen["clock_s"], seen["clock_s"] - time.time())
    words = f"{apart_s:.0f} s apart" if apart_s > 1 else "the same here and there"
    yield _judged("clock", words, apart_s < _CLOCK_S, "warning", "set both by NTP; Docker Desktop: restart it")


def _judged(hop: str, detail: str, well: bool, severity: Severity, fix: str) -> Hop:
    return Hop(hop, "well", detail) if well else Hop(hop, "broken", detail, fix, severity)
