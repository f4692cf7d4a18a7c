"""The way back from a config that was not proved: the one that ran before, as long as that is what helps."""

from pathlib import Path

from hubctl import interrupts
from hubctl.adapters.files import disk, replacing
from hubctl.adapters.state import links
from hubctl.adapters.state.proven import Proven
from hubctl.errors import BadFile, HubError
from hubctl.operations.change.transaction import Outcome
from hubctl.operations.stack.start import Starter

_LOOK = "`hubctl status` shows what runs"


def on_proven(starter: Starter, proven: Proven) -> tuple[Outcome | None, tuple[str, ...]]:
    """Run on the proven config again, with the operator's own kept beside it; null where that is not possible.

    Where that one does not run either, the operator's config gets its place again. The notes tell what became of it.
    """
    config = starter.config
    if config is None:
        return None, ()
    good = proven.of(config)
    if good is None:
        return None, ("nothing was rolled back: no config of this service was proved to run before",)
    current = disk.read_bytes(config)
    if other := links.other_hub(config, starter.root):
        return None, (f"nothing was rolled back: {config} leads into another hub, {other}",)
    if current == good:
        return None, ("nothing was rolled back: the service ran on this very config before, so the cause is elsewhere",)
    return _start(starter, config, good)


def _start(starter: Starter, config: Path, good: bytes) -> tuple[Outcome, tuple[str, ...]]:
    rejected = replacing.put_back(config, good, expected=good, mode_if_gone=0o644)
    interrupts.leaves(f"{config} is the one that ran before; yours is kept as {rejected}; {_LOOK}")
    try:
        back = starter.start(asked_for="rolled back")
    except HubError as error:
        back = Outcome("unchanged", "nothing was started", failed=error.sentence)
    if rejected is None:
        return back, (f"{config} was gone; the one that ran before is there again",)
    if back.failed is None:
        return back, (f"the config that was not proved is kept as {rejected}",)
    return back, (_returned(config, rejected, good),)


def _returned(config: Path, rejected: Path, good: bytes) -> str:
    """Give the operator's config its place again, and say so."""
    cause = "the one that ran before does not run now either, so the cause is not in it alone"
    try:
        others = replacing.return_kept(config, rejected, expected=good)
    except BadFile as error:
        return f"{config} is the one that ran before, and yours stays {rejected}: {error.message}; {cause}"
    interrupts.leaves(f"{config} is as you left it; {_LOOK}")
    more = f"; what somebody else wrote there meanwhile is kept as {others}" if others else ""
    return f"{config} is as you left it{more}: {cause}"
