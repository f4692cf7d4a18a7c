"""Where the program begins: `hubctl` and `python -m hubctl`."""

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


def _leave() -> None:
    from hubctl import stdout

    stdout.leave(INTERRUPTED)


if __name__ == "__main__":
    main()
