"""`hubctl verify`."""

from pathlib import Path
from typing import Annotated

import typer

from hubctl.adapters.files import disk, reports
from hubctl.adapters.gateway.client import Gateway
from hubctl.commands._command import command
from hubctl.commands._options import seconds
from hubctl.core.models import model_list
from hubctl.hub import Hub
from hubctl.operations import verify
from hubctl.operations.verify import Verification, report
from hubctl.operations.verify.running import Running

app = typer.Typer(rich_markup_mode=None)

ReportFile = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write a report too: FILE.md or FILE.json.", show_default=False),
]


@command(app, "verify")
def prove(
    hub: Hub,
    report_file: ReportFile = None,
    timeout: Annotated[float, seconds("Seconds for each call of a model.")] = 60.0,
) -> Verification:
    """Prove on the running hub what it is said to do, with free models only."""
    if report_file and report_file.suffix not in report.ENDINGS:
        raise typer.BadParameter(f"{report_file} ends in neither .md nor .json", param_hint="'--report'")
    if report_file:
        reports.prepare(hub.settings.cwd / report_file)
    text = disk.read_text(hub.config)
    running = Running(
        root=hub.root,
        state_folder=hub.state_folder,
        runtime=hub.runtime,
        layout=hub.layout,
        service=hub.gateway.name,
        gateway=Gateway(hub.gateway_address(), hub.credentials.gateway_key),
        credentials=hub.credentials,
        config=model_list.load(text, hub.config),
        models=model_list.read(text, hub.config),
        environment=hub.environment,
        timeout_s=timeout,
    )
    result = verify.run(running, hub.progress, hub.output.warn)
    if report_file:
        report.write(result, hub.settings.cwd / report_file)
    return result
