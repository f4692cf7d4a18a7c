"""The real LiteLLM proxy, forked from a process that has loaded it already.

Loading it takes six seconds of processor time, and the suites without Docker start it ninety times. What is forked is
LiteLLM's own command, or a script that uses LiteLLM, with the arguments, folder, environment and files of whoever asks
for it, and a pid of its own; but what it reads of the environment while it loads is that of the process it was forked
from. A plain start is tested where hubctl is installed from its wheel, and in containers.
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


def use() -> None:
    """Let Python be found in a folder whose `litellm` is a preloaded one, until this process ends."""
    if not plain().exists() or plain() != Path(sys.executable).with_name("litellm"):
        return  # there is none, or it is so already: a worker is started from that folder
    folder = Path(tempfile.mkdtemp(prefix="hubctl-preloaded-"))
    environment = Path(sys.executable).parents[1]
    (folder / "bin").mkdir()
    for name in ("pyvenv.cfg", "lib"):
        (folder / name).symlink_to(environment / name)
    for program in (environment / "bin").iterdir():
        (folder / "bin" / program.name).symlink_to(program)
    (folder / "bin/litellm").rename(folder / "bin/litellm-plain")
    ask = f'#!/bin/sh\nexec "{sys.executable}" -I -S "{_HERE}/ask.py" "{folder}" {os.getpid()}'
    for name, words in (("litellm", "litellm "), ("litellm-python", "")):
        (folder / "bin" / name).write_text(f'{ask} {words}"$@"\n')
        (folder / "bin" / name).chmod(0o755)
    sys.executable = str(folder / "bin" / Path(sys.executable).name)
    atexit.register(_clear_away, folder)


def _clear_away(folder: Path) -> None:
    with suppress(OSError, ValueError):
        os.kill(int((folder / "pid").read_text()), signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)
