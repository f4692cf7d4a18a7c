"""How long `hubctl config check` takes on small and large configs."""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Bar, medians, seconds

HUBCTL = [sys.executable, "-m", "hubctl"]
ENTRY = """\
  - model_name: model-{0}
    litellm_params:
      model: openai/gpt-{0}
      api_key: os.environ/OPENAI_API_KEY
      api_base: https://example.com/{0}/v1
    model_info: {{mode: chat}}
"""


def bars() -> Iterator[Bar]:
    """Check configs of 200 and 5,000 entries."""
    with tempfile.TemporaryDirectory() as folder:
        one, small, large = (config(Path(folder), count) for count in (1, 200, 5000))
        # The start-up is that of a command that reads YAML as well: listing the models of a config with one entry.
        check, start = medians(
            [[*HUBCTL, "config", "check", small, "--json"], [*HUBCTL, "models", "--config", one, "--json"]], rounds=9
        )
        detail = f"200 entries, {check * 1000:.0f} ms against {start * 1000:.0f} ms for `hubctl models --config` on one"
        yield Bar("`hubctl config check` / start-up", check / start, 1.5, "times", detail)
        took = statistics.median(seconds([*HUBCTL, "config", "check", large, "--json"]) for _ in range(3))
        yield Bar("`hubctl config check`, 5,000 entries", took, 3.0, "s", f"{large.stat().st_size / 1000:.0f} kB")


def config(folder: Path, count: int) -> Path:
    """Write a config of so many entries."""
    path = folder / f"litellm_config_{count}.yaml"
    entries = "".join(ENTRY.format(number) for number in range(count))
    path.write_text(f"model_list:\n{entries}general_settings:\n  master_key: os.environ/LITELLM_MASTER_KEY\n")
    return path
