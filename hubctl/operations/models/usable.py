"""Which models are usable: what the last smoke test of each said, as long as it was about the same entries."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from hubctl.adapters.state import smoke_record
from hubctl.core.models.askable import Names
from hubctl.core.models.model_list import ModelEntry, resolved
from hubctl.core.reports.smoke_record import Usable, Verdict, judged, mark
from hubctl.errors import BadFile, Busy
from hubctl.operations.smoke.verdict import ChatCheck


def remember(
    state_folder: Path,
    names: Names,
    environment: Mapping[str, str],
    checks: Iterable[ChatCheck],
    now: float | None = None,
) -> str | None:
    """Keep the verdicts of a run. A hub whose folder cannot be written to stays without: gives a note that says so."""
    at = time.time() if now is None else now
    fresh = {
        check.model: Verdict(
            check.outcome == "passed",
            check.reason,
            at,
            mark(_about(names.entries(check.model), environment)),
            check.demo,
        )
        for check in checks
        if _says_something(check) and names.entries(check.model)
    }
    if fresh:
        try:
            smoke_record.add(state_folder, fresh)
        except (BadFile, Busy) as error:
            return f"note: `hubctl models` will not know of this test: {error.sentence}"
    return None


def _says_something(check: ChatCheck) -> bool:
    """Whether it is a verdict on the model itself: not on its cache or a fallback, nor on what was wanted of a text."""
    if check.outcome == "passed":
        return not check.cached and not check.fallback
    return check.outcome == "failed" and check.reply is None


def rate(
    name: str, names: Names, environment: Mapping[str, str], verdicts: Mapping[str, Verdict], now: float | None = None
) -> tuple[Usable, str]:
    """Say whether a name is usable, and what that rests on."""
    at = time.time() if now is None else now
    return judged(verdicts.get(name), mark(_about(names.entries(name), environment)), at)


def _about(entries: Iterable[ModelEntry], environment: Mapping[str, str]) -> list[str]:
    """Everything of the entries on which the verdict rests: target, address and key."""
    return [
        text or ""
        for entry in entries
        for text in (
            entry.target,
            resolved(entry.api_base, environment),
            entry.key_variable,
            environment.get(entry.key_variable or ""),
        )
    ]
