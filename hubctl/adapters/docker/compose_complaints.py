"""What the complaints of Docker Compose mean, in words for the operator. Its own words may quote an env file's line.

Source: texts seen from Compose 2.26 and 2.40 on Engine 20.10 to 28.5.
"""

import re
from collections.abc import Callable, Iterable

from hubctl.errors import (
    BadFile,
    ComposeFailed,
    ComposeOvertaken,
    EngineRefused,
    EngineUnavailable,
    HubError,
    PortTaken,
)

INSTALL = "install the Compose plugin of Docker (`docker compose version` must answer)"


def explain(command: str, said: Iterable[str]) -> HubError:
    """Turn what Compose said before it failed into one error."""
    lines = list(said)
    for pattern, meaning in _COMPLAINTS:
        if found := re.search(pattern, "\n".join(lines), re.MULTILINE):
            return meaning(found)
    return ComposeFailed(f"`docker compose {command}` failed: {last_complaint(lines)}")


def _broken_env_file(found: re.Match[str]) -> HubError:
    """Name the line alone: what stands there may be a secret. Compose 2.26 does not always name the file."""
    file = found["file"] or "an env file of this hub"
    return BadFile(
        f"{file}, line {found['line']}: Docker Compose cannot read it",
        hint="write NAME=value, the value in single quotes when it holds spaces or $",
    )


_COMPLAINTS: tuple[tuple[str, Callable[[re.Match[str]], HubError]], ...] = (
    (  # without the plugin, `docker` takes the options that are meant for it as its own
        r"is not a docker command|unknown command: docker compose|unknown flag: --(?:ansi|project-name|file|profile)",
        lambda _: ComposeFailed("this Docker has no Compose plugin", hint=INSTALL),
    ),
    (
        r"(?::|port )(?P<port>\d+)(?: failed: port is already allocated|: bind: address already in use)",
        lambda found: PortTaken(int(found["port"])),
    ),
    (
        r"No such image: (?P<image>\S+)",
        lambda found: EngineRefused(f"the image {found['image']} is not on this machine", hint="`hubctl up` pulls it"),
    ),
    (
        r"removal of container \S+ is already in progress|container name \S+ is already in use|No such container: \S+",
        lambda found: ComposeOvertaken(
            f"another `docker compose` is at work: {found[0]}",
            hint="wait until it has ended and run again",
        ),
    ),
    (r"failed to read (?P<file>\S+): line (?P<line>\d+): ", _broken_env_file),
    (r"^(?P<file>)line (?P<line>\d+): (?:unterminated|key cannot|unexpected character|invalid)", _broken_env_file),
    (
        r"Cannot connect to the Docker daemon at \S+[^.\s]|permission denied while trying to connect[^:]*",
        lambda found: EngineUnavailable(
            f"no Docker engine: {found[0]}", hint="start Docker, or set DOCKER_HOST to its address"
        ),
    ),
    (
        r"env file (?P<file>\S+) not found",
        lambda found: BadFile(f"{found['file']} is missing", hint="`hubctl init` makes what is missing"),
    ),
)


def last_complaint(said: Iterable[str]) -> str:
    """Give the last line that is more than a warning."""
    complaints = [line for line in said if line.strip() and "level=warning" not in line]
    return complaints[-1].strip() if complaints else "it said nothing"
