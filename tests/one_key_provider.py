"""An OpenAI-compatible provider that takes one key: a program on the standard library alone, for here or a container.

`python3 one_key_provider.py HOST PORT`. A prompt with SLOWLY in it is answered a word each half second.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD_KEY = "sk-proj-goodgoodgood1234WXYZ"
BAD_KEY = "sk-proj-badbadbadbad1234WXYZ"
SLOWLY = "take your time"
WORDS = ("I ", "am ", "here ", "and ", "I ", "have ", "all ", "the ", "time.")
EACH_S = 0.5
USAGE = {"prompt_tokens": 7, "completion_tokens": len(WORDS), "total_tokens": 7 + len(WORDS)}


class Provider(BaseHTTPRequestHandler):
    """The list of models, which shows whether the key is taken, and chat completions, streamed or whole."""

    def do_GET(self) -> None:
        if self._knows_the_key():
            self._json(200, {"object": "list", "data": [{"id": "gpt-6-luna", "object": "model"}]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._knows_the_key():
            return
        told = {"id": "chatcmpl-1", "created": 1_700_000_000, "model": asked["model"]}
        pause_s = EACH_S if SLOWLY in str(asked["messages"]) else 0.0
        if asked.get("stream"):
            self._stream({**told, "object": "chat.completion.chunk"}, pause_s)
        else:
            message = {"role": "assistant", "content": "".join(WORDS)}
            choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
            self._json(200, {**told, "object": "chat.completion", "choices": choices, "usage": USAGE})

    def _knows_the_key(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {GOOD_KEY}":
            return True
        error = {"message": "Incorrect API key provided.", "type": "invalid_request_error", "code": "invalid_api_key"}
        self._json(401, {"error": error})
        return False

    def _json(self, status: int, body: object) -> None:
        raw = json.dumps(body).encode()
        self._head(status, "application/json", ("Content-Length", str(len(raw))))
        self.wfile.write(raw)

    def _stream(self, told: dict[str, object], pause_s: float) -> None:
        self._head(200, "text/event-stream")
        for word in WORDS:
            self._event({**told, "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
            time.sleep(pause_s)
        self._event({**told, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._event({**told, "choices": [], "usage": USAGE})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, body: object) -> None:
        self.wfile.write(b"data: " + json.dumps(body).encode() + b"\n\n")
        self.wfile.flush()

    def _head(self, status: int, kind: str, *more: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Connection", "close"), *more):
            self.send_header(name, value)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Provider).serve_forever()
