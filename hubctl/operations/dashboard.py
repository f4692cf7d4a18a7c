"""The dashboard of a hub: where it runs, as its file tells those of this user who may ask it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from hubctl.adapters.files import disk
from hubctl.adapters.state.lock import AT_ONCE_S, holder_of, hub_lock
from hubctl.core.compose.stack import Address
from hubctl.core.result import Result
from hubctl.core.secrecy import leaves
from hubctl.errors import Busy, HubError

FILE, LOCK = "dashboard.json", "dashboard.lock"


@dataclass(frozen=True, slots=True)
class Opened(Result):
    """The document of `hubctl dashboard`: where to go. Without the token nobody gets in, so it is what is asked for."""

    url: str = field(metadata={leaves.ASKED_FOR: True})
    api: str
    token: str = field(metadata={leaves.ASKED_FOR: True})
    read_only: bool

    @classmethod
    def at(cls, address: Address, token: str, *, read_only: bool) -> Self:
        """Put the token into the fragment of the page's address, which a browser sends to nobody."""
        return cls(f"http://{address}/#token={token}", f"http://{address}", token, read_only)


@dataclass(frozen=True, slots=True)
class Place:
    """A dashboard that runs, and the token for it."""

    address: Address
    token: str = field(repr=False)
    read_only: bool


@contextmanager
def announced(state_folder: Path, opened: Opened) -> Iterator[None]:
    """Let others of this user find the dashboard while it runs. Raises Busy where this hub has one already, BadFile."""
    disk.private_folder(state_folder)
    file = state_folder / FILE
    try:
        with hub_lock(state_folder / LOCK, "dashboard", wait_s=AT_ONCE_S):
            told = {"url": opened.api, "token": opened.token, "read_only": opened.read_only}
            disk.write_private(file, json.dumps(told).encode())
            try:
                yield
            finally:
                file.unlink(missing_ok=True)
    except Busy as error:
        raise Busy(
            f"a dashboard of this hub runs already: {holder_of(state_folder / LOCK) or 'it is just ending'}",
            hint="`hubctl dashboard --open` opens it; Ctrl-C where it was started ends it",
        ) from error


def running(state_folder: Path) -> Place | None:
    """Tell where the hub's dashboard runs; null where none does: the file of one that was killed counts for nothing."""
    if holder_of(state_folder / LOCK) is None:
        return None
    try:
        told = json.loads(disk.read_bytes(state_folder / FILE))
        host, _, port = str(told["url"]).rpartition("/")[2].rpartition(":")
        return Place(Address(host, int(port)), str(told["token"]), bool(told["read_only"]))
    except (HubError, ValueError, KeyError, TypeError):
        return None
