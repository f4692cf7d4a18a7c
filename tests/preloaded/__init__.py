"""The real LiteLLM proxy, and hubctl, each forked from a process that has loaded it already.

Loading LiteLLM takes six seconds of processor time, and the suites without Docker start it ninety times; loading hubctl
with the Docker SDK takes half a second, and those with Docker start it two thousand times. What is forked is LiteLLM's
own command, a script that uses LiteLLM, or hubctl, with the arguments, folder, environment and files of whoever asks
for it, and a pid of its own; but what it reads of the environment while it loads is that of the process it was forked
from. A plain start of LiteLLM is tested where hubctl is installed from its wheel, and in containers; one of hubctl
wherever a test does not ask for a preloaded one.
"""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_HERE = Path(__file__).parent


def plain() -> Path:
    """Where the `litellm` lies that was installed beside this Python."""
    beside = Path(sys.executable).with_name("litellm")
    return beside.with_name("litellm-plain") if beside.with_name("litellm-plain").exists() else beside


def python() -> Path:
    """Where a Python lies that has LiteLLM loaded, and runs a script."""
    return Path(sys.executable).with_name("litellm-python")


def hubctl() -> Path:
    """Where a `hubctl` lies that is loaded already: to be run to its end, for a signal at its start may miss it."""
    return Path(sys.executable).with_name("hubctl-preloaded")


def use() -> None:
    """Let Python be found in a folder with preloaded programs, until this process ends."""
    if hubctl().exists():
        return  # it is so already: a worker is started from that folder
    folder = Path(tempfile.mkdtemp(prefix="hubctl-preloaded-"))
    environment = Path(sys.executable).parents[1]
    (folder / "bin").mkdir()
    for name in ("pyvenv.cfg", "lib"):
        (folder / name).symlink_to(environment / name)
    for program in (environment / "bin").iterdir():
        (folder / "bin" / program.name).symlink_to(program)
    asked = {"hubctl-preloaded": "hubctl hubctl"}
    if plain().exists():
        (folder / "bin/litellm").rename(folder / "bin/litellm-plain")
        asked |= {"litellm": "litellm litellm", "litellm-python": "litellm"}
    for name, words in asked.items():
        ask = f'"{sys.executable}" -I -S "{_HERE}/ask.py" "{folder}" {os.getpid()} {words}'
        (folder / "bin" / name).write_text(f'#!/bin/sh\nexec {ask} "$@"\n')
        (folder / "bin" / name).chmod(0o755)
    sys.executable = str(folder / "bin" / Path(sys.executable).name)
    atexit.register(_clear_away, folder)


def _clear_away(folder: Path) -> None:
    for pid in folder.glob("*/pid"):
        with suppress(OSError, ValueError):
            os.kill(int(pid.read_text()), signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)
