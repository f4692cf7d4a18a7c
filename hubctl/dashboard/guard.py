"""What stands before every request: who asks, from where, how much and how often."""

import secrets
import time
from collections import deque
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hubctl.dashboard.answers import bug, refusal
from hubctl.dashboard.incoming import Refused, body_of, let_come, replayed

HOST = "127.0.0.1"
_LEFT_OUT = 80  # the port that browsers do not name
# Wrong tokens in a minute; after that, wrong ones are not even told apart any more.
MOST_ATTEMPTS, MINUTE_S = 30, 60.0
# What changes nothing may be asked in a dashboard that is read-only too.
HARMLESS = frozenset({"/api/litellm/test", "/api/test/litellm"})
_HINT = "`hubctl dashboard` printed the address with the token; `hubctl dashboard --open` opens it again"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}


class Guard:
    """An ASGI app that lets through to another one only what may pass."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        port: int,
        read_only: bool,
        clock: Callable[[], float] = time.monotonic,
        on_bug: Callable[[Exception], None] = lambda _error: None,
    ) -> None:
        self._app = app
        self._token = token
        names = {HOST, "localhost"}
        self._hosts = {f"{name}:{port}" for name in names} | (names if port == _LEFT_OUT else set())
        self._origins = {f"http://{host}" for host in self._hosts if host.startswith(HOST)}
        self._read_only = read_only
        self._clock = clock
        self._on_bug = on_bug
        self._wrong: deque[float] = deque(maxlen=MOST_ATTEMPTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the app answer. A bug is an answer too, and its error goes no further."""
        if scope["type"] != "http":
            return
        began = False

        async def guarded(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        try:
            early = self._refusal(scope)
            if early is None:
                receive = replayed(await body_of(scope, receive), receive)
                await self._app(scope, receive, guarded)
                return
            if scope["method"] != "GET":
                await let_come(scope, receive)
        except Refused as refused:
            early = refused.answer
        except Exception as error:  # noqa: BLE001 - the last place: no client is shown a traceback
            self._on_bug(error)
            if began:
                return
            early = bug()
        if scope["method"] != "GET":
            early.headers["connection"] = "close"  # the rest of its body is not read
        await early(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Refuse what another site asks, or a client without the token; null for what may pass."""
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return refusal(403, "forbidden", "this address is none of the dashboard's", f"ask http://{HOST} itself")
        if not self._origins.issuperset(origins):
            return refusal(403, "forbidden", "another site may not ask the dashboard")
        if _is_of_the_page(scope):
            return None
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not _same(token.strip(), self._token):
            return self._unknown(attempted=bool(kind))
        return self._post_refusal(scope, headers) if scope["method"] == "POST" else None

    def _post_refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if self._read_only and scope["path"] not in HARMLESS:
            return refusal(
                403, "read_only", "this dashboard only shows", "start `hubctl dashboard` without --read-only"
            )
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return refusal(
                415, "unsupported_media_type", "the body has to be JSON", "send Content-Type: application/json"
            )
        return None

    def _unknown(self, *, attempted: bool) -> Response:
        """Refuse who has no token, or a wrong one; of the latter only so many in a minute are looked at."""
        if attempted and self._too_many():
            return refusal(429, "too_many_requests", "too many wrong tokens; wait a minute", _HINT)
        found = refusal(401, "unauthorized", "the token is missing or wrong", _HINT)
        found.headers["www-authenticate"] = "Bearer"
        return found

    def _too_many(self) -> bool:
        now = self._clock()
        while self._wrong and now - self._wrong[0] > MINUTE_S:
            self._wrong.popleft()
        if len(self._wrong) >= MOST_ATTEMPTS:
            return True
        self._wrong.append(now)
        return False


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _is_of_the_page(scope: Scope) -> bool:
    """Tell the files of the page from the API. They are the same for every hub: the browser loads them by itself."""
    path: str = scope["path"]
    return scope["method"] == "GET" and (path == "/" or path.startswith("/static/"))
