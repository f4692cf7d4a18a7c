"""The way back from a config that was not proved: the one that ran before, as long as that is what helps."""

from pathlib import Path

from hubctl import interrupts
from hubctl.adapters.files import disk, replacing
from hubctl.adapters.state import links
from hubctl.adapters.state.proven import Proven
from hubctl.adapters.state.receipts import Receipts, Write
from hubctl.errors import BadFile, HubError
from hubctl.operations.change.transaction import Outcome
from hubctl.operations.stack.start import Starter

_LOOK = "`hubctl status` shows what runs"


def on_proven(starter: Starter, proven: Proven, kept: Receipts | None) -> tuple[Outcome | None, tuple[str, ...]]:
    """Run on the proven config again, with the operator's own kept beside it; null where that is not possible.

    Where that one does not come up either, the operator's config gets its place again. The notes tell what became of
    it. A receipt is `kept` meanwhile, so that whatever ends this is told of as a change that stopped half way.
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
    receipt = None
    try:
        receipt = kept.open(f"restart {starter.service}", [Write(config, "config", current, good)]) if kept else None
        rejected = replacing.put_back(config, good, expected=good, mode_if_gone=0o644)
    except BadFile as error:
        back, note, is_settled = None, f"nothing was rolled back: {error.sentence}", True
    else:
        back, note, is_settled = _start(starter, config, good, rejected)
    if kept and receipt and is_settled:
        kept.drop(receipt)
    return back, (note,)


def _start(starter: Starter, config: Path, good: bytes, rejected: Path | None) -> tuple[Outcome, str, bool]:
    """Start on the proven config. Gives a note of where the operator's own is, and whether that is as it should be."""
    interrupts.leaves(f"{config} is the one that ran before; yours is kept as {rejected}; {_LOOK}")
    try:
        back = starter.start(asked_for="rolled back")
    except HubError as error:
        back = Outcome("unchanged", "nothing was started", failed=error.sentence)
    if rejected is None:
        return back, f"{config} was gone; the one that ran before is there again", True
    if back.is_ready:
        return back, f"the config that was not proved is kept as {rejected}", True
    note, is_returned = _returned(config, rejected, good)
    return back, note, is_returned


def _returned(config: Path, rejected: Path, good: bytes) -> tuple[str, bool]:
    """Give the operator's config its place again, and say so, or why it has not."""
    cause = "the one that ran before does not run now either, so the cause is not in it alone"
    try:
        others = replacing.return_kept(config, rejected, expected=good)
    except BadFile as error:
        return f"{config} is the one that ran before, and yours stays {rejected}: {error.message}; {cause}", False
    interrupts.leaves(f"{config} is as you left it; {_LOOK}")
    more = f"; what somebody else wrote there meanwhile is kept as {others}" if others else ""
    return f"{config} is as you left it{more}: {cause}", True
