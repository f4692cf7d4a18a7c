"""What a change did, or would do: the diffs, the effect, the proofs."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.core.printable import printable
from hubctl.operations.change import Changed
from hubctl.operations.plan import FileChange
from hubctl.render.parts import notes, page, plain, sign

_COLORS = {"+": "green", "-": "red", "@": "dim"}


@page.register
def _(result: Changed) -> RenderableType:
    change = result.change
    lines: list[RenderableType] = [line for file in change.files for line in _diff(file)]
    lines.append(plain(f"{change.effect}: {change.reason}"))
    lines += [
        Text.assemble(sign("passed" if proof.ok else "failed"), f" {proof.check}: ", printable(proof.detail))
        for proof in result.proof
    ]
    return Group(*lines, *notes(result.notes))


def _diff(file: FileChange) -> list[Text]:
    return [
        plain(str(file.path), "bold"),
        *(plain(line, _COLORS.get(line[:1], "")) for line in file.diff.splitlines()),
    ]
