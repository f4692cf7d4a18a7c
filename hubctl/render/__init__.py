"""A result as human text, for wide and narrow terminals alike: one module per noun, one function per result type."""

from importlib import import_module

from rich.console import RenderableType

from hubctl.core.result import Result
from hubctl.render.parts import page

_OPERATIONS = "hubctl.operations."


def render(result: Result) -> RenderableType:
    """Render a result for a person. Only the modules of its nouns are loaded: operations/NOUN has render/NOUN."""
    for kind in type(result).__mro__:
        if kind.__module__.startswith(_OPERATIONS):
            import_module(f"{__name__}.{kind.__module__.split('.')[2]}")
    return page(result)
