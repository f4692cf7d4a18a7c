"""Where the program begins: `hubctl` and `python -m hubctl`."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

INTERRUPTED = 130


def main() -> None:
    """Load and run the program. Loading takes a tenth of a second, in which Ctrl-C must not show a traceback either."""
    try:
        from hubctl import cli

        cli.main()
    except KeyboardInterrupt:
        _leave()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _leave()
        raise


def _leave() -> NoReturn:
    """End at once. Threads may be left behind, and the end of the interpreter aborts one that is in a Rust library."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
