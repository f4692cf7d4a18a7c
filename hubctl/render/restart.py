"""What a restart did, and its proofs."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.core.printable import printable
from hubctl.operations.restart import Restarted
from hubctl.render.parts import page, sign


@page.register
def _(result: Restarted) -> RenderableType:
    lines = [Text(f"{result.service} was {result.change.effect}: {result.change.reason}")]
    lines += [
        Text.assemble(sign("passed" if proof.ok else "failed"), f" {proof.check}: ", printable(proof.detail))
        for proof in result.proof
    ]
    return Group(*lines)
