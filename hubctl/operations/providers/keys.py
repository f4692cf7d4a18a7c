"""Where the gateway gets its variables from, and which file a variable is to be set in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.core.text import env_text
from hubctl.errors import BadFile, EditRefused


@dataclass(frozen=True, slots=True)
class EnvFiles:
    """The env files of the gateway in the order in which Compose reads them: the last one that sets a name wins.

    `fixed` is what the compose file itself sets, which wins over all of them; `dotenv` the file that it may take such
    values from, `shell` what goes before that one; `variables` are what values may name in `${...}`.
    """

    files: tuple[Path, ...]
    fixed: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    dotenv: Path | None = None
    compose_file: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    shell: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class GatewayFiles:
    """The files that decide about providers. Null for one that is not there or was not named."""

    config: Path | None
    env: EnvFiles | None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them."""
        env = (*self.env.files, self.env.dotenv) if self.env else ()
        return tuple(file for file in (self.config, *env) if file)


@dataclass(frozen=True, slots=True)
class Source:
    """The place that gives a variable its value. `line` counts from 1; `written` is the name there."""

    value: str = field(repr=False)
    file: Path
    line: int | None

    def __str__(self) -> str:
        """file:line."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)


def read(env: EnvFiles) -> dict[str, Source]:
    """Find every variable that the gateway gets, with its place. A file that is missing gives nothing."""
    found: dict[str, Source] = {}
    for file in env.files:
        if not file.exists():
            continue
        values = {name: source.value for name, source in found.items()}
        found |= _sources(file, {**env.variables, **values})
    from_dotenv = _sources(env.dotenv, env.shell) if env.dotenv and env.dotenv.exists() else {}
    for name, value in env.fixed.items():
        told = from_dotenv.get(name)
        if told is not None and name not in env.shell and value in (None, told.value):
            found[name] = told
        elif value is not None and env.compose_file is not None:
            found[name] = Source(value, env.compose_file, None)
    return found


def place(env: EnvFiles, name: str) -> Path:
    """Choose the file to set a variable in, so that the gateway really gets it.

    Where it is set already, else the last env file. Raises EditRefused when nothing in a file of variables would count,
    BadFile when there is none.
    """
    current = read(env).get(name)
    if current is not None and current.file == env.compose_file:
        raise EditRefused(
            f"{current.file} sets {name} itself, under `environment:`, which wins over every env file",
            hint=f"take {name} out of `environment:` there and run again, or change it there",
        )
    if current is not None:
        return current.file
    if not env.files:
        raise BadFile(
            f"{env.compose_file}: the gateway has no env file to put {name} into",
            hint="give the service an `env_file:` in the compose file",
        )
    return env.files[-1]


def holding(env: EnvFiles, name: str) -> tuple[Path, ...]:
    """List the files that set a variable, effective or not. What the compose file itself sets is not among them."""
    candidates = [*env.files, *([env.dotenv] if env.dotenv and name in env.fixed else [])]
    return tuple(file for file in candidates if file.exists() and name in _sources(file, {}))


def _sources(file: Path, variables: Mapping[str, str]) -> dict[str, Source]:
    text = env_text.read(disk.read_text(file), variables)
    lines = {assignment.name: assignment.line for assignment in text.assignments}
    return {name: Source(value, file, lines[name]) for name, value in text.values().items()}
