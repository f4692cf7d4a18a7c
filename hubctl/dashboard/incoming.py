"""The body of a request: all of it in a short time, and not more than a request needs."""

import asyncio
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Message, Receive, Scope

from hubctl.dashboard.answers import refusal

MOST_BYTES = 64 * 1024
MOST_S = 10.0
UNWANTED_S = 1.0


class Refused(Exception):
    """A request is not let through; this is what it gets."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


async def body_of(scope: Scope, receive: Receive) -> bytes:
    """Read the whole body. Raises Refused when it is too large, or does not come in time."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if int(told) > MOST_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(MOST_S):
            return await _read(receive)
    except TimeoutError:
        raise Refused(refusal(408, "too_slow", f"the body did not come within {MOST_S:g} s")) from None


async def let_come(scope: Scope, receive: Receive) -> None:
    """Take in a small body that nobody wants: a connection that is closed while it comes loses its answer."""
    with suppress(Refused, TimeoutError):
        async with asyncio.timeout(UNWANTED_S):
            await body_of(scope, receive)


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":  # a part of what was asked for is not to be done
            raise Refused(refusal(400, "usage", "the body broke off"))
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise _too_large()
        more = message.get("more_body", False)
    return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read once more to who reads next."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _too_large() -> Refused:
    return Refused(refusal(413, "too_large", f"the body is larger than {MOST_BYTES // 1024} KiB"))
