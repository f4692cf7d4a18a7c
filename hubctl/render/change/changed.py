"""What a change did, or would do: the diffs, the effect, the proofs."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.core.text.printable import printable
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.plan import FileChange
from hubctl.render.parts import notes, page, plain, sign

_EFFECTS = {"unchanged": "services unchanged"}  # the files may well have changed
_COLORS = {"+": "green", "-": "red", "@": "dim"}


@page.register
def _(result: Changed) -> RenderableType:
    files = () if result.rolled_back else result.change.files
    return Group(*(line for file in files for line in _diff(file)), *outcome(result))


def outcome(result: Changed) -> list[RenderableType]:
    """What became of a change: how it took effect, why so, each proof, and the notes."""
    change = result.change
    proofs = (
        Text.assemble(sign("passed" if proof.ok else "failed"), f" {proof.check}: ", printable(proof.detail))
        for proof in result.proof
    )
    effect = _EFFECTS.get(change.effect, change.effect)
    return [plain(f"{effect}: {change.reason}"), *proofs, *notes(result.notes)]


def _diff(file: FileChange) -> list[Text]:
    return [
        plain(str(file.path), "bold"),
        *(plain(line, _COLORS.get(line[:1], "")) for line in file.diff.splitlines()),
    ]
