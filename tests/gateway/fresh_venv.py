"""A fresh virtual environment beside the libraries that are there: hubctl is installed, a gigabyte is not."""

import subprocess
import sys
from pathlib import Path


def fresh_venv(venv: Path, *, litellm: Path) -> None:
    """Make it. pip finds the libraries of this environment, and gets what a package asks for beyond."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)  # this one's pip takes no time
    (venv / "bin/pip").write_text(f'#!/bin/sh\nexec "{venv}/bin/python" -m pip "$@"\n')
    (venv / "bin/pip").chmod(0o755)
    (site,) = venv.glob("lib/python*/site-packages")
    paths = [path for path in sys.path if path.endswith("site-packages")]
    (site / "libraries.pth").write_text("\n".join(paths) + "\n")
    (venv / "bin/litellm").symlink_to(litellm)
