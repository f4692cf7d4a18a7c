"""The models of the hub."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.operations.models import Model, Models
from hubctl.render.parts import Rows, notes, page, plain, sign, word, yes_no


@page.register
def _(result: Models) -> RenderableType:
    table = Rows("", "MODEL", "STATE", TARGET=90, LISTED=50, PULLED=60, KEY=110, LINE=70, RETIRED=100, USABLE=120)
    for model in result.models:
        table.add_row(
            sign(model.state),
            plain(model.name),
            word(f"{model.state}, demo" if model.demo else model.state),
            plain(f"= {model.alias_of}" if model.alias_of else model.target or ""),
            yes_no(model.listed),
            _pulled(model),
            plain(f"{model.key.variable}: {'set' if model.key.present else 'missing'}" if model.key else ""),
            Text(str(model.line or ""), justify="right"),
            plain(model.retired or "", "yellow"),
            _usable(model),
        )
    return Group(table, *notes(result.notes))


def _pulled(model: Model) -> Text:
    if model.pulled and model.size_bytes:
        return Text(f"{model.size_bytes / 1e9:.1f} GB")
    return yes_no(model.pulled)


def _usable(model: Model) -> Text:
    """What the last smoke test said, and when; the reason alone where it said nothing."""
    words = f"no: {model.reason}" if model.usable == "no" else model.reason or ""
    return (
        plain(words, {"yes": "green", "no": "red", "unknown": "dim"}[model.usable])
        if model.state == "active"
        else Text()
    )
