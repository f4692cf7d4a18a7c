"""What stands before every request: who asks, from where, how much and how often."""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hubctl.dashboard.answers import bug, refusal
from hubctl.dashboard.incoming import Refused, body_of, let_come, replayed

HOST = "127.0.0.1"
_LEFT_OUT = 80  # the port that browsers do not name
# Wrong tokens in a minute; after that, wrong ones are not even told apart any more.
MOST_ATTEMPTS, MINUTE_S = 30, 60.0
# What changes nothing may be asked in a dashboard that is read-only too.
HARMLESS = frozenset({"/api/litellm/test", "/api/test/litellm"})
_HINT = "the address with the token stands where `hubctl dashboard` runs"
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
_SIGN_IN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>hubctl dashboard</title>
<h1>Not signed in</h1>
<p>Open the address that <code>hubctl dashboard</code> printed where it runs. It carries a token, another one in each
run.</p></html>
"""
# A navigation that another site began does not carry the new cookie; one that this page begins does.
_ENTER = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/">
<title>hubctl dashboard</title><p><a href="/">Go on</a></p></html>
"""


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
        self._session = secrets.token_urlsafe(32)
        self._cookie = f"hubctl_dashboard_{port}"
        names = {HOST, "localhost"}
        self._hosts = {f"{name}:{port}" for name in names} | (names if port == _LEFT_OUT else set())
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
            early = self._refusal(scope) or self._entrance(scope)
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
        """Refuse what did not come from this machine's own page or a client with the token; null for what may pass."""
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return refusal(403, "forbidden", "this address is none of the dashboard's", f"ask http://{HOST} itself")
        if any(origin not in {f"http://{host}" for host in self._hosts} for origin in origins):
            return refusal(403, "forbidden", "another site may not ask the dashboard")
        if _entering(scope) is not None:
            return None
        signed = self._signed(headers)
        if signed is None:
            return self._unknown(scope, attempted=bool(headers.get("authorization") or self._sent(headers)))
        if scope["method"] == "POST":
            return self._post_refusal(scope, headers, signed)
        return None

    def _post_refusal(self, scope: Scope, headers: Headers, signed: str) -> Response | None:
        if signed == "cookie" and not headers.get("origin"):
            return refusal(403, "forbidden", "a request with the cookie has to say from which page it comes (Origin)")
        if self._read_only and scope["path"] not in HARMLESS:
            return refusal(
                403, "read_only", "this dashboard only shows", "start `hubctl dashboard` without --read-only"
            )
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return refusal(
                415, "unsupported_media_type", "the body has to be JSON", "send Content-Type: application/json"
            )
        return None

    def _signed(self, headers: Headers) -> Literal["bearer", "cookie"] | None:
        """Tell how a request is signed; a wrong token is none."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and _same(token.strip(), self._token):
            return "bearer"
        sent = list(self._sent(headers))
        return "cookie" if any(_same(value, self._session) for value in sent) else None

    def _sent(self, headers: Headers) -> list[str]:
        """Give the values of the dashboard's cookie; other programs of this machine may have set one, too."""
        return list(_cookies(headers, self._cookie))

    def _unknown(self, scope: Scope, *, attempted: bool) -> Response:
        """Refuse who has no token, or a wrong one; of the latter only so many in a minute are looked at."""
        if attempted and self._too_many():
            return refusal(429, "too_many_requests", "too many wrong tokens; wait a minute", _HINT)
        if scope["path"] == "/" and scope["method"] == "GET":
            return HTMLResponse(_SIGN_IN, 401)
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

    def _entrance(self, scope: Scope) -> Response | None:
        """Trade the token in the address for a cookie, and take it out of the address; null for another request."""
        token = _entering(scope)
        if token is None:
            return None
        if not _same(token, self._token):
            return self._unknown(scope, attempted=True)
        cross_site = Headers(scope=scope).get("sec-fetch-site") in {"cross-site", "same-site"}
        entered: Response = HTMLResponse(_ENTER) if cross_site else RedirectResponse("/", 303)
        entered.set_cookie(self._cookie, self._session, path="/", httponly=True, samesite="strict")
        return entered


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _entering(scope: Scope) -> str | None:
    """Give the token in the address of the page; null for any other request."""
    if scope["path"] != "/" or scope["method"] != "GET":
        return None
    query = parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=20) if scope["query_string"] else []
    return next((value for name, value in query if name == "token"), None)


def _cookies(headers: Headers, name: str) -> Iterator[str]:
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            own, _, value = part.strip().partition("=")
            if own == name:
                yield value
