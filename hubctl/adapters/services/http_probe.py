"""One small HTTP request that ends by its deadline.

It uses the standard library's http.client: importing httpx costs 0.11-0.17 s in every process, several times what the
probes themselves take, and a probe needs no TLS, proxy, redirect or connection pool.
"""

import json
import re
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead

from hubctl.adapters.net.bounded_socket import BoundedSocket, Deadline, connect
from hubctl.core.compose.stack import Address
from hubctl.core.probe import Answer, NoAnswer

# field-value of RFC 9110, section 5.5. http.client itself would let a folded line pass.
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class UnsendableHeader(Exception):
    """A header value holds characters that no HTTP header can carry. The message does not repeat it."""


def ask(
    address: Address,
    path: str,
    *,
    deadline: Deadline,
    headers: Mapping[str, str] | None = None,
    body: object = None,
    limit_bytes: int = 2_000_000,
) -> Answer:
    """Ask once over plain HTTP and read the whole answer; a redirect is an answer too. A body is posted as JSON.

    Raises NoAnswer by the deadline, or as soon as the body passes limit_bytes; UnsendableHeader before connecting.
    """
    for value in (headers or {}).values():
        if not _HEADER_VALUE.fullmatch(value):
            raise UnsendableHeader("a header value holds characters that no HTTP header can carry")
    with connect(address, deadline) as sock, closing(HTTPConnection(address.host, address.port)) as connection:
        connection.sock = sock
        try:
            common = {"Connection": "close", **(headers or {})}
            if body is None:
                connection.request("GET", path, headers=common)
            else:
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **common})
            with connection.getresponse() as response:
                body = _read(response, sock, limit_bytes)
            latency_ms = sock.age_ms()
        except (IncompleteRead, ConnectionError) as error:
            raise sock.dropped() from error
        except HTTPException as error:
            raise NoAnswer("garbage", "answered something that is not HTTP") from error
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body, latency_ms)


def get(
    address: Address,
    path: str,
    *,
    deadline: Deadline,
    headers: Mapping[str, str] | None = None,
    limit_bytes: int = 2_000_000,
) -> Answer:
    """Ask for a page, as `ask` does."""
    return ask(address, path, deadline=deadline, headers=headers, limit_bytes=limit_bytes)


def _read(response: HTTPResponse, sock: BoundedSocket, limit_bytes: int) -> bytes:
    body = response.read(limit_bytes + 1)
    if len(body) > limit_bytes:
        raise NoAnswer("too_large", f"sent more than {limit_bytes / 1e6:g} MB")
    if response.length:  # a read with a limit does not complain about an early end itself
        raise sock.dropped()
    return body
