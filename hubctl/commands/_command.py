"""How a function becomes a command: the hub and --json are added, the result is printed, errors become exit codes."""

import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import typer
import typer.core

from hubctl import interrupts
from hubctl.adapters.files import faults
from hubctl.adapters.state.identity import FOLDER
from hubctl.adapters.state.ledger import Ledger
from hubctl.commands._options import AsJson, EngineContext, GatewayService, HubFolder
from hubctl.core.compose.layout import Layout
from hubctl.core.result import Result
from hubctl.errors import HubError
from hubctl.hub import Hub
from hubctl.operations import secrecy
from hubctl.output import Output
from hubctl.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Result | Iterator[Result]])

_ADDED = {
    "as_json": (AsJson, False),
    "hub_folder": (HubFolder, None),
    "service_name": (GatewayService, None),
    "context_name": (EngineContext, None),
}


def command(
    app: typer.Typer, name: str, *, changes: Callable[[Mapping[str, Any]], bool] | bool = False
) -> Callable[[Command], Command]:
    """Register a function under a name. It takes a `hub` first, then its options, and returns one result or many.

    The function stays as it is; Typer is shown a rewritten signature, in which the hub is the context and the options
    common to all commands are added. `changes` says whether it, or with these options it, changes something of the hub:
    then a hub that nobody named is asked about, and it is said in one line what an interrupt left.
    """

    def register(function: Command) -> Command:
        @functools.wraps(function)
        def run(context: typer.Context, **options: Any) -> None:
            added = {key: options.pop(key) for key in _ADDED}
            to_change = changes(options) if callable(changes) else changes
            hub = context.obj if isinstance(context.obj, Hub) else _hub(**added, changes=to_change)
            raise typer.Exit(_finish(hub, lambda: function(hub, **options), changes=to_change))

        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        added = [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
            for key, (annotation, default) in _ADDED.items()
        ]
        context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        parameters = [context, *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own), *added]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        app.command(name)(run)
        return function

    return register


class ListByDefault(typer.core.TyperGroup):
    """A noun whose command is `list` when none is given: `hubctl models` is `hubctl models list`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put `list` before options of its own."""
        given = args and (not args[0].startswith("-") or args[0] == "--help")
        return super().parse_args(ctx, args if given else ["list", *args])


def _hub(*, as_json: bool, hub_folder: Any, service_name: str | None, context_name: str | None, changes: bool) -> Hub:
    settings = Settings.read()
    output = Output(as_json=as_json, color=settings.color)
    hub = Hub(settings, output, folder=hub_folder, service=service_name, context=context_name, changes=changes)
    output.masker.add(secrecy.of_words(sys.argv[1:], settings.cwd))
    return hub


def _finish(hub: Hub, call: Callable[[], Result | Iterator[Result]], *, changes: bool) -> int:
    """Print what comes of a call, and give its exit code. Raises KeyboardInterrupt, once it is said what that left."""
    output = hub.output
    try:
        interrupts.begins()
        result = call()
        if isinstance(result, Iterator):
            return output.follow(result)
        output.show(result)
        _tell_hindrance(hub)
    except BaseException as error:  # noqa: BLE001 - raised again where it is neither an answer nor an interrupt
        return _failed(output, error, changes=changes)
    finally:
        output.quiet()
    return result.exit_code


def _failed(output: Output, error: BaseException, *, changes: bool) -> int:
    """Say what a command ended with, and give its exit code. Raises KeyboardInterrupt, and what is a bug."""
    known = faults.of_the_machine(error) if isinstance(error, OSError) else error
    if isinstance(known, HubError):
        output.fail(known)
        if not interrupts.came():  # else what was to be rolled back failed
            return known.exit_code
    elif not interrupts.is_behind(error):
        raise error
    elif not isinstance(error, KeyboardInterrupt) and error.__cause__ is None:  # raised on the way back from it
        output.warn(f"note: this came on top of it: {type(error).__name__}: {error}")
    for note in getattr(error, "__notes__", ()):  # what was kept on the way back
        output.warn(note)
    _tell(output, changes=changes)
    raise KeyboardInterrupt from error


def _tell(output: Output, *, changes: bool) -> None:
    if left := interrupts.left() or ("nothing was changed" if changes else None):
        output.interrupted(left)


def _tell_hindrance(hub: Hub) -> None:
    """Say of a command that went on what hubctl could not look at, or remember, for want of permission."""
    known: Layout | None = vars(hub).get("layout")  # no command is to look for a hub because of this
    if known and (found := Ledger(known.root / FOLDER).hindrance()):
        hub.output.warn(f"note: {found.sentence}")
