"""Signals that end hubctl, each in a Python of its own: where they are let through, held back, and ignored."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import environment

pytestmark = pytest.mark.process

BEGIN = """\
import os, signal, sys, threading, time
from hubctl import interrupts
from hubctl.interrupts import held, let
interrupts.watch()
def send(number=signal.SIGTERM):
    signal.raise_signal(number)
"""


def said(script: str, *, prefix: str = "") -> list[str]:
    """Run a script that prints what happens to it."""
    command = f'{prefix}exec "$0" -c "$1"'
    done = subprocess.run(
        # Whoever runs the tests may ignore some, as nohup and background jobs do.
        ["env", "--default-signal", "/bin/sh", "-c", command, sys.executable, BEGIN + script],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_each_signal_is_raised_and_has_the_exit_code_of_shells(name: str, code: int) -> None:
    script = f"""\
try:
    send(signal.{name})
except KeyboardInterrupt:
    print(interrupts.exit_code())
"""
    assert said(script) == [str(code)]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_one_that_the_parent_ignores_stays_ignored(name: str) -> None:
    script = f"send(signal.{name}); print(signal.{name} in interrupts.wanted())"
    assert said(script, prefix=f"trap '' {name.removeprefix('SIG')}; ") == ["False"]


def test_no_module_is_left_half_imported(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import signal, time\nsignal.raise_signal(signal.SIGINT)\ntime.sleep(0.2)\nloaded = 1\n"
    )
    script = f"""\
sys.path.insert(0, {str(tmp_path)!r})
try:
    with held():
        with let():
            import slow
            print(slow.loaded)
            time.sleep(9)
except KeyboardInterrupt:
    print(sys.modules["slow"].loaded, interrupts.exit_code())
"""
    assert said(script) == ["1", "1 130"]


def test_held_back_it_is_raised_in_the_end() -> None:
    script = """\
try:
    with held():
        with held():
            send()
        print("whole")
    print("too far")
except KeyboardInterrupt:
    print("raised")
"""
    assert said(script) == ["whole", "raised"]


def test_what_is_finished_has_nothing_left_to_interrupt() -> None:
    script = """\
with held(finish=True):
    send()
print("goes on")
try:
    time.sleep(1.1)
    send()
except KeyboardInterrupt:
    print("raised")
"""
    assert said(script) == ["goes on", "raised"]


def test_an_error_is_not_replaced() -> None:
    script = """\
try:
    with held():
        send()
        raise ValueError
except ValueError:
    print("the error")
"""
    assert said(script) == ["the error"]


@pytest.mark.parametrize("gap_s", [0, 1.2])
def test_what_cleans_up_is_not_interrupted_again(gap_s: float) -> None:
    script = f"""\
try:
    with held():
        try:
            with let():
                send(signal.SIGINT)
                print("too far")
        finally:
            print("cleaning up")
            time.sleep({gap_s})
            send(signal.SIGHUP)
            send(signal.SIGTERM)
            print("clean", interrupts.are_held())
except KeyboardInterrupt:
    print(interrupts.exit_code(), interrupts.are_held())
"""
    assert said(script) == ["cleaning up", "clean True", "130 False"]


def test_one_that_came_before_it_was_let_through_is_raised_there() -> None:
    script = """\
try:
    with held():
        send()
        try:
            with let():
                print("too far")
        finally:
            print("clean", interrupts.are_held())
except KeyboardInterrupt:
    print("raised")
"""
    assert said(script) == ["clean True", "raised"]


def test_two_at_once_are_one_interruption() -> None:
    """As a closed terminal sends them: the second is there before the first is dealt with."""
    script = """\
both = {signal.SIGHUP, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, both)
os.kill(os.getpid(), signal.SIGHUP)
os.kill(os.getpid(), signal.SIGTERM)
try:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
except KeyboardInterrupt:
    print("raised")
print("once")
"""
    assert said(script) == ["raised", "once"]


def test_another_thread_holds_nothing_back() -> None:
    script = """\
def work():
    with held():
        inside.set()
        leave.wait()
inside, leave = threading.Event(), threading.Event()
thread = threading.Thread(target=work)
thread.start()
inside.wait()
try:
    send()
except KeyboardInterrupt:
    print("raised")
leave.set()
thread.join()
print(interrupts.are_held())
"""
    assert said(script) == ["raised", "False"]


def test_only_those_signals_are_taken() -> None:
    assert said("print(signal.getsignal(signal.SIGQUIT) is signal.SIG_DFL)") == ["True"]
