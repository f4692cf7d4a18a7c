"""A model that does what its prompt says and tells in its answer how often each target was called.

A whole program of the standard library: it runs beside a second gateway, also in a container that has no hubctl. The
prompt is JSON: `nonce` tells one question from another, `fail_first` calls of it are answered 500, and so is every one
to a target in `fail`. The answer's text is JSON too: target -> calls that came with this nonce.
"""

import json
import select
import signal
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# It never outlives this, whatever becomes of the program that started it.
LIFETIME_S = 900
STDIN = 0
TOKENS_EACH = 10


_calls: Counter[tuple[str, str]] = Counter()


class _Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer POST /v1/chat/completions as the prompt says."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        target, script = body["model"], json.loads(body["messages"][-1]["content"])
        _calls[script["nonce"], target] += 1
        seen = {name: count for (nonce, name), count in _calls.items() if nonce == script["nonce"]}
        if target in script.get("fail", ()) or sum(seen.values()) <= script.get("fail_first", 0):
            self._send(500, {"error": {"message": "scripted failure", "type": "server_error"}})
        else:
            self._send(200, _completion(target, json.dumps(seen)))

    def _send(self, status: int, content: object) -> None:
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _completion(target: str, text: str) -> dict[str, object]:
    usage = {"prompt_tokens": TOKENS_EACH, "completion_tokens": TOKENS_EACH, "total_tokens": 2 * TOKENS_EACH}
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 0,
        "model": target,
        "choices": [choice],
        "usage": usage,
    }


def main(port: int, *, until_eof: bool) -> None:
    """Serve on loopback until the lifetime is over, or until the other end of standard input is gone."""
    signal.alarm(LIFETIME_S)
    server = ThreadingHTTPServer(("127.0.0.1", port), _Model)
    watched: list[ThreadingHTTPServer | int] = [server, *([STDIN] if until_eof else [])]
    while STDIN not in select.select(watched, [], [])[0]:
        server.handle_request()


if __name__ == "__main__":
    main(int(sys.argv[1]), until_eof="--until-eof" in sys.argv)
