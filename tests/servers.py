"""Scripted servers that misbehave on a real loopback socket."""

import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from hubctl.core.compose.stack import Address

Script = Callable[[socket.socket], None]


@contextmanager
def serving(script: Script, host: str = "127.0.0.1", port: int = 0) -> Iterator[Address]:
    """Run the script once per connection; every script ends when its client goes away."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        listener.settimeout(0.005)
        over = threading.Event()
        thread = threading.Thread(target=_accept, args=(listener, script, over))
        thread.start()
        try:
            yield Address(host, listener.getsockname()[1])
        finally:
            over.set()
            thread.join()


def _accept(listener: socket.socket, script: Script, over: threading.Event) -> None:
    threads = []
    while not over.is_set():
        with suppress(TimeoutError):
            peer, _ = listener.accept()
            threads.append(threading.Thread(target=_run, args=(script, peer)))
            threads[-1].start()
    for thread in threads:
        thread.join()


def _run(script: Script, peer: socket.socket) -> None:
    with peer, suppress(OSError):  # OSError: the client has gone
        peer.settimeout(30)
        script(peer)


def never_answers(peer: socket.socket) -> None:
    while peer.recv(65536):
        pass


def drops_at_once(peer: socket.socket) -> None:
    peer.close()


def sends(*replies: bytes, then: Script = drops_at_once) -> Script:
    """Send the next reply whenever the client has sent something, then do `then`."""

    def script(peer: socket.socket) -> None:
        for reply in replies:
            if not peer.recv(65536):
                return
            peer.sendall(reply)
        then(peer)

    return script


def drips(piece: bytes) -> Script:
    """Send the piece every 50 ms for ever."""

    def script(peer: socket.socket) -> None:
        while True:
            peer.sendall(piece)
            time.sleep(0.05)

    return script


def floods(piece: bytes, count: int = sys.maxsize) -> Script:
    """Send the piece as fast as the client takes it."""

    def script(peer: socket.socket) -> None:
        for _ in range(count):
            peer.sendall(piece)

    return script


def reply(status: int, content: object, content_type: str = "application/json") -> bytes:
    """An HTTP/1.1 answer; content that is not bytes is sent as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    head = f"HTTP/1.1 {status} Some Reason\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def requested(peer: socket.socket) -> str:
    """Read one request with its body: what is left unread makes the kernel reset the connection."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += _more(peer)
    head, _, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += _more(peer)
    return (head + b"\r\n\r\n" + body).decode("latin-1")


def _more(peer: socket.socket) -> bytes:
    received = peer.recv(65536)
    if not received:
        raise ConnectionResetError
    return received


def routes(replies: Mapping[str, bytes | Script], seen: list[str] | None = None) -> Script:
    """Answer each path its own way, and note the requests; other paths get 404 as JSON."""

    def script(peer: socket.socket) -> None:
        text = requested(peer)
        if seen is not None:
            seen.append(text)
        chosen = replies.get(text.split()[1], reply(404, {"detail": "Not Found"}))
        if isinstance(chosen, bytes):
            peer.sendall(chosen)
        else:
            chosen(peer)

    return script
