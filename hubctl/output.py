"""The only printer: the JSON document or human text on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import StringIO
from typing import TYPE_CHECKING, TextIO, TypeVar

from hubctl import interrupts, stdout
from hubctl.core.result import Result, document, error_document
from hubctl.core.secrecy import leaves
from hubctl.core.secrecy.masker import Masker
from hubctl.core.text.printable import printable
from hubctl.errors import Declined, HubError, Unwritten
from hubctl.progress import ByteProgress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

Masked = TypeVar("Masked", bound=Result)
# Off a terminal lines are not wrapped: a pipe has no width.
PIPE_WIDTH = 10_000


class Output:
    """One command's way to talk: results on stdout; progress, errors and questions on stderr.

    Every text goes through the masker, which a hub feeds with its secrets.
    """

    def __init__(self, *, as_json: bool, color: bool, asks: bool = True) -> None:
        self.as_json = as_json
        self.masker = Masker()
        self._color = color
        self._asks = asks
        self._spinner: Status | None = None

    def masked(self, result: Masked) -> Masked:
        """Give a result as it may be shown, or written down."""
        return leaves.masked(result, self.masker)

    def show(self, result: Result) -> None:
        """Print one result, and on stderr what kept it from being what was asked for."""
        self.quiet()
        result = self.masked(result)
        with stdout.closed_pipe_is_fine():
            self._write(result)
        if result.failure and not self.as_json:
            self.fail(result.failure)

    def follow(self, results: Iterable[Result]) -> int:
        """Print results as they come, on a terminal a state in place of the one before. Gives the last exit code."""
        code = 0
        self.quiet()
        on_terminal = sys.stdout.isatty() and not self.as_json
        with stdout.closed_pipe_is_fine(), ExitStack() as stack:
            redraw: Callable[[Result], None] | None = None
            for found in results:
                result = self.masked(found)
                if result.in_place and on_terminal:
                    redraw = redraw or stack.enter_context(self._screen())
                    redraw(result)
                else:
                    self._write(result)
                code = result.exit_code
        return code

    def fail(self, error: HubError) -> None:
        """Say what could not be done, why, and the next step."""
        self.refuse(error.code, error.message, error.hint)

    def refuse(self, code: str, message: str, hint: str | None) -> None:
        """Print an error: on stdout as a document under --json; on stderr otherwise, and where stdout takes nothing."""
        self.quiet()
        message, hint = self.masker(message), self.masker(hint) if hint else None
        if self.as_json and code != Unwritten.code:
            with suppress(Unwritten):
                with stdout.closed_pipe_is_fine():
                    self._line(error_document(code, message, hint))
                return
        self._complain(f"error: {printable(message)}\n")
        if hint:
            self._complain(f"  next: {printable(hint)}\n")

    def warn(self, message: str) -> None:
        """Say on stderr, under --json too, what nobody asked for and somebody has to know."""
        self.quiet()
        self._complain(f"{printable(self.masker(message))}\n")

    def interrupted(self, left: str) -> None:
        """Say in one line what an interrupt left; nothing under --json, where the document is missing."""
        self.quiet()
        if not self.as_json:
            self._complain(f"interrupted: {printable(self.masker(left))}\n")

    def annotate(self, command: str) -> None:
        """Write one workflow command of a CI system. It goes to stderr, which CI reads too: stdout is the result's."""
        self.quiet()
        sys.stderr.write(f"{self.masker(command)}\n")

    def progress(self, message: str) -> None:
        """Show what is going on: a spinner on a terminal, nothing elsewhere or under --json."""
        # Asked only before it spins: meanwhile rich puts something in the place of stderr that says it is no terminal.
        if self._spinner is None:
            if self.as_json or not sys.stderr.isatty():
                return
            self._spinner = self._console(sys.stderr).status("")
            self._spinner.start()
        from rich.text import Text

        self._spinner.update(Text(printable(self.masker(message))))

    @contextmanager
    def bar(self) -> Iterator[ByteProgress]:
        """Give a way to show how many bytes are there: by a bar on a terminal, nowhere else and not under --json.

        Until it is known how many there will be, it spins.
        """
        on_terminal = sys.stderr.isatty() and not self.as_json
        with ExitStack() as stack:
            redraw: ByteProgress | None = None

            def show(doing: str, done: int, total: int) -> None:
                nonlocal redraw
                if not on_terminal or total == 0:
                    self.progress(doing)
                    return
                if redraw is None:
                    self.quiet()
                    from hubctl.render.parts import bar

                    redraw = stack.enter_context(bar(self._console(sys.stderr)))
                redraw(self.masker(doing), done, total)

            yield show

    def confirm(self, question: str, *, yes: bool, must_answer: bool, instead: str = "add --yes") -> None:
        """Ask before something that is hard to take back; raises Declined on a no.

        Off a terminal nobody can answer: then `must_answer` decides whether that is a no; `instead` says what to do.
        """
        if yes:
            return
        self.quiet()
        if not self._can_ask():
            if must_answer:
                raise Declined("this needs a yes, and there is no terminal to ask on", hint=instead)
            return
        sys.stderr.write(f"{self.masker(question)} [y/N] ")
        sys.stderr.flush()
        with interrupts.noticed():
            answer = sys.stdin.readline()
        if answer.strip().lower() not in {"y", "yes"}:
            raise Declined("declined; nothing was changed")

    def tell(self, result: Result) -> None:
        """Show on stderr what a question is about to be asked about; nothing where nobody can answer."""
        if self._can_ask():
            from hubctl.render import render

            self.quiet()
            self._console(sys.stderr).print(render(self.masked(result)))

    def ask_secret(self, prompt: str) -> str | None:
        """Read a secret that is typed without being shown. Null off a terminal, where nobody could type it."""
        if not self._can_ask():
            return None
        from getpass import getpass

        self.quiet()
        with interrupts.noticed():
            return self._learned(getpass(f"{prompt}: ", stream=sys.stderr))

    def read_stdin(self, limit: int) -> str:
        """Read a secret that is piped in, up to a number of characters and one more."""
        return self._learned(sys.stdin.read(limit + 1))

    def _learned(self, secret: str) -> str:
        self.masker.learn({"SECRET": secret.strip()})
        return secret

    def _can_ask(self) -> bool:
        return self._asks and sys.stdin.isatty() and sys.stderr.isatty()

    def _write(self, result: Result) -> None:
        if self.as_json:
            self._line(document(result))
            return
        from hubctl.render import render

        text = StringIO()  # Rich itself would end the process at a closed pipe
        self._console(sys.stdout, into=text).print(render(result))
        stdout.send(text.getvalue())

    def _line(self, value: dict[str, object]) -> None:
        readable = sys.stdout.encoding.lower().startswith("utf")
        stdout.send(json.dumps(value, ensure_ascii=not readable) + "\n")

    @contextmanager
    def _screen(self) -> Iterator[Callable[[Result], None]]:
        """Give a way to show a result in place of the one before."""
        from rich.live import Live

        from hubctl.render import render

        with Live(console=self._console(sys.stdout), auto_refresh=False) as live:
            yield lambda result: live.update(render(result), refresh=True)

    def quiet(self) -> None:
        """Take the spinner away."""
        if self._spinner is not None:
            spinner, self._spinner = self._spinner, None
            spinner.stop()

    @staticmethod
    def _complain(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    def _console(self, stream: TextIO, into: TextIO | None = None) -> "Console":
        """Give a console for a stream. What it prints can go elsewhere, made as for the stream."""
        from rich.console import Console

        terminal = stream.isatty()
        return Console(
            file=into or stream,
            force_terminal=terminal,
            no_color=not self._color,
            highlight=False,
            markup=False,
            emoji=False,
            width=None if terminal else PIPE_WIDTH,
        )
