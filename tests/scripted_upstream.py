"""A model provider on loopback that plays the script which the model's name names: OpenAI's API, and Ollama's."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hubctl.core.compose.stack import Address
from tests.servers import Script, requested, serving

WORDS = ("Yes, ", "I ", "am ", "here.")
TEXT = "".join(WORDS)
FIRST_S, EACH_S = 0.4, 0.1
USAGE = {"prompt_tokens": 11, "completion_tokens": len(WORDS), "total_tokens": 11 + len(WORDS)}


@dataclass(frozen=True)
class Call:
    """One request on its connection, and how to answer it."""

    peer: socket.socket
    model: str
    stream: bool
    nth: int
    over: threading.Event

    def head(self, status: int = 200, *more: str, version: str = "1.1") -> None:
        kind = "text/event-stream" if self.stream and status == 200 else "application/json"
        lines = [f"HTTP/{version} {status} Some Reason", f"Content-Type: {kind}", "Connection: close", *more]
        self.peer.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, body: object) -> None:
        """Send a chunk of the stream, or the whole body."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.peer.sendall(b"data: " + raw + b"\n\n" if self.stream else raw)

    def word(self, text: str | None, id_: str = "chatcmpl-1", **more: object) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", "content": text, **more}, "finish_reason": None}
        self.send(_body(self, "chat.completion.chunk", id_, choices=[choice]))

    def finish(self, reason: str = "stop", usage: object = USAGE) -> None:
        """End a stream as OpenAI does: the reason, the usage in a chunk of its own, and the last event."""
        self.send(_body(self, "chat.completion.chunk", choices=[{"index": 0, "delta": {}, "finish_reason": reason}]))
        self.send(_body(self, "chat.completion.chunk", choices=[], usage=usage))
        self.send(b"[DONE]")

    def whole(self, text: str | None = TEXT, reason: str = "stop", **more: object) -> None:
        """Send a whole completion."""
        message = {"role": "assistant", "content": text, **more}
        choices = [{"index": 0, "message": message, "finish_reason": reason}]
        self.send(_body(self, "chat.completion", choices=choices, usage=USAGE))

    def refuse(self, status: int, message: str, *more: str, code: str | None = None) -> None:
        self.head(status, *more)
        self.peer.sendall(json.dumps({"error": {"message": message, "type": "some_error", "code": code}}).encode())


Play = Callable[[Call], None]


def answers(
    words: Sequence[str] = WORDS,
    *,
    first_s: float = 0.0,
    each_s: float = 0.0,
    reason: str = "stop",
    thought: str | None = None,
    version: str = "1.1",
    ids: bool = False,
) -> Play:
    """Answer with these words, after and between pauses."""
    more = {"reasoning_content": thought} if thought else {}

    def play(call: Call) -> None:
        if not call.stream:
            time.sleep(first_s + each_s * max(0, len(words) - 1))
            call.head(version=version)
            call.whole("".join(words) if words else None, reason, **more)
            return
        call.head(version=version)
        time.sleep(first_s)
        if thought:
            call.word(None, **more)
        for number, word in enumerate(words):
            time.sleep(each_s if number else 0.0)
            call.word(word, f"chatcmpl-{number}" if ids else "chatcmpl-1")
        call.finish(reason)

    return play


def breaks_off(*, pause_s: float) -> Play:
    """Promise more than comes; with a pause the gateway has passed on a part by then."""

    def play(call: Call) -> None:
        call.head(200, "Transfer-Encoding: chunked" if call.stream else "Content-Length: 1000")
        if not call.stream:
            call.peer.sendall(b'{"choices": [{"message": {"content": "Ye')
            return
        for word in WORDS[:2]:
            body = _body(call, "chat.completion.chunk", choices=[{"index": 0, "delta": {"content": word}}])
            event = b"data: " + json.dumps(body).encode() + b"\n\n"
            call.peer.sendall(b"%x\r\n%s\r\n" % (len(event), event))
            time.sleep(pause_s)

    return play


def ends_early(call: Call) -> None:
    """Close the connection in the middle, which without a length nobody can tell from an end."""
    call.head()
    if call.stream:
        for word in WORDS[:2]:
            call.word(word)
    else:
        call.peer.sendall(b'{"choices": [{"message": {"content": "Ye')


