"""What the real LiteLLM makes of many configs, each loaded by itself."""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests import preloaded
from tests.real_servers import litellm

LOADER = Path(__file__).with_name("load_configs.py")


def loaded(texts: Iterable[str], folder: Path, env: Mapping[str, str]) -> dict[str, Any]:
    """Load each config; gives by its text the `error` that ends the start, or null, and the names of the `entries`."""
    litellm()
    files = {text: folder / f"{number}.yaml" for number, text in enumerate(texts)}
    for text, file in files.items():
        file.write_text(text)
    command: list[str | Path] = [preloaded.python(), LOADER, *files.values()]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **env}
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder, timeout=600, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return dict(zip(files, answers, strict=True))
