"""The claims of a hub, and what was seen of each."""

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.core.text.printable import printable
from hubctl.operations.verify import Verification
from hubctl.render.parts import Rows, notes, page, plain, sign, word

_WORDS = {"not_configured": "not configured"}


@page.register
def _(result: Verification) -> RenderableType:
    table = Rows("", "CLAIM", "RESULT", "EVIDENCE", s=90)
    for claim in result.claims:
        state = _WORDS.get(claim.state, claim.state)
        table.add_row(
            sign(state),
            plain(claim.claim),
            word(state),
            plain(claim.told),
            Text(f"{claim.elapsed_s:.2f}", justify="right"),
        )
    counts = f"{result.proved} proved, {result.failed} failed, {result.not_configured} not configured"
    head = f"{printable(str(result.hub.root))} ({result.hub.runtime}), {result.elapsed_s:.1f} s"
    demo = [f"demo: the answers of {', '.join(result.demo)} are canned"] if result.demo else []
    return Group(table, Text(f"{counts}  {head}"), *notes(demo))
