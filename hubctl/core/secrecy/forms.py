"""How else a secret may come out of software: percent-encoded, escaped for JSON or a log, in base64."""

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

_SAFE = re.compile(r"[A-Za-z0-9_.~-]+")  # the same in every one of them
_HEX = re.compile(r"%[0-9A-F]{2}")
# Three bytes are four characters: text before the secret moves it by none, one or two bytes.
_ALIGNMENTS = ((0, 0), (1, 2), (2, 3))


def written(secret: str) -> Iterator[str]:
    """Give the forms in which its characters stay readable, itself first. The same one may come twice."""
    yield secret
    if _SAFE.fullmatch(secret):
        return
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield encoded.replace("%", "%25")
        yield _HEX.sub(lambda found: found[0].lower(), encoded)
    if "%" in secret:
        yield unquote(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield secret.replace("'", "''")
    yield secret.replace("$", "$$")


def encoded(secret: str) -> Iterator[str]:
    """Give it in base64, as far as what stands before and behind it does not change the characters."""
    content = secret.encode("utf-8", "surrogatepass")
    for before, lost in _ALIGNMENTS:
        whole = (before + len(content)) * 4 // 3
        text = base64.b64encode(b"\0" * before + content)[lost:whole].decode()
        yield text
        if "+" in text or "/" in text:
            yield text.replace("+", "-").replace("/", "_")
