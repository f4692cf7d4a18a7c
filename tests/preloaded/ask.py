"""What stands in the place of a program: has it forked, and is its pid, environment and exit code to everybody else.

Usage: python ask.py FOLDER TESTS_PID litellm|hubctl litellm|hubctl|SCRIPT ARGUMENT... What is to be loaded comes first,
then what is to be run. The process to fork from is started by the first one who asks, and ends with the tests.
"""

import array
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

WITHIN_S = 120


def connected(folder: Path, tests: str) -> socket.socket:
    """Reach the process to fork from; start it when there is none."""
    there = socket.socket(socket.AF_UNIX)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with suppress(OSError):
            there.connect("socket")
            return there
        Path("socket").unlink(missing_ok=True)
        server = start(folder, tests)
        give_up_at = time.monotonic() + WITHIN_S
        while True:
            with suppress(OSError):
                there.connect("socket")
                return there
            if server.poll() is not None or time.monotonic() > give_up_at:
                sys.exit((folder / "log").read_text())
            time.sleep(0.05)


def start(folder: Path, tests: str) -> subprocess.Popen[bytes]:
    """Start it, with nothing of what this process was given."""
    with (folder / "log").open("w") as log:
        return subprocess.Popen(
            [folder.parent / "bin/python3", Path(__file__).with_name("serve.py"), folder, tests],
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def pass_on(pid: int, signum: int) -> None:
    """Send it, unless it has ended already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signum)


def main() -> None:
    """Hand over arguments, environment, folder and open files; then pass signals on, and end as it ends."""
    here, tests, loaded, *arguments = sys.argv[1:]
    folder = Path(here, loaded)
    folder.mkdir(exist_ok=True)
    opened = (int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    files = [number for number in opened if Path(f"/proc/self/fd/{number}").exists()]  # not that of the look itself
    asked = {"arguments": arguments, "environment": dict(os.environ), "folder": str(Path.cwd()), "files": files}
    os.chdir(folder)  # a path may be too long for a socket
    there = connected(folder, tests)
    there.sendmsg([b"!"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))])
    there.sendall(json.dumps(asked).encode() + b"\n")
    answers = there.makefile()
    pid = int(answers.readline())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda signum, _frame: pass_on(pid, signum))
    code = int(answers.readline() or 1)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main()
