"""What the machine says about a hub's files: are they there, who may read them, does git track them."""

import os
import stat
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from hubctl.core.judging.subject import FileFacts

_GIT_S = 5.0


def look(paths: Iterable[Path]) -> dict[Path, FileFacts]:
    """Look at every path once; what cannot be looked at counts as missing."""
    return {path: _facts(path) for path in dict.fromkeys(paths)}


def with_git(facts: Mapping[Path, FileFacts], root: Path) -> dict[Path, FileFacts]:
    """Add whether git tracks each file, when `root` lies in a repository and git is there to ask."""
    there = [path for path, each in facts.items() if each.kind == "file"]
    if not there or not any(os.path.lexists(folder / ".git") for folder in (root, *root.parents)):
        return dict(facts)
    tracked = _tracked(root, there)
    if tracked is None:
        return dict(facts)
    return {path: replace(each, tracked=path in tracked) for path, each in facts.items()}


def _facts(path: Path) -> FileFacts:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return FileFacts("missing")
    kind = "file" if stat.S_ISREG(status.st_mode) else "folder" if stat.S_ISDIR(status.st_mode) else "other"
    return FileFacts(kind, stat.S_IMODE(status.st_mode))  # type: ignore[arg-type]


def _tracked(root: Path, paths: list[Path]) -> set[Path] | None:
    """Which of the paths git tracks; null when git does not say."""
    listing = ["git", "-C", str(root), "ls-files", "-z", "--full-name", "--", *map(str, paths)]
    top = ["git", "-C", str(root), "rev-parse", "--show-toplevel"]
    try:
        found, folder = (
            subprocess.run(words, capture_output=True, check=False, timeout=_GIT_S, stdin=subprocess.DEVNULL)
            for words in (listing, top)
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if found.returncode or folder.returncode:
        return None
    real = Path(os.fsdecode(folder.stdout.rstrip(b"\n")))
    names = {real / os.fsdecode(name) for name in found.stdout.split(b"\0") if name}
    return {path for path in paths if path.parent.resolve() / path.name in names}
