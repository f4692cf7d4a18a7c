"""The Typer app: its commands, each loaded when it is called, and the last place that catches."""

import importlib
import os
import re
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Annotated, Any, TextIO

import typer
import typer.core
import typer.main

from hubctl import __version__, interrupts, stderr

# group of --help -> command -> (module, what --help says); a module is imported when its command is called, so that
# --help costs Typer only.
GROUPS = {
    "Run it": {
        "init": ("stack.init", "Make a hub: files and secrets. Never overwrites."),
        "up": ("stack.lifecycle", "Start the stack and wait until it is healthy."),
        "down": ("stack.lifecycle", "Stop the stack. Data stays."),
        "logs": ("stack.lifecycle", "Show the logs of the stack, or of one service."),
        "status": ("stack.status", "Show the state of every service."),
        "adopt": ("stack.adopt", "Take over what a moved hub left on the engine, or name a copy anew."),
        "restart": ("stack.restart", "Make a service read its files again, and prove that it did."),
        "dashboard": ("dashboard", "Show the hub in a browser, on this machine alone, and serve its JSON API."),
    },
    "Models and providers": {
        "models": ("models.entries", "Show, switch, add and pull the models of the hub."),
        "provider": ("providers", "Add, check, switch and remove providers."),
    },
    "Prove": {
        "test-model": ("smoke.run", "Ask models for a real answer."),
        "doctor": ("doctor", "Find what is broken on the way to the models, hop by hop."),
        "config": ("config", "Check the litellm config, env files and compose file together."),
        "verify": ("verify", "Prove on the running hub what it is said to do, with free models only."),
    },
    "Change back": {
        "undo": ("change.undo", "Take the last change back."),
    },
}
COMMANDS = {name: found for group in GROUPS.values() for name, found in group.items()}

_SUPERFLUOUS = re.compile(r"(unexpected extra argument\(?s?\)?) \(.*\)", re.DOTALL)


class Commands(typer.core.TyperGroup):
    """The top level: commands that are loaded on first use."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]  # the names; each is loaded by get_command

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Import the module of a command and give the command; null for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"hubctl.commands.{COMMANDS[cmd_name][0]}")
        return typer.main.get_group(module.app).get_command(ctx, cmd_name)

    def format_commands(self, _ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """List the commands by group for --help without loading them."""
        width = max(map(len, COMMANDS))
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, (_, text) in commands.items()])


app = typer.Typer(cls=Commands, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=True)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hubctl {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Operate a self-hosted LLM hub: Open WebUI, the LiteLLM proxy, Ollama, Redis and PostgreSQL."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the program; what is not an answer to the operator is a bug in hubctl, exit 3. Raises KeyboardInterrupt."""
    sys.stdout, sys.stderr = _open(sys.stdout), stderr.that_takes_all(_open(sys.stderr))
    try:
        code = app(prog_name="hubctl", standalone_mode=False)
    except typer.TyperException as error:
        sys.exit(_usage(error))
    except Exception as error:  # the last place: no operator is shown a traceback
        if interrupts.is_behind(error):
            raise KeyboardInterrupt from error
        sys.exit(_bug(error))
    sys.exit(code if isinstance(code, int) else 0)


def _open(stream: TextIO | None) -> TextIO:
    """Give a stream that takes everything: one that the shell closed (>&-) takes it for nobody."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - as long as the program
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # a character that the terminal cannot show is no bug
    return stream


def _usage(error: typer.TyperException) -> int:
    """Say what is wrong with the command line, without repeating what may be a key that no argument should be."""
    from hubctl.hub import Hub
    from hubctl.operations import secrecy
    from hubctl.output import Output
    from hubctl.settings import Settings

    output = Output(as_json="--json" in sys.argv, color=False)
    with suppress(OSError):  # a folder that is gone has no hub
        settings = Settings.read()
        Hub(settings, output).output.masker.add(secrecy.of_words(sys.argv[1:], settings.cwd))
    message, superfluous = _SUPERFLUOUS.subn(r"\1", error.format_message())
    hint = "`hubctl --help` and `hubctl COMMAND --help` show what there is"
    if superfluous and "provider" in sys.argv:
        hint = (
            "a key is never taken from the arguments, which stay in the shell's history and the list of processes: "
            "give it with --stdin, with --from-env NAME, or when asked"
        )
    output.refuse("usage", message, hint)
    return error.exit_code


def _bug(error: Exception) -> int:
    """Say where it happened, without values."""
    from hubctl.errors import place_of
    from hubctl.output import Output

    output = Output(as_json="--json" in sys.argv, color=False)
    output.refuse("bug", place_of(error), "please report it")
    return 3
