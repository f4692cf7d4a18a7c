"""hubctl killed on the way from a key to a proven answer: one command, the one that is named, makes all well again."""

import os
import re
import shutil
import signal

import pytest

from tests.engine.restart.paid_hub import answers, containers, drift, enabling, environment, gateway, restart
from tests.gateway.embedded_hub import eventually
from tests.one_key_provider import GOOD_KEY
from tests.real_hub import CONFIG, ENV, Files, RealHub
from tests.real_servers import missing
from tests.sweeps import WHOLE, few

pytestmark = pytest.mark.engine

# `provider enable` renames the bytes from before of both files and the receipt, lets both files change places with the
# new ones, and renames the note of the start, the proven config and the receipt again.
MOMENTS = {
    "before the env file": ("renameat2", 1),
    "before the config": ("renameat2", 2),
    "in the new container": ("rename", 4),
    "before the receipt": ("rename", 6),
}
SWEPT = [*MOMENTS] if WHOLE else ["before the config"]
_NEW_BESIDE_OLD = re.compile(r"[0-9a-f]{12}_")


@pytest.mark.parametrize("moment", SWEPT)
def test_killed_between_two_steps_it_is_taken_back_by_undo(hub: RealHub, before: Files, moment: str) -> None:
    if shutil.which("strace") is None:
        missing("strace", "apt-get install strace")
    call, nth = MOMENTS[moment]
    kill = ("strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={nth}")
    process = enabling(hub, *kill)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    is_half_done(hub, before, env_is_new=(call, nth) != ("renameat2", 1), config_is_new=call == "rename")
    undone = hub.hubctl("undo", "--json")
    assert undone.code == 0, undone.out
    assert Files.of(hub) == before
    agrees(hub, key=None)


@pytest.mark.parametrize(
    ("with_compose", "mend"),
    few(2, [(False, "restart"), (True, "undo"), (True, "restart"), (False, "undo")]),
)
def test_killed_while_the_container_is_made_anew(hub: RealHub, before: Files, with_compose: bool, mend: str) -> None:
    """With Docker Compose, as by a power cut; or alone, so that Compose goes on by itself."""
    process = enabling(hub)
    eventually(lambda: any(_NEW_BESIDE_OLD.match(name) for name in containers(hub)))
    (os.killpg if with_compose else os.kill)(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    is_half_done(hub, before, env_is_new=True, config_is_new=True)
    mended = restart(hub) if mend == "restart" else hub.hubctl("undo", "--json")
    assert mended.code == 0, mended.out
    agrees(hub, key=GOOD_KEY if mend == "restart" else None)
    if mend == "restart":
        assert any("this finished `hubctl provider enable openai`" in note for note in mended.data["notes"])
        assert hub.hubctl("undo", "--no-restart").code == 0  # the next test starts it anew in any case
    assert Files.of(hub) == before


def is_half_done(hub: RealHub, before: Files, *, env_is_new: bool, config_is_new: bool) -> None:
    """See where the files stand, that status and the next change say so, and that this change is not made."""
    now = Files.of(hub)
    assert (now.env != before.env, now.config != before.config) == (env_is_new, config_is_new)
    (told,) = [note for note in hub.hubctl("status", "--json").data["notes"] if "stopped half way" in note]
    assert "`hubctl undo`" in told
    refused = hub.hubctl("models", "disable", "coder", "--json")
    assert (refused.code, refused.error["code"]) == (4, "half_done")
    for name, is_new in ((ENV, env_is_new), (CONFIG, config_is_new)):
        assert f"{hub.root / name} is {'new' if is_new else 'old'}" in refused.error["message"]
    assert Files.of(hub) == now


def agrees(hub: RealHub, *, key: str | None) -> None:
    """See that the gateway runs on the files, in the one container that there is, and answers."""
    assert environment(hub).get("OPENAI_API_KEY") == key
    assert drift(hub) == []
    assert containers(hub) == [gateway(hub)]
    assert hub.hubctl("status").code == 0
    assert answers(hub)
    assert answers(hub, "gpt-6-luna") == (key is not None)
