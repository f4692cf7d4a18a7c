"""`hubctl doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from hubctl.adapters.files import reports
from hubctl.commands._command import command
from hubctl.commands._options import seconds
from hubctl.hub import Hub
from hubctl.operations.change import half_done
from hubctl.operations.doctor import diagnosis as doctor
from hubctl.operations.doctor import report as ticket
from hubctl.operations.doctor.diagnosis import Diagnosis, Patient

app = typer.Typer(rich_markup_mode=None)


@command(app, "doctor")
def diagnose(
    hub: Hub,
    timeout: Annotated[float, seconds("Seconds after which what is not known yet stays unknown.")] = 15.0,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Also write it as Markdown for a ticket.", show_default=False),
    ] = None,
) -> Diagnosis:
    """Find what is broken on the way to the models, hop by hop."""
    target = hub.settings.cwd / report if report else None
    if target:
        reports.prepare(target)
    patient = Patient(
        hub.layout, hub.gateway, hub.runtime, lambda: hub.credentials, lambda: half_done.told(hub.ledger())
    )
    diagnosis = doctor.diagnose(patient, timeout_s=timeout, progress=hub.progress)
    if target:
        ticket.write(target, hub.output.masked(diagnosis))
    return diagnosis
