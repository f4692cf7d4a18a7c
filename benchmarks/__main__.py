"""`make bench`: prints every ratio with the facts of the machine; exit 1 when one is over its limit."""

import os
import platform
import sys

from benchmarks import model_edit, startup, status


def main() -> int:
    """Measure everything there is a need for on this machine."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    over = 0
    for suite in (startup, model_edit, status):
        for bar in suite.bars():
            print(bar, flush=True)
            over += bar.value > bar.limit
    return 1 if over else 0


sys.exit(main())
