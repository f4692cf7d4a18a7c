"""The receipt of a change: which files it touched, told by fingerprints, so that it can be taken back. No I/O."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

# open: being made, or left half done. done: can be undone. undone: taken back, its earlier bytes are gone.
ReceiptState = Literal["open", "done", "undone"]
FileKind = Literal["config", "env"]


@dataclass(frozen=True, slots=True)
class Touched:
    """One file of a change, by the SHA-256 of its bytes before and after."""

    path: Path
    kind: FileKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `undo` needs to know. `at` is RFC 3339; `command` is what was asked, without any secret."""

    id: str
    command: str
    at: str
    state: ReceiptState
    files: tuple[Touched, ...]

    def now(self, state: ReceiptState) -> "Receipt":
        """Give the same receipt in another state."""
        return replace(self, state=state)


def fingerprint(content: bytes) -> str:
    """Tell whether bytes are the same ones without keeping them."""
    return hashlib.sha256(content).hexdigest()


def dump(receipt: Receipt) -> bytes:
    """Write it down."""
    return json.dumps(asdict(receipt), indent=2, default=str).encode()


def parse(text: str) -> Receipt:
    """Read what `dump` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    data: dict[str, Any] = json.loads(text)
    files = tuple(Touched(**{**each, "path": Path(each["path"])}) for each in data["files"])
    return Receipt(**{**data, "files": files})
