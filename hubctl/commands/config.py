"""`hubctl config`."""

from pathlib import Path
from typing import Annotated

import typer

from hubctl.adapters.state.ledger import Ledger
from hubctl.commands._command import command
from hubctl.commands._options import DryRun, NoRestart, StartTimeout, Yes
from hubctl.commands.change.terms import LEFT_TO_DO, terms
from hubctl.core.rules import RULES
from hubctl.errors import HubError
from hubctl.hub import Hub
from hubctl.operations.change.changed import Changed
from hubctl.operations.change.transaction import Terms, files_only
from hubctl.operations.config import check as config
from hubctl.operations.config import fix as config_fix
from hubctl.operations.config import sources
from hubctl.operations.config.check import Checked, Format
from hubctl.operations.stack.start import START_S

LONE = "files alone, of no hub: nothing was asked to read them, and `hubctl undo` cannot take this back"

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Check the litellm config, env files and compose file together."
)
app.add_typer(group, name="config")


@group.callback()
def _group() -> None:
    """Keep `check` a subcommand: Typer makes a lone command the group itself."""


def _known(ids: list[str] | None) -> list[str]:
    """Refuse an id that no rule has: a typo would otherwise hide, or show, the wrong thing."""
    names = {rule.id for rule in RULES}
    given = [name.upper() for name in ids or ()]
    if strangers := [name for name in given if name not in names]:
        raise typer.BadParameter(f"no rule is called {strangers[0]}; docs/rules.md lists them")
    return given


def _of_files(hub: Hub, files: list[Path], dry_run: bool) -> Terms:
    """How named files are changed: those of a hub with its lock and a receipt, others alone. Nothing is restarted."""
    try:
        known = hub.files
    except HubError:
        known = ()
    if {file.resolve() for file in files} <= {file.resolve() for file in known}:
        return Terms(Ledger(hub.state_folder, files, hub.output.masker), files_only(LEFT_TO_DO), dry_run)
    return Terms(Ledger(None, files), files_only(LONE), dry_run)


@command(group, "check", changes=lambda options: bool(options["fix"]))
def check(
    hub: Hub,
    *,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Litellm configs, env files or compose files, each on its own. Default: this hub's.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="text, or github: annotations for its CI.")] = "text",
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="ID", callback=_known, help="Judge by this rule only.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="ID", callback=_known, help="Leave this rule out.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Correct what is certain; in a hub, `hubctl undo` takes it back.")
    ] = False,
    dry_run: DryRun = False,
    no_restart: NoRestart = False,
    timeout: StartTimeout = START_S,
    yes: Yes = False,  # noqa: ARG001 - every changing command takes it; this one never asks
) -> Checked | Changed:
    """Say what in the litellm config, env files and compose file will not work, where, why, and the fix."""
    cwd = hub.settings.cwd
    files = [cwd / path for path in paths or ()]
    environment = hub.settings.environment
    whole = () if files else (sources.of_hub(hub.layout, hub.gateway, embedded=hub.is_embedded),)
    subjects = config.of_files(files, environment) if files else whole
    if fix:
        if files:
            asked = _of_files(hub, files, dry_run)
        else:
            asked = terms(hub, no_restart=no_restart, timeout_s=timeout, dry_run=dry_run)
        return config_fix.fix(subjects, asked, only=rule or (), ignored=ignore or ())
    return config.check(subjects, folder=cwd, only=rule or (), ignored=ignore or (), style=form, strict=strict)
