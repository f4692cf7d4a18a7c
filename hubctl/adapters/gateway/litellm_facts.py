"""Reads what the pinned LiteLLM accepts, from the file that `tools/litellm_facts.py` writes."""

import json
from functools import cache
from importlib.resources import files

from hubctl.core.judging.known import Known


@cache
def load() -> Known:
    """Read it once."""
    return Known.of(json.loads((files("hubctl.core.judging") / "litellm.json").read_text("utf-8")))
