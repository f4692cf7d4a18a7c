"""What a restart did, and its proofs."""

from rich.console import Group, RenderableType

from hubctl.operations.stack.restart import Restarted
from hubctl.render.change.changed import outcome
from hubctl.render.parts import page, plain


@page.register
def _(result: Restarted) -> RenderableType:
    return Group(plain(result.service), *outcome(result))
