"""Docker Compose, as the command `docker compose`: what only Compose gets right (create, remove, logs of many)."""

import json
import math
import os
import re
import select
import subprocess
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from hubctl import interrupts
from hubctl.adapters.docker import child
from hubctl.adapters.docker.compose_complaints import INSTALL, explain, last_complaint
from hubctl.adapters.docker.engine_address import DEFAULT_CONTEXT
from hubctl.core.compose.stack import Follow
from hubctl.core.text.line_cutter import LineCutter
from hubctl.errors import ComposeFailed, ComposeOvertaken
from hubctl.progress import Progress

CONFIG_TIMEOUT_S = 20.0
DOWN_TIMEOUT_S = 120.0
INTERRUPT_S = 2.0
OVERTAKEN_TRIES, OVERTAKEN_PAUSE_S = 4, 1.0
# How long it takes at most until an interrupt is noticed, and until a log is no more followed.
STEP_S = 0.2
_UP = ("up", "--detach", "--pull", "never")

# Compose 2.26 erases the line before it writes one, and twice when two containers speak at once.
_LOG_PREFIX = re.compile(r"^(?:\x1b\[2K)*(?P<source>\S+)\s+\| ?(?P<text>.*)$")
# The new container has the old one's id before its name until that is gone.
_PLANNED = re.compile(r"Container (?:[0-9a-f]{12}_)?(?P<name>\S+) +(?P<what>\S+)$")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What Compose would do to the containers of one service, and whether it would leave all others as they are."""

    leaves_others: bool
    recreates: bool


class Compose:
    """One hub's `docker compose`, always with the same files, engine and, where one is known, project.

    `context` is the engine's: said as an option, since a variable would be seen in the compose file's `${...}`.
    """

    def __init__(
        self, root: Path, files: Sequence[Path], environment: Mapping[str, str], *, context: str = DEFAULT_CONTEXT
    ) -> None:
        self._root = root
        self._context = context
        self._files = files
        # The files are named; by this variable, Compose would read them even where they are not wanted. Variables come
        # from `.env`, where hubctl reads them, and from no other file.
        left_out = {"COMPOSE_FILE", "COMPOSE_ENV_FILES"}
        self._environment = {name: value for name, value in environment.items() if name not in left_out}

    def resolved(self) -> Mapping[str, object]:
        """Ask for Compose's own view of the files: `include` and `extends` resolved. Raises ComposeFailed, BadFile."""
        process = self._start(["--profile", "*", "config", "--format", "json"], None, stderr=subprocess.PIPE)
        try:
            out, complaints = process.communicate(timeout=CONFIG_TIMEOUT_S)
        except (subprocess.TimeoutExpired, KeyboardInterrupt) as error:
            process.kill()
            process.communicate()
            if isinstance(error, KeyboardInterrupt):
                raise
            raise ComposeFailed(f"`docker compose config` did not end within {CONFIG_TIMEOUT_S:g} s") from error
        if process.returncode:
            raise explain("config", complaints.decode("utf-8", "replace").splitlines())
        try:
            value = json.loads(out)
        except ValueError as error:
            raise ComposeFailed("`docker compose config` printed something that is not JSON", hint=INSTALL) from error
        return value if isinstance(value, dict) else {}

    def pull(self, services: Sequence[str], *, progress: Progress) -> None:
        """Get the images of these services. As long as it takes: the operator sees it and can interrupt."""
        _tell(self._stream(["pull", *services], project=None), progress)

    def up(self, *, project: str, timeout_s: float, progress: Progress) -> None:
        """Create and start every service, without pulling."""
        _tell(self._stream(_UP, project=project, timeout_s=timeout_s), progress)

    def recreate(
        self,
        service: str,
        mine: Collection[str],
        *,
        project: str,
        grace_s: int,
        timeout_s: float,
        progress: Progress,
    ) -> None:
        """Make new containers of one service in place of `mine`, which get grace_s to end; others are left alone.

        Somebody else's Compose at the same containers, as one goes on whose hubctl was killed, is let end first.
        """
        alone = not self._plan(service, mine, project).leaves_others
        words = [*_UP, *(["--no-deps"] if alone else []), "--force-recreate", "--timeout", str(grace_s), service]
        for tries_left in reversed(range(OVERTAKEN_TRIES)):
            try:
                _tell(self._stream(words, project=project, timeout_s=timeout_s), progress)
                break
            except ComposeOvertaken:
                if not tries_left:
                    raise
                progress(f"another `docker compose` works on {service}: trying again")
                time.sleep(OVERTAKEN_PAUSE_S)

    def would_recreate(self, service: str, mine: Collection[str], *, project: str) -> bool:
        """Ask whether `up` would make new containers of the service, now called `mine`, for its own sake.

        False where it would do so with one that this one depends on: then nobody can tell.
        """
        plan = self._plan(service, mine, project)
        return plan.leaves_others and plan.recreates

    def _plan(self, service: str, mine: Collection[str], project: str) -> "_Plan":
        """Ask what `up SERVICE` would do, dependencies included: with --no-deps, Compose 2.26 takes a service that has
        some for changed, and once it is made so, the next `up` does.
        """
        first: dict[str, str] = {}
        for line in self._stream(["--dry-run", *_UP, service], project=project, timeout_s=CONFIG_TIMEOUT_S):
            if found := _PLANNED.search(line):
                first.setdefault(found["name"], found["what"])
        others = {what for name, what in first.items() if name not in mine}
        return _Plan(others <= {"Running"}, any(first.get(name) == "Recreate" for name in mine))

    def down(self, *, project: str, volumes: bool, progress: Progress) -> None:
        """Stop and remove every container and network of a project, and with `volumes` the data.

        By its labels alone: so a hub whose files are broken can be stopped, and what they name of others stays.
        """
        words = ["down", *(["--volumes"] if volumes else [])]
        _tell(self._stream(words, project=project, by_files=False, timeout_s=DOWN_TIMEOUT_S), progress)

    def logs(
        self, service: str | None, *, project: str, follow: Follow, tail: int | None, since: str | None
    ) -> Iterator[tuple[str, str]]:
        """Yield (container, line) of one service's log, or of all."""
        words = ["logs", "--no-color", *(["--follow"] if follow else [])]
        words += ["--tail", str(tail)] if tail is not None else []
        words += ["--since", since] if since else []
        words += [service] if service else []
        going = follow if callable(follow) else None
        for line in self._stream(words, project=project, by_files=False, going=going):
            prefix = _LOG_PREFIX.match(line)
            if prefix:
                yield prefix["source"], prefix["text"]

    def _stream(
        self,
        words: Sequence[str],
        *,
        project: str | None,
        by_files: bool = True,
        timeout_s: float | None = None,
        going: Callable[[], bool] | None = None,
    ) -> Iterator[str]:
        """Run one command and yield what it prints, as it comes, for as long as `going` says so where it is given.

        A failure becomes a HubError at the end.
        """
        deadline = time.monotonic() + timeout_s if timeout_s is not None else None
        process = self._start(words, project, by_files=by_files, stderr=subprocess.STDOUT)
        said: deque[str] = deque(maxlen=40)
        try:
            for line in _lines_until(cast("IO[bytes]", process.stdout), deadline, going):
                said.append(line)
                yield line
            if going and not going():
                return
            code = process.wait()
        except TimeoutError as error:
            raise ComposeFailed(
                f"`docker compose {words[0]}` did not end within {timeout_s:g} s: {last_complaint(said)}",
                hint="give it more --timeout, or look at `hubctl logs`",
            ) from error
        except KeyboardInterrupt:
            child.wait(process, INTERRUPT_S)  # Ctrl-C reaches it too
            raise
        finally:
            child.finish(process)
        if code:
            raise explain(words[0], said)

    def _start(
        self, words: Sequence[str], project: str | None, *, by_files: bool = True, stderr: int
    ) -> subprocess.Popen[bytes]:
        named = ["--project-name", project] if project else []
        files = [word for file in self._files for word in ("--file", str(file))] if by_files else []
        try:
            return subprocess.Popen(
                ["docker", "--context", self._context, "compose", "--ansi", "never", *named, *files, *words],
                cwd=self._root if by_files else "/",  # in its folder, Compose would find the files by itself
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                # A second Ctrl-C of the terminal must not end what cleans up after the first.
                process_group=0 if interrupts.are_held() else None,
            )
        except FileNotFoundError as error:
            raise ComposeFailed("the command `docker` is not on PATH", hint=INSTALL) from error
        except OSError as error:
            raise ComposeFailed(f"`docker compose` cannot be started: {error.strerror}", hint=INSTALL) from error


def _lines_until(stream: IO[bytes], deadline: float | None, going: Callable[[], bool] | None) -> Iterator[str]:
    """Yield the lines of a pipe until it is closed, or `going` says no.

    Raises TimeoutError at the deadline (monotonic seconds), which is for what has no such say.
    """
    cut = LineCutter()
    while going is None or going():
        # In short steps: a signal in the moment before a wait begins is only noticed after it.
        left_s = math.inf if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([stream], [], [], min(STEP_S, left_s))[0]:
            if left_s <= STEP_S:
                raise TimeoutError
            continue
        chunk = os.read(stream.fileno(), 65536)
        yield from cut.feed(chunk)
        if not chunk:
            yield from cut.rest()
            return


def _tell(lines: Iterator[str], progress: Progress) -> None:
    """Pass on what Compose says of its progress, which it indents; its complaints may quote a line of an env file."""
    for line in lines:
        if line.startswith(" "):
            progress(line.strip())