def holds_an_error(call: Call) -> None:
    call.head()
    if call.stream:
        for word in WORDS[:2]:
            call.word(word)
    call.send({"error": {"message": "The server had an error", "type": "server_error", "code": None}})


def fails_twice(call: Call) -> None:
    if call.nth <= 2:
        call.refuse(500, "The server had an error")
    else:
        answers()(call)


def refuses(status: int, message: str, *more: str, code: str | None = None) -> Play:
    return lambda call: call.refuse(status, message, *more, code=code)


def is_not_json(call: Call) -> None:
    call.head()
    call.send(b"{this is not JSON")
    if call.stream:
        call.send(b"[DONE]")


def never(call: Call) -> None:
    call.over.wait(60)


def ten_megabytes(call: Call) -> None:
    call.head()
    if not call.stream:
        call.whole("word " * 2_000_000)
        return
    for _ in range(10):
        call.word("word " * 200_000)
    call.finish()


SCRIPTS: dict[str, Play] = {
    "well": answers(),
    "slow-first": answers(first_s=FIRST_S),
    "slow-stream": answers(each_s=EACH_S),
    "one-second": answers(first_s=0.7, each_s=0.1),
    "breaks-off": breaks_off(pause_s=0.2),
    "breaks-off-at-once": breaks_off(pause_s=0.0),
    "ends-early": ends_early,
    "error-inside": holds_an_error,
    "key-refused": refuses(401, "Incorrect API key provided: sk-bad.", code="invalid_api_key"),
    "forbidden": refuses(403, "Your project may not use this model."),
    "not-there": refuses(404, "The model `not-there` does not exist or you do not have access to it."),
    "slow-down": refuses(429, "Rate limit reached for requests", "retry-after: 1", code="rate_limit_exceeded"),
    "no-quota": refuses(429, "You exceeded your current quota, please check your plan.", code="insufficient_quota"),
    "fails": refuses(500, "The server had an error"),
    "overloaded": refuses(503, "The engine is currently overloaded, please try again later"),
    "fails-twice": fails_twice,
    "empty": answers(words=("",)),
    "no-content": answers(words=()),
    "thinks-only": answers(words=(), thought="Let me think. ", reason="length"),
    "thinks-first": answers(thought="Let me think. "),
    "cut": answers(reason="length"),
    "filtered": answers(words=(), reason="content_filter"),
    "too-long": ten_megabytes,
    "not-json": is_not_json,
    "other-ids": answers(ids=True),
    "old-http": answers(version="1.0"),
    "never": never,
}


@dataclass
class Upstream:
    """What was asked of the provider. `asked` are the models, in order; `over` lets go of who waits for ever."""

    address: Address | None = None
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    @property
    def base(self) -> str:
        return f"http://{self.address}/v1"

    def script(self, peer: socket.socket) -> None:
        head, _, body = requested(peer).partition("\r\n\r\n")
        path = head.split()[1]
        sent = json.loads(body) if body.startswith("{") else {}
        model = sent.get("model", "")
        if not path.endswith(("/chat/completions", "/api/chat")):
            peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with self._lock:
            self.asked.append(model)
            nth = self.asked.count(model)
        if path.endswith("/api/chat"):
            _ollama(peer, model)
            return
        SCRIPTS[re.sub(r"-\d+$", "", model)](Call(peer, model, bool(sent.get("stream")), nth, self.over))


@contextmanager
def scripted_upstream() -> Iterator[Upstream]:
    """Run the provider until the block ends."""
    upstream = Upstream()
    script: Script = upstream.script
    with serving(script) as address:
        upstream.address = address
        try:
            yield upstream
        finally:
            upstream.over.set()


def _ollama(peer: socket.socket, model: str) -> None:
    """Ollama without the model."""
    body = json.dumps({"error": f"model '{model}' not found"}).encode()
    head = f"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    peer.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)


def _body(call: Call, kind: str, id_: str = "chatcmpl-1", **more: object) -> dict[str, object]:
    return {"id": id_, "object": kind, "created": 1_700_000_000, "model": call.model, **more}
