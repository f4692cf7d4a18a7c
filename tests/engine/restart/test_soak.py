"""Rounds of changes with failures at random moments: in the end files and container agree, or drift is shown."""

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest

from hubctl.core.models import model_list
from tests.engine.restart.paid_hub import containers, environment, gateway, listed, restart, start
from tests.one_key_provider import BAD_KEY, GOOD_KEY
from tests.real_hub import CONFIG, ENV, RealHub
from tests.sweeps import WHOLE

pytestmark = pytest.mark.engine

ROUNDS = 20 if WHOLE else 2
SEED = int(os.environ.get("HUBCTL_TEST_SEED", "0")) or random.randrange(1, 10_000)
LONGEST_S = 15.0

Process = subprocess.Popen[str]
ACTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "enable": (("provider", "enable", "openai", "--stdin", "--yes"), GOOD_KEY),
    "enable with a bad key": (("provider", "enable", "openai", "--stdin", "--yes"), BAD_KEY),
    "disable": (("provider", "disable", "openai", "--yes"), ""),
    "remove the key": (("provider", "remove-key", "openai", "--yes"), ""),
    "undo": (("undo",), ""),
    "restart": (("restart",), ""),
}


def to_gateway(*words: str) -> Callable[[RealHub, Process], None]:
    """Give what somebody else does to the gateway's container, if there is one at that moment."""

    def do(hub: RealHub, _process: Process) -> None:
        subprocess.run(["docker", *words, gateway(hub)], capture_output=True, check=False, timeout=60)

    return do


def killed(_hub: RealHub, process: Process) -> None:
    process.kill()


def killed_with_compose(_hub: RealHub, process: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


FAULTS: Mapping[str, Callable[[RealHub, Process], None]] = {
    "nothing": lambda _hub, _process: None,
    "hubctl killed": killed,
    "hubctl and Compose killed": killed_with_compose,
    "gateway killed": to_gateway("kill"),
    "gateway stopped": to_gateway("stop", "--time", "0"),
    "gateway paused": to_gateway("pause"),
    "gateway removed": to_gateway("rm", "--force"),
}


def test_after_every_round_files_and_container_agree_or_drift_is_shown(
    hub: RealHub, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(SEED)
    ends: Counter[str] = Counter()
    for number in range(ROUNDS):
        action, fault = dice.choice([*ACTIONS]), dice.choice([*FAULTS])
        told = f"seed {SEED}, round {number}: {action}, {fault}"
        ends[one_round(hub, action, fault, dice.uniform(0, LONGEST_S), told)] += 1
    with capsys.disabled():
        print(f"\n{ROUNDS} rounds, seed {SEED}: {dict(ends)}")


def one_round(hub: RealHub, action: str, fault: str, after_s: float, told: str) -> str:
    """Do one thing with a failure in it, look, and mend what is left by what hubctl says."""
    words, stdin = ACTIONS[action]
    process = start(hub, *words, stdin=stdin)
    with suppress(subprocess.TimeoutExpired):
        process.wait(after_s)
    FAULTS[fault](hub, process)
    out, err = process.communicate(timeout=240)
    assert process.returncode in {0, 4, -signal.SIGKILL}, (told, out, err)
    assert "Traceback" not in err, told
    seen = hub.hubctl("status", "--json")
    agreed = fits(hub)
    assert agreed or seen.code == 1, (told, out, seen.out)
    half_done = any("stopped half way" in note for note in seen.data["notes"])
    if half_done or seen.code == 1:
        mended = hub.hubctl("undo", "--json") if half_done else restart(hub)
        assert mended.code == 0, (told, out, seen.out, mended.out)
    assert fits(hub), told
    assert containers(hub) == [gateway(hub)], told
    assert hub.hubctl("status").code == 0, told
    return f"{'agreed' if agreed else 'shown'}{', half done' if half_done else ''}"


def fits(hub: RealHub) -> bool:
    """Whether the gateway runs on the files, asked without hubctl."""
    names = listed(hub)
    if names is None:
        return False
    file = hub.root / CONFIG
    entries = model_list.read(file.read_text(), file).entries
    active = {entry.name for entry in entries if entry.state == "active"}
    keys = [line for line in (hub.root / ENV).read_text().splitlines() if line.startswith("OPENAI_API_KEY=")]
    key = keys[0].partition("=")[2] if keys else None
    return names & {entry.name for entry in entries} == active and environment(hub).get("OPENAI_API_KEY") == key
