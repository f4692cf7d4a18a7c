"""Providers and their keys."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.operations.providers.listing import ProviderRow, Providers
from hubctl.render.parts import Rows, notes, page, plain, sign, word


@page.register
def _(result: Providers) -> RenderableType:
    checked = any(row.state != "unchecked" or row.detail for row in result.providers)
    table = Rows("", "PROVIDER", "KEY", VARIABLE=70, SOURCE=110, MODELS=90, **({"VERDICT": 0} if checked else {}))
    for row in result.providers:
        cells = [
            sign(_state(row)),
            plain(row.provider),
            plain(row.masked) if row.masked else plain("missing", "dim"),
            plain(row.variable),
            plain(row.source or ""),
            _models(row),
        ]
        table.add_row(*cells, *([_verdict(row)] if checked else []))
    return Group(table, *notes(result.notes))


def _state(row: ProviderRow) -> str:
    """One word for the sign: what is known of the key."""
    if row.key == "missing":
        return "disabled"
    return {"valid": "passed", "invalid": "failed", "unverified": "unknown"}.get(row.state, "active")


def _models(row: ProviderRow) -> Text:
    counts = [(row.models, "active"), (row.disabled, "disabled")]
    return plain(", ".join(f"{len(names)} {what}" for names, what in counts if names))


def _verdict(row: ProviderRow) -> Text:
    return Text.assemble(word(row.state), f": {row.detail}" if row.detail else "")
