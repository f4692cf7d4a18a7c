"""Ask a provider whether it takes a key: one request that costs nothing, and no guess where the answer is no proof."""

import json
import re
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit, urlunsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # not in the stubs

from hubctl import parallel
from hubctl.core import catalog
from hubctl.core.printable import printable
from hubctl.core.providers import Provider

if TYPE_CHECKING:
    import httpx

# The longest lists of models seen are some 500 kB.
LIMIT_BYTES = 4_000_000
LONGEST_QUOTE = 160
_SENDABLE = re.compile(r"[\x21-\x7e]+")
_OK = 200
_OTHER_REASONS = {
    402: "the account has no money left",
    403: "it refuses for another reason than a wrong key: a region, a permission, an address",
    429: "it is asked too often, or the quota is used up",
}


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What a provider says of a key. unverified: nothing was learned about it."""

    state: Literal["valid", "invalid", "unverified"]
    detail: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    location: str | None
    text: str

    @property
    def document(self) -> object:
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None


def check(
    provider: Provider, key: str, *, shell: Mapping[str, str], timeout_s: float, base_url: str | None = None
) -> KeyCheck:
    """Ask the provider, or what answers for it at base_url, with the key.

    shell gives proxies (HTTPS_PROXY, ALL_PROXY, NO_PROXY) and certificates (SSL_CERT_FILE). timeout_s bounds the whole.
    """
    import httpx

    if not _SENDABLE.fullmatch(key):
        return KeyCheck("invalid", "it holds blanks or characters that no HTTP header can carry")
    url = _url(provider, base_url)
    proxy = _proxy(url, shell)
    headers = {provider.check.header: provider.check.form.format(key), **dict(provider.check.also)}
    try:
        with httpx.Client(trust_env=False, verify=_certificates(shell), proxy=proxy, timeout=timeout_s) as client:
            request = client.build_request(provider.check.method, url, headers=headers)
            # httpx's own limit is for each read: a server that drips would hold it for ever.
            (answer,) = parallel.each(
                lambda each: _exchange(client, each), [request], timeout_s=timeout_s, late=lambda _: None
            )
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, ValueError) as error:
        return KeyCheck("unverified", _unreached(error, _asked(url, proxy), key, timeout_s))
    if answer is None:
        return KeyCheck("unverified", f"no whole answer within {timeout_s:g} s")
    return _judged(provider, answer, key)


def _exchange(client: "httpx.Client", request: "httpx.Request") -> _Answer:
    response = client.send(request, stream=True, follow_redirects=False)
    received = bytearray()
    with closing(response):
        for chunk in response.iter_bytes():
            received += chunk
            if len(received) > LIMIT_BYTES:
                break
    return _Answer(response.status_code, response.headers.get("location"), received.decode("utf-8", "replace"))


def _judged(provider: Provider, answer: _Answer, key: str) -> KeyCheck:
    document, good = answer.document, provider.answers.good
    said = _quote(_message(document), key)
    if answer.status == _OK and document is not None:
        if good == "[]" and isinstance(document, list):
            return KeyCheck("valid", "it lists its models")
        if isinstance(document, dict) and document.get(good) is False:
            return KeyCheck("invalid", "it says that the key is not valid")
        if isinstance(document, dict) and document.get(good):
            return KeyCheck("valid", "it answers as with a good key")
    for status, words in provider.answers.refused:
        if answer.status == status and words in answer.text and document is not None:
            return KeyCheck("invalid", said or f"HTTP {status}")
    return KeyCheck("unverified", _why_unclear(answer, said))


def _why_unclear(answer: _Answer, said: str) -> str:
    """Say why an answer proves nothing about the key."""
    if answer.location is not None:
        where = urlsplit(answer.location).netloc or "another page of its own"
        return f"HTTP {answer.status}: sent on to {printable(where)}, which is not the provider's API"
    if answer.document is None:
        return f"HTTP {answer.status} with something that is not JSON: a proxy or a login page may be in between"
    server_trouble = "it has trouble of its own" if answer.status >= 500 else None  # noqa: PLR2004 - HTTP's own border
    reason = _OTHER_REASONS.get(answer.status) or server_trouble or "not an answer that its API is documented to give"
    return f"HTTP {answer.status}: {reason}{f' ({said})' if said else ''}"


def _message(document: object) -> str:
    """Find the provider's own words in an answer: every one of them has another place for them."""
    match document:
        case {"error": {"message": str(message)}} | {"error": str(message)} | {"message": str(message)}:
            return message
        case {"detail": str(message)} | {"error_description": str(message)}:
            return message
        case [{"error": {"message": str(message)}}, *_]:  # Google, at times
            return message
    return ""


def _quote(text: str, key: str) -> str:
    """Make a provider's words fit to be shown: one line, no control characters, no key, not even this one."""
    line = " ".join(printable(catalog.scrub(text.replace(key, catalog.masked(key)))).split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def _unreached(error: Exception, where: str, key: str, timeout_s: float) -> str:
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return f"no answer from {where} within {timeout_s:g} s"
    return f"{where} cannot be asked: {_quote(str(error), key) or type(error).__name__}"


def _asked(url: str, proxy: str | None) -> str:
    """Say who was asked, and through which proxy, without the login that its address may hold."""
    via = f" through the proxy {urlsplit(proxy).netloc.rpartition('@')[2]}" if proxy else ""
    return urlsplit(url).netloc + via


def _url(provider: Provider, base_url: str | None) -> str:
    """Put another server in the place of the provider's own: its address may end in any part of the path (`/v1`)."""
    if base_url is None:
        return provider.check.url
    own, base = urlsplit(provider.check.url), urlsplit(base_url.rstrip("/"))
    parts = own.path.strip("/").split("/")
    shared = max(
        (n for n in range(len(parts) + 1) if n == 0 or base.path.endswith("/" + "/".join(parts[:n]))), default=0
    )
    return urlunsplit((base.scheme, base.netloc, base.path + "/" + "/".join(parts[shared:]), "", ""))


def _proxy(url: str, shell: Mapping[str, str]) -> str | None:
    parts = urlsplit(url)
    names = (f"{parts.scheme}_proxy", "all_proxy")
    chosen = next((value for name in names for value in (shell.get(name), shell.get(name.upper())) if value), None)
    excluded = {"no": shell.get("no_proxy") or shell.get("NO_PROXY") or ""}
    return None if proxy_bypass_environment(parts.netloc, excluded) else chosen


def _certificates(shell: Mapping[str, str]) -> "ssl.SSLContext | bool":
    file, folder = shell.get("SSL_CERT_FILE"), shell.get("SSL_CERT_DIR")
    return ssl.create_default_context(cafile=file or None, capath=folder or None) if file or folder else True
