"""Digests of files, on this machine and as a container sees them, and when they were written."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

_PROC = Path("/proc")


def of_file(path: Path) -> str | None:
    """Digest a file's bytes; null where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def of_text(text: str) -> str:
    """Digest the bytes of a text as it stands in its file."""
    return hashlib.sha256(text.encode()).hexdigest()


def inside(container_id: str, pid: int, path: str) -> str | None:
    """Digest what a running container sees at a path; null where only root may look, or nobody.

    Read through the kernel's view of its main process: the engine's own copy (`docker cp`) mounts the file again and
    shows what the host has now (seen on Engine 26.1). The process has to be the container's: hubctl may be in another
    machine's or container's process table.
    """
    process = _PROC / str(pid)
    try:
        if container_id not in (process / "cgroup").read_text():
            return None
    except OSError:
        return None
    return of_file(process / "root" / path.lstrip("/"))


def times(path: Path) -> tuple[datetime, datetime]:
    """Say when a file was written (mtime), and when it or the link that leads to it was changed in any way (ctime)."""
    status = path.stat()
    changed_s = max(status.st_ctime, path.lstat().st_ctime)
    return datetime.fromtimestamp(status.st_mtime, UTC), datetime.fromtimestamp(changed_s, UTC)
