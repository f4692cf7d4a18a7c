"""A result as human text, for wide and narrow terminals alike: a module for each operation that has a result."""

from importlib import import_module
from importlib.util import find_spec

from rich.console import RenderableType

from hubctl.core.result import Result
from hubctl.render.parts import page

_OPERATIONS = "hubctl.operations."


def render(result: Result) -> RenderableType:
    """Render a result for a person. Only the modules of its kinds are loaded: operations/X/Y has render/X/Y."""
    for kind in type(result).__mro__:
        module = kind.__module__.replace(_OPERATIONS, f"{__name__}.", 1)
        if module != kind.__module__ and find_spec(module):
            import_module(module)
    return page(result)
