"""A gateway whose chat completions are a Python function, on a real socket, to test what is concluded from them."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hubctl.core.compose.stack import Address
from tests.fakes import GATEWAY
from tests.servers import Script, requested, serving

COMPLETIONS = "/v1/chat/completions"


@dataclass(frozen=True)
class Asked:
    """One chat completion that was asked for: the whole target of its line, and its body."""

    target: str
    body: dict[str, Any]

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def prompt(self) -> str:
        return str(self.body["messages"][-1]["content"])


Chat = Callable[[Asked], bytes]


USAGE = {"prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7}


def completion(
    text: str = "Yes.", *, identity: str = "chatcmpl-1", status: int = 200, headers: Mapping[str, object] | None = None
) -> bytes:
    """A whole answer, or an error with this text."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    whole = {
        "id": identity,
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": USAGE,
    }
    body = json.dumps(whole if status == 200 else {"error": {"message": text}}).encode()
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = f"HTTP/1.1 {status} Reason\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def streamed(*texts: str, ends: bool = True) -> bytes:
    """The same as server-sent events; one that does not end breaks off."""
    choices = [{"index": 0, "delta": {"content": text}} for text in texts]
    choices += [{"index": 0, "delta": {}, "finish_reason": "stop"}] if ends else []
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    chunks = [{**chunk, "choices": [choice]} for choice in choices]
    chunks += [{**chunk, "choices": [], "usage": USAGE}] if ends else []
    lines = [f"data: {json.dumps(each)}\n\n" for each in chunks] + (["data: [DONE]\n\n"] if ends else [])
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    return (head + "".join(lines)).encode()


def well(asked: Asked) -> bytes:
    """Answer as asked: streamed or not."""
    return streamed("Yes", ".") if asked.body.get("stream") else completion()


@contextmanager
def gateway(chat: Chat = well, others: Mapping[str, bytes | Script] | None = None) -> Iterator[Address]:
    """Serve; what is not a chat completion is answered as a healthy gateway does, or by `others`."""
    routes = {**GATEWAY, **(others or {})}

    def script(peer: socket.socket) -> None:
        head, _, body = requested(peer).partition("\r\n\r\n")
        target = head.split()[1]
        path = target.partition("?")[0]
        answer = chat(Asked(target, json.loads(body))) if path == COMPLETIONS else routes[path]
        if isinstance(answer, bytes):
            peer.sendall(answer)
        else:
            answer(peer)

    with serving(script) as address:
        yield address
