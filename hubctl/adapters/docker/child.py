"""The end of a process that was started for one command."""

import subprocess

from hubctl import interrupts

_TERMINATE_S = 10.0


@interrupts.held()
def finish(process: subprocess.Popen[bytes]) -> None:
    """End a process that has not ended by itself."""
    if process.stdout is not None:
        process.stdout.close()
    if process.poll() is None:
        process.terminate()
        if not wait(process, _TERMINATE_S):
            process.kill()
            process.wait()


def wait(process: subprocess.Popen[bytes], timeout_s: float) -> bool:
    """Wait for a process to end; False when it goes on after timeout_s."""
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return False
    return True
