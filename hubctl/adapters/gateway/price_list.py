"""LiteLLM's own list of models and prices: as the running gateway has it, or the package installed beside hubctl."""

import json
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services.http_probe import get
from hubctl.core.compose.stack import Address
from hubctl.core.probe import NoAnswer

LIMIT_BYTES = 16_000_000  # it has 2 MB
_PATH = "/public/litellm_model_cost_map"
_FILE = "model_prices_and_context_window_backup.json"


def read(gateway: Address | None, *, timeout_s: float) -> Mapping[str, object]:
    """Give the list by target; empty where neither has one. Source: GET /public/litellm_model_cost_map, open."""
    if gateway is not None:
        with suppress(NoAnswer):
            answer = get(gateway, _PATH, deadline=Deadline(timeout_s), limit_bytes=LIMIT_BYTES)
            match answer.status, answer.json():
                case 200, dict(told):
                    return told
    return _installed()


def _installed() -> Mapping[str, object]:
    """Read the package's file without importing it, which would take 10 s."""
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        return {}
    with suppress(OSError, ValueError):
        read = json.loads((Path(spec.origin).parent / _FILE).read_bytes())
        return read if isinstance(read, dict) else {}
    return {}
