"""How long hubctl takes before it does anything."""

import sys
from collections.abc import Iterator

from benchmarks.timing import Bar, medians


def bars() -> Iterator[Bar]:
    """Compare `hubctl --version` with the import of the library it is built on."""
    hubctl, typer = medians(
        [[sys.executable, "-m", "hubctl", "--version"], [sys.executable, "-c", "import typer"]], rounds=15
    )
    detail = f"{hubctl * 1000:.0f} ms against {typer * 1000:.0f} ms"
    yield Bar("`hubctl --version` / `import typer`", hubctl / typer, 1.5, "times", detail)
