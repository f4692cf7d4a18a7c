"""What the last smoke test of each model said, as text: a verdict holds as long as what it was about is the same."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Literal

Usable = Literal["yes", "no", "unknown"]

VERSION = 1
_MARK_DIGITS = 8
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a model did, when (seconds since 1970), and what of its entries that was about."""

    passed: bool
    reason: str | None
    at: float
    about: str
    demo: bool = False


def read(text: str) -> dict[str, Verdict]:
    """Read a record; what is not one of ours is no verdict, never an error."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    match data:
        case {"version": 1, "models": {**models}}:
            return {str(name): found for name, item in models.items() if (found := _verdict(item))}
    return {}


def write(verdicts: Mapping[str, Verdict]) -> str:
    """Write a record."""
    models = {name: asdict(verdict) for name, verdict in verdicts.items()}
    return json.dumps({"version": VERSION, "models": models}, indent=1) + "\n"


def _verdict(item: object) -> Verdict | None:
    match item:
        case {
            "passed": bool(passed),
            "reason": str() | None as reason,
            "at": int() | float() as at,
            "about": str(about),
            "demo": bool(demo),
        }:
            return Verdict(passed, reason, float(at), about, demo)
    return None


def judged(verdict: Verdict | None, about: str, now: float) -> tuple[Usable, str]:
    """Say whether a model is usable and why one may think so, from its last verdict and what its entries are now."""
    if verdict is None:
        return "unknown", "never tested: `hubctl test-model` does"
    when = age(now - verdict.at)
    if verdict.about != about:
        return "unknown", f"tested {when}, but its entry or key was changed since"
    if verdict.demo:
        return "unknown", f"a canned answer {when} (demo) proves nothing of the model"
    if verdict.passed:
        return "yes", f"answered {when}"
    return "no", f"failed {when}: {verdict.reason}"


def mark(about: Iterable[str]) -> str:
    """Make a short mark of what a verdict is about. A key is in it, so it is too short to tell anything of one."""
    return sha256("\0".join(about).encode("utf-8", "replace")).hexdigest()[:_MARK_DIGITS]


def age(seconds: float) -> str:
    """Say how long ago something was. A clock that was set back makes it just now."""
    for unit_s, name in ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "min")):
        if seconds >= unit_s:
            return f"{seconds // unit_s:.0f} {name} ago"
    return "just now"
