"""`make bench`: prints every ratio with the facts of the machine; exit 1 when one is over its limit."""

import os
import pkgutil
import platform
import sys
from importlib import import_module

import benchmarks


def main() -> int:
    """Measure everything there is a need for on this machine: each module with `bars`, or those named."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    over = 0
    there = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__")
    for suite in (import_module(f"benchmarks.{name}") for name in sys.argv[1:] or there):
        for bar in getattr(suite, "bars", tuple)():
            print(bar, flush=True)
            over += bar.value > bar.limit
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
