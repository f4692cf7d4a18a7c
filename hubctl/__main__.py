"""Where the program begins: `hubctl` and `python -m hubctl`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Load and run the program. Loading takes a tenth of a second, in which Ctrl-C must not show a traceback either."""
    try:
        from hubctl import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
