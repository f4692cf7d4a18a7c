"""How long enabling, disabling and adding a model entry takes, and how that grows with the config."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.timing import Bar
from hubctl.core.models import edit as model_edit
from hubctl.core.models.edit import Edited

ENTRIES = 500
PATH = Path("litellm_config.yaml")


def bars() -> Iterator[Bar]:
    """Compare an edit in a config of 5,000 entries with the same one in a config of 500."""
    edits: dict[str, Callable[[str], Edited]] = {
        "enable": lambda text: model_edit.enable(text, PATH, ["last-disabled"]),
        "disable": lambda text: model_edit.disable(text, PATH, ["last-active"]),
        "add": lambda text: model_edit.add(text, PATH, "new", "openai/new"),
    }
    small, large = _config(ENTRIES), _config(10 * ENTRIES)
    for name, edit in edits.items():
        rounds = [(_seconds(edit, small), _seconds(edit, large)) for _ in range(7)]
        few, many = (min(times) for times in zip(*rounds, strict=True))
        detail = f"{many * 1000:.0f} ms against {few * 1000:.0f} ms"
        yield Bar(f"{name} one of 5,000 entries / one of 500", many / few, 12.0, "times", detail)


def _config(entries: int) -> str:
    """A config in which every third entry is commented out."""
    lines = ["model_list:"]
    names = [f"model-{number}" for number in range(entries - 2)]
    for number, name in enumerate([*names, "last-active", "last-disabled"]):
        lead = "  # " if name == "last-disabled" or (number % 3 == 1 and name != "last-active") else "  "
        lines += [f"{lead}- model_name: {name}", f"{lead}  litellm_params:", f"{lead}    model: openai/{name}"]
        lines += [f"{lead}    api_key: os.environ/OPENAI_API_KEY", f"{lead}    rpm: {number}"]
    return "\n".join([*lines, "general_settings:", "  master_key: os.environ/LITELLM_MASTER_KEY", ""])


def _seconds(edit: Callable[[str], Edited], text: str) -> float:
    began = time.perf_counter()
    edited = edit(text)
    seconds = time.perf_counter() - began
    assert len(edited.entries) == 1
    return seconds
