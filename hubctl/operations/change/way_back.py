"""The way back from a change: the bytes from before in every file, and nothing that somebody else wrote is lost."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hubctl.adapters.files import disk, replacing
from hubctl.adapters.state.receipts import Write
from hubctl.errors import EditRefused, HubError

MODES_IF_GONE = {"env": 0o600, "config": 0o644}


def to_before(writes: Sequence[Write]) -> tuple[str, ...]:
    """Put every file back, and give notes that say where that is kept which somebody else wrote on top of the change.

    All files are tried before the first BadFile is raised.
    """
    kept: list[tuple[Write, Path | None]] = []
    errors: list[HubError] = []
    for write in writes:
        try:
            kept.append((write, _put_back(write)))
        except HubError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return kept_notes(kept)


def told(error: BaseException, put_back: Callable[[], tuple[str, ...]]) -> bool:
    """Put files back for an error that ends the change, and let it tell what is kept. False where one stays."""
    try:
        tell(error, put_back())
    except HubError as stuck:
        tell(error, (f"and it could not be taken back: {stuck.sentence}; then `hubctl undo` takes it back",))
        return False
    return True


def if_written(writes: Sequence[Write]) -> tuple[str, ...]:
    """Put back what may have been written: a file that holds just that. Any other one is left alone."""
    kept: list[tuple[Write, Path | None]] = []
    for write in writes:
        if _now(write.path) == write.after:
            try:
                kept.append((write, replacing.replace(write.path, write.before, expected=write.after)))
            except EditRefused:
                kept.append((write, None))
    return kept_notes(kept)


def kept_notes(kept: Iterable[tuple[Write, Path | None]]) -> tuple[str, ...]:
    """Say where that is kept which somebody else wrote meanwhile."""
    return tuple(
        f"{write.path} was changed meanwhile by somebody else: what they wrote is kept as {place}"
        for write, place in kept
        if place
    )


def tell(error: BaseException, notes: tuple[str, ...]) -> None:
    """Let an error that ends a change say what is kept: HubErrors in their message, others by their notes."""
    if isinstance(error, HubError) and notes:
        error.message = "; ".join((error.message, *notes))
        return
    for note in notes:
        error.add_note(note)


def _put_back(write: Write) -> Path | None:
    if _now(write.path) == write.before:
        return None
    return replacing.put_back(write.path, write.before, expected=write.after, mode_if_gone=MODES_IF_GONE[write.kind])


def _now(path: Path) -> bytes | None:
    try:
        return disk.read_bytes(path)
    except HubError:
        return None
