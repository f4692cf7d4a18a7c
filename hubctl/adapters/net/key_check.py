"""Ask a provider whether it takes a key: one request that costs nothing, and no guess where the answer is no proof."""

import json
import re
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit, urlunsplit

from hubctl import parallel
from hubctl.adapters.net import proxies
from hubctl.core.providers import catalog
from hubctl.core.providers.table import Provider
from hubctl.core.text.printable import printable

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
    A server that is not the provider's own is asked without a key too: what it answers to anybody proves nothing.
    """
    if not _SENDABLE.fullmatch(key):
        return KeyCheck("invalid", "it holds blanks or characters that no HTTP header can carry")
    deadline = time.monotonic() + timeout_s
    auth = {provider.check.header: provider.check.form.format(key)}
    answer = _ask(provider, base_url, auth, shell, timeout_s)
    if isinstance(answer, str):
        return KeyCheck("unverified", _quote(answer, key))
    verdict = _judged(provider, answer, key)
    if verdict.state != "valid" or base_url is None or urlsplit(base_url).hostname in provider.hosts:
        return verdict
    anybody = _ask(provider, base_url, {}, shell, max(0.1, deadline - time.monotonic()))
    if isinstance(anybody, str):
        return KeyCheck("unverified", f"whether it needs a key at all is unknown: {_quote(anybody, key)}")
    if _judged(provider, anybody, key).state == "valid":
        return KeyCheck("unverified", f"{proxies.shown(base_url)} answers anybody, with or without a key")
    return verdict


def _ask(
    provider: Provider, base_url: str | None, auth: Mapping[str, str], shell: Mapping[str, str], timeout_s: float
) -> "_Answer | str":
    """Send the request that checks a key; in words why there is no answer."""
    import httpx

    where = proxies.shown(provider.check.url if base_url is None else base_url)
    try:
        url = _url(provider, base_url)
        proxy = proxies.proxy(url, shell)
        where += f" through the proxy {proxies.shown(proxy)}" if proxy else ""
        with httpx.Client(
            trust_env=False, verify=proxies.certificates(shell), proxy=proxy, timeout=timeout_s
        ) as client:
            request = client.build_request(provider.check.method, url, headers={**auth, **dict(provider.check.also)})
            # httpx's own limit is for each read: a server that drips would hold it for ever.
            (answer,) = parallel.each(
                lambda each: _exchange(client, each), [request], timeout_s=timeout_s, late=lambda _: None
            )
    except httpx.TimeoutException:
        return f"no answer from {where} within {timeout_s:g} s"
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return f"{where} cannot be asked: {error or type(error).__name__}"
    return answer or f"no whole answer from {where} within {timeout_s:g} s"


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
        if isinstance(document, dict) and document.get("valid") is False:
            return KeyCheck("invalid", "it says that the key is not valid")
        if isinstance(document, dict) and document.get(good):
            return KeyCheck("valid", "it answers as with a good key")
    excused = any(words in answer.text for words in provider.answers.excused)
    for status, words in provider.answers.refused:
        if answer.status == status and words in answer.text and document is not None and not excused:
            return KeyCheck("invalid", said or f"HTTP {status}")
    return KeyCheck("unverified", _why_unclear(answer, said))


def _why_unclear(answer: _Answer, said: str) -> str:
    """Say why an answer proves nothing about the key."""
    if answer.location is not None:
        where = proxies.shown(answer.location) if "//" in answer.location else "another page of its own"
        return f"HTTP {answer.status}: sent on to {printable(where)}; a proxy or a login page may be in between"
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
