"""An answer of the gateway as it comes in: whole or streamed, broken off, too late or too large."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hubctl.core.gateway import chat
from hubctl.core.gateway.chat import Chat, ChatStream
from hubctl.core.probe import HTTP_OK

if TYPE_CHECKING:
    import httpx


# Called, in another thread, with each piece of text of a streamed answer as it comes.
Heard = Callable[[str], None] | None
Ending = Literal["whole", "broke off", "too late", "too large"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one chat completion, whatever it is. `headers` have lower-case names.

    latency_s is until the end, ttft_s until the first visible text of a stream; both count from before the connection.
    `ending` says why there is no more: a part is kept as it came.
    """

    status: int
    headers: Mapping[str, str]
    chat: Chat
    latency_s: float
    ttft_s: float | None = None
    ending: Ending = "whole"


class Received:
    """An answer as it comes in, filled by a thread of its own: what has come stays when the rest comes too late."""

    def __init__(self, limit_bytes: int, heard: Heard, clock: Callable[[], float] = time.monotonic) -> None:
        self.status = 0
        self._heard = heard
        self._headers: Mapping[str, str] = {}
        self._limit_bytes = limit_bytes
        self._clock = clock
        self._began_s = self._ended_s = clock()
        self._ending: Ending = "too late"
        self._left_behind = False
        self._raw = bytearray()
        self._stream: ChatStream | None = None

    def read(self, client: "httpx.Client", request: "httpx.Request") -> None:
        """Send the request and take in the answer up to its end, its limit, or where it breaks off."""
        import httpx

        self._began_s = self._clock()
        response = client.send(request, stream=True)
        with closing(response):
            self._headers = dict(response.headers)
            if (
                self._headers.get("content-type", "").startswith("text/event-stream")
                and response.status_code == HTTP_OK
            ):
                self._stream = ChatStream(self._heard)
            self.status = response.status_code
            try:
                self._ending = self._take(response)
            except httpx.TimeoutException:
                self._ending = "too late"
            except httpx.HTTPError:
                self._ending = "broke off"
        self._ended_s = self._clock()

    def _take(self, response: "httpx.Response") -> Ending:
        received = 0
        for piece in response.iter_bytes():
            received += len(piece)
            if received > self._limit_bytes:
                return "too large"
            if self._stream is None:
                self._raw += piece
                continue
            self._stream.feed(piece, self._clock())
            if self._stream.done:  # some servers keep the connection open after it
                return "whole"
        return "whole" if self._stream is None or self._stream.chat.finish_reason else "broke off"

    def stop(self) -> None:
        """Leave the reader behind. What it says of the connection that is closed under it no longer counts."""
        self._left_behind = True

    def json(self) -> object:
        """Parse the body as JSON; null for what is none."""
        try:
            body: object = json.loads(self._raw)
        except (ValueError, RecursionError):
            return None
        return body

    def reply(self) -> Reply:
        """Read what has come as a chat completion."""
        first_s = self._stream.first_text_s if self._stream else None
        ended_s = self._clock() if self._left_behind else self._ended_s
        return Reply(
            status=self.status,
            headers=self._headers,
            chat=self._chat(),
            latency_s=ended_s - self._began_s,
            ttft_s=first_s - self._began_s if first_s is not None else None,
            ending="too late" if self._left_behind else self._ending,
        )

    def _chat(self) -> Chat:
        if self._stream:
            return self._stream.chat
        raw = bytes(self._raw)
        if self.status != HTTP_OK:
            return chat.refused(raw)
        return chat.read(raw) if self._ending == "whole" else Chat()
