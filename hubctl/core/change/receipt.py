"""The receipt of a change: which files it touched, told by fingerprints, so that it can be taken back. No I/O."""

import hashlib
import json
from collections.abc import Collection
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
    """What `undo` needs to know. `at` is RFC 3339; `command` is what was asked, without any secret.

    `number` counts the changes of a hub, for a clock may go back; 0 in receipts of a hubctl that did not count. `root`
    is the hub's folder as it was called then; empty where that is not known.
    """

    id: str
    command: str
    at: str
    state: ReceiptState
    files: tuple[Touched, ...]
    number: int = 0
    root: str = ""

    def now(self, state: ReceiptState) -> "Receipt":
        """Give the same receipt in another state."""
        return replace(self, state=state)


def fingerprint(content: bytes) -> str:
    """Tell whether bytes are the same ones without keeping them."""
    return hashlib.sha256(content).hexdigest()


def dump(receipt: Receipt, root: Path) -> bytes:
    """Write it down, paths inside the hub's folder as seen from there: a hub may be renamed, or copied."""
    data = asdict(receipt)
    for each in data["files"]:
        path: Path = each["path"]
        each["path"] = path.relative_to(root) if path.is_relative_to(root) else path
    return json.dumps(data, indent=2, default=str).encode()


def parse(text: str, root: Path, own: Collection[Path]) -> Receipt:
    """Read what `dump` wrote, for the hub in a folder. Raises ValueError, KeyError or TypeError for anything else.

    `own` are the hub's files. Receipts of an earlier hubctl hold absolute paths: in a hub that was renamed or copied
    since, they mean its own file at the same place.
    """
    data: dict[str, Any] = json.loads(text)
    places = [Path(each["path"]) for each in data["files"]]
    if "root" not in data and all(place.is_relative_to(root) or place in own for place in places):
        data["root"] = str(root)
    resolved = [_resolved(place, root, own) for place in places]
    files = tuple(Touched(**{**each, "path": path}) for each, path in zip(data["files"], resolved, strict=True))
    return Receipt(**{**data, "files": files})


def _resolved(path: Path, root: Path, own: Collection[Path]) -> Path:
    if not path.is_absolute():
        return root / path
    if path.is_relative_to(root) or path in own:
        return path
    inside = {each.relative_to(root).parts: each for each in own if each.is_relative_to(root)}
    fitting = [parts for parts in inside if path.parts[-len(parts) :] == parts]
    return inside[max(fitting, key=len)] if fitting else path
