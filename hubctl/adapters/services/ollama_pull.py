"""Have an Ollama pull a model, and follow how far it is."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead

from hubctl.adapters.net.bounded_socket import BoundedSocket, Deadline, connect
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.pull_errors import AGAIN, explain, quoted
from hubctl.core.probe import NoAnswer
from hubctl.errors import PullFailed

RETRY_AFTER_S = (1.0, 2.0, 5.0)
LONGEST_LINE = 65_536
_OK = 200


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull is: Ollama's own word for what it does, and bytes over all layers it has told of so far."""

    status: str
    completed_bytes: int
    total_bytes: int


OnProgress = Callable[[PullProgress], None]


def pull(
    address: Address,
    name: str,
    *,
    silence_s: float,
    on_progress: OnProgress,
    retry_after_s: Sequence[float] = RETRY_AFTER_S,
) -> None:
    """Pull one model, by the name that Ollama knows, and return when it is there.

    silence_s bounds how long Ollama may say nothing new: neither another status nor another byte. A connection that
    breaks is made again after each of retry_after_s; Ollama goes on where it stopped. Raises PullFailed.
    Source: POST /api/pull, Ollama API reference.
    """
    layers = _Layers(on_progress)
    pauses = list(retry_after_s)
    while True:
        try:
            return _pull_once(address, name, silence_s, layers)
        except NoAnswer as failure:
            # Away after it was there: it is being started again.
            if not pauses or not (failure.kind == "dropped" or (failure.kind == "refused" and layers.told)):
                raise _failed(address, failure, silence_s, layers.told) from failure
            tries = len(retry_after_s)
            layers.say(f"Ollama: {failure.detail}; asking again ({tries - len(pauses) + 1} of {tries})")
            time.sleep(pauses.pop(0))


class _Layers:
    """The layers of one model, summed, over as many connections as it takes."""

    def __init__(self, on_progress: OnProgress) -> None:
        self.told: PullProgress | None = None
        self._on_progress = on_progress
        self._sizes: dict[str, tuple[int, int]] = {}

    def take(self, status: str, sizes: Mapping[object, object]) -> bool:
        """Take one line in, and tell whether it said anything new."""
        match sizes:
            case {"digest": str(digest), "total": int(total)}:
                completed = sizes.get("completed")  # left out until something has arrived
                self._sizes[digest] = (completed if isinstance(completed, int) else 0, total)
        return self.say(status)

    def say(self, status: str) -> bool:
        """Hand on what is known now, if it is new."""
        sizes = self._sizes.values()
        now = PullProgress(status, sum(done for done, _ in sizes), sum(total for _, total in sizes))
        if now == self.told:
            return False
        self.told = now
        self._on_progress(now)
        return True


def _pull_once(address: Address, name: str, silence_s: float, layers: _Layers) -> None:
    """Ask once and follow the answer to its end. Raises PullFailed for a refusal, NoAnswer for a broken connection."""
    with (
        connect(address, Deadline(silence_s)) as sock,
        closing(HTTPConnection(address.host, address.port)) as connection,
    ):
        connection.sock = sock
        try:
            body = json.dumps({"model": name, "stream": True})
            headers = {"Content-Type": "application/json", "Connection": "close"}
            connection.request("POST", "/api/pull", body, headers)
            with connection.getresponse() as response:
                _follow(response, sock, silence_s, layers)
        except (IncompleteRead, ConnectionError) as error:
            raise sock.dropped() from error
        except HTTPException as error:
            raise NoAnswer("garbage", "answered something that is not HTTP") from error


def _follow(response: HTTPResponse, sock: BoundedSocket, silence_s: float, layers: _Layers) -> None:
    for line in _lines(response):
        match line:
            case {"error": str(words)}:
                raise _refused(words)
            case {"status": str(status), **sizes} if response.status == _OK:
                if layers.take(status, sizes):
                    sock.renew(Deadline(silence_s))
                if status == "success":
                    return
            case _:
                raise NoAnswer("garbage", f"did not answer like Ollama's /api/pull: HTTP {response.status}")
    if response.status != _OK:
        raise NoAnswer("garbage", f"did not answer like Ollama's /api/pull: HTTP {response.status}")
    raise sock.dropped()


def _lines(response: HTTPResponse) -> Iterator[object]:
    while raw := response.readline(LONGEST_LINE):
        if not raw.strip():
            continue
        try:
            yield json.loads(raw)
        except (ValueError, RecursionError) as error:
            if raw.startswith(b"{") and not raw.endswith(b"\n") and len(raw) < LONGEST_LINE:
                return  # the connection ended within this line
            raise NoAnswer(
                "garbage", f"did not answer like Ollama's /api/pull: HTTP {response.status}, no JSON"
            ) from error


def _refused(words: str) -> PullFailed:
    message, hint = explain(words)
    return PullFailed(message, hint=hint)


def _failed(address: Address, failure: NoAnswer, silence_s: float, told: PullProgress | None) -> PullFailed:
    hints = {"garbage": "is that an Ollama? `hubctl status` shows what runs", "timeout": AGAIN, "dropped": AGAIN}
    detail = failure.detail
    if failure.kind == "timeout" and told is not None:
        detail = f"said nothing new for {silence_s:g} s after {quoted(told.status)!r}"
    return PullFailed(f"Ollama at {address}: {detail}", hint=hints.get(failure.kind, "`hubctl status` shows what runs"))
