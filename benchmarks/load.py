"""What large files cost: seconds at 20,000 entries against 5,000, and the memory that the end of a large log takes."""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.check import config
from benchmarks.timing import Bar, Command, medians

HUBCTL = [sys.executable, "-m", "hubctl"]
FEW, MANY, START = 5_000, 20_000, 1
FEW_VARIABLES, MANY_VARIABLES = 36_000, 144_000  # 1.8 and 7.3 MB
LOG_BYTES = 1_000_000_000
# Four times as much may take four times as long, and a machine does other things.
LINEAR = 5.5
RUN = {"port": 4000, "started_at": "", "demo": False, "demo_models": [], "notes": [], "neighbours": []}


def bars() -> Iterator[Bar]:
    """Measure lists, checks and edits of large files, and the end of a log of 1 GB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many = config(folder, FEW), config(folder, MANY)
        yield _grown("`models list`", [*HUBCTL, "models", "list", "--json", "--config"], few, many)
        yield _grown("`config check`", [*HUBCTL, "config", "check", "--json"], few, many)
        yield _grown("`models disable`", [*HUBCTL, "models", "disable", "model-7", "--dry-run", "--config"], few, many)
        few, many = _env(folder, FEW_VARIABLES), _env(folder, MANY_VARIABLES)
        yield _grown("`config check` of an env file", [*HUBCTL, "config", "check", "--json"], few, many)
        yield _log(folder / "hub")


def _grown(what: str, command: Command, few: Path, many: Path) -> Bar:
    small, large = medians([[*command, few], [*command, many]], rounds=2)
    size = f"{many.stat().st_size / 1_000_000:.1f} MB"
    return Bar(
        f"{what}, four times as large", large / small, LINEAR, "times", f"{large:.2f} s for {size}, {small:.2f} s"
    )


def _env(folder: Path, count: int) -> Path:
    path = folder / f"{count}.env"
    path.write_text("".join(f"VARIABLE_{number}=value-{number}-0123456789-abcdefghijk\n" for number in range(count)))
    return path


def _log(hub: Path) -> Bar:
    """Let a process of its own measure the largest of its children: this one has had larger ones."""
    subprocess.run([*HUBCTL, "init", hub], check=True, capture_output=True)
    state = hub / ".hubctl" / "embedded"
    state.mkdir(parents=True)
    (state / "gateway.json").write_text(json.dumps(RUN))
    with (state / "gateway.log").open("wb") as log:  # sparse, so that it is there at once
        log.truncate(LOG_BYTES)
        log.seek(LOG_BYTES)
        log.write(b"\n" + b"INFO: one of the last lines\n" * 5)
    command: Command = [sys.executable, "-m", "benchmarks.load", hub]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Bar("memory of `logs --tail 5`, a log of 1 GB", float(told), 50.0, "MB", "read from the end")


if __name__ == "__main__":
    subprocess.run([*HUBCTL, "logs", "--tail", "5", "--hub", sys.argv[1]], check=True, capture_output=True)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
