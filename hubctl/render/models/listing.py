"""The models of the hub."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.operations.models.listing import Model, Models
from hubctl.render.parts import Rows, notes, page, plain, sign, word, yes_no


@page.register
def _(result: Models) -> RenderableType:
    widths = {"TARGET": 90, "LISTED": 50, "PULLED": 60, "KEY": 110, "LINE": 70, "RETIRED": 100}
    table = Rows("", "MODEL", "STATE", **widths, USABLE=55, TESTED=120)
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
            _verdict(model, model.usable),
            _verdict(model, model.reason or ""),
        )
    return Group(table, *notes(result.notes))


def _pulled(model: Model) -> Text:
    if model.pulled and model.size_bytes:
        return Text(f"{model.size_bytes / 1e9:.1f} GB")
    return yes_no(model.pulled)


def _verdict(model: Model, words: str) -> Text:
    """What is known of a model by its last smoke test; nothing of one that cannot be asked."""
    color = {"yes": "green", "no": "red", "unknown": "dim"}[model.usable]
    return plain(words, color) if model.state == "active" else Text()
