"""`hubctl adopt`."""

from typing import Annotated

import typer

from hubctl.commands._command import command
from hubctl.commands._options import DryRun, Yes
from hubctl.hub import Hub
from hubctl.operations.stack import adopt
from hubctl.operations.stack.adopt import Adopted

app = typer.Typer(rich_markup_mode=None)


@command(app, "adopt", changes=True)
def take(
    hub: Hub,
    as_new: Annotated[
        bool, typer.Option("--as-new", help="Take nothing: a name and an id of its own, as a copied hub needs.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> Adopted:
    """Take over what a moved hub left on the engine, or name a copy anew."""
    ownership = hub.composed().ownership

    def approve(plan: Adopted) -> None:
        hub.output.tell(plan)
        question = "Go on with empty volumes under that name?" if as_new else "Are these this hub's?"
        hub.output.confirm(question, yes=yes, must_answer=True)

    decide = adopt.as_new if as_new else adopt.adopt
    return decide(ownership, hub.ledger(), approve=approve, dry_run=dry_run)
