"""Where the program begins: `hubctl` and `python -m hubctl`."""

import gc
import sys

INTERRUPTED = 130  # Typer's code for a KeyboardInterrupt, whichever signal was its cause
# Python looks for garbage after every 700 new objects, which while modules load is a tenth of a short command's time
# and finds nothing. At the end it would look at all of them once more, for another 60 ms: frozen ones it passes over.
_OBJECTS_BEFORE_GC = 100_000


def main() -> None:
    """Load and run the program. Loading takes a tenth of a second, in which Ctrl-C must not show a traceback either."""
    gc.set_threshold(_OBJECTS_BEFORE_GC)
    try:
        from hubctl import interrupts

        interrupts.watch()
        from hubctl import cli

        cli.main()
    except KeyboardInterrupt:
        _leave()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _leave()
        raise
    finally:
        gc.freeze()


def _leave() -> None:
    from hubctl import interrupts, stdout

    with interrupts.held(finish=True):
        if not interrupts.has_begun():
            from hubctl.output import Output

            Output(as_json="--json" in sys.argv, color=False).interrupted("nothing was changed")
        stdout.leave(interrupts.exit_code())


if __name__ == "__main__":
    main()
