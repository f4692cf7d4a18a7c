"""Writing the files of a change: all of them, or none."""

from collections.abc import Callable, Sequence
from pathlib import Path

from hubctl import interrupts
from hubctl.adapters.files import disk, replacing
from hubctl.adapters.state.receipts import Write
from hubctl.errors import EditRefused
from hubctl.operations.change import way_back


def require_unchanged(writes: Sequence[Write]) -> None:
    """Refuse to write over what somebody else wrote while a question waited for its answer. Raises EditRefused."""
    for each in writes:
        if disk.read_bytes(each.path) != each.before:
            raise EditRefused(f"{each.path} was changed meanwhile; nothing was written", hint="run the command again")


def write(writes: Sequence[Write], all_back: Callable[[], None]) -> tuple[str, ...]:
    """Write all files, or none: nothing has read them yet, so what runs need not know.

    Gives notes on what somebody else wrote meanwhile. `all_back` is called once all are as before; the caller holds
    interrupts back, and they are raised between two files.
    """
    kept: list[tuple[Write, Path | None]] = []
    try:
        for each in writes:
            place = replacing.replace(each.path, each.after, expected=each.before, mode=each.mode)
            kept.append((each, place))
            interrupts.let_waiting()
    except BaseException as error:
        way_back.tell(error, way_back.kept_notes(kept))
        written = [write for write, _ in kept]
        if way_back.told(error, lambda: (*way_back.to_before(written), *way_back.if_written(writes[len(written) :]))):
            all_back()
            interrupts.leaves("the files were put back")
        raise
    return way_back.kept_notes(kept)
