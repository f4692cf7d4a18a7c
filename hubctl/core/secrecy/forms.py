"""How else a secret may come out of software: escapes are read back in the text, the few other ways are made here."""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence

# Percent-encoding, JSON, Python, YAML and Go, a shell's backslash, HTML.
_ESCAPE = re.compile(
    r"%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\U000[0-9A-Fa-f]{5}|\\[0-7]{3}|\\[nrtbfaev0]|\\[^\w\s]"
    r"|&(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});"
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "a": "\a", "e": "\x1b", "v": "\v", "0": "\0"}
_LAST = 0x10FFFF  # the last character of Unicode
_DEEPEST = 3  # JSON in JSON in a log, `%2525`
# Of six characters, the shortest secret.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HEX = re.compile(r"[0-9A-Fa-f]{12,}")

# A text as it reads, and for each of its characters, and its end, where that stands in the text as it is written.
Reading = tuple[str, Sequence[int]]


def written(secret: str) -> Iterator[str]:
    """Give what of it stands in a text once its escapes are read, itself first. The same one may come twice."""
    yield secret
    if secret.isalnum() and secret.isascii():
        return
    meant = [secret]
    while len(meant) < _DEEPEST and (inner := unescaped(meant[-1])) != meant[-1]:
        meant.append(inner)
    for each in [form for text in meant for form in ((text,) if text.isascii() else _unicode(text))]:
        yield each
        yield each.replace("'", "''")
        yield each.replace("'", "'\"'\"'")
        yield each.replace("$", "$$")
        yield each.replace(" ", "+")


def unescaped(text: str) -> str:
    """Read the escapes of a text, once."""
    return _ESCAPE.sub(lambda found: _character(found[0]), text)


def readings(text: str) -> Iterator[Reading]:
    """Give a text as it is, and read once, twice, three times, as long as escapes are in it."""
    at: Sequence[int] = range(len(text) + 1)
    yield text, at
    for _ in range(_DEEPEST):
        if not _ESCAPE.search(text):
            return
        text, at = _read(text, at)
        yield text, at


def encoded(text: str) -> Iterator[Reading]:
    """Give what each word of base64 or hex in a text says. It may begin at any of four places, or two."""
    for word in _BASE64.finditer(text):
        letters = word[0].replace("-", "+").replace("_", "/")
        for skipped in range(4):
            whole = letters[skipped:]
            whole = whole[: -1 if len(whole) % 4 == 1 else None]
            try:
                said = base64.b64decode(whole + "=" * (-len(whole) % 4)).decode("latin-1")
            except binascii.Error:
                continue
            yield said, word.span()
    for word in _HEX.finditer(text):
        for skipped in range(2):
            digits = word[0][skipped:]
            yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("latin-1"), word.span()


def _unicode(secret: str) -> Iterator[str]:
    """Composed, decomposed, as the bytes of UTF-8 one by one, and as JSON's two halves of a rare character."""
    for form in (secret, unicodedata.normalize("NFC", secret), unicodedata.normalize("NFD", secret)):
        yield form
        yield form.encode("utf-8", "surrogatepass").decode("latin-1")
        halves = form.encode("utf-16-be", "surrogatepass")
        yield "".join(chr(halves[at] << 8 | halves[at + 1]) for at in range(0, len(halves), 2))


def _read(text: str, places: Sequence[int]) -> Reading:
    parts: list[str] = []
    at: list[int] = []
    end = 0
    for found in _ESCAPE.finditer(text):
        parts += [text[end : found.start()], character := _character(found[0])]
        at += [*places[end : found.start()], *(places[found.start()] for _ in character)]
        end = found.end()
    return "".join([*parts, text[end:]]), [*at, *places[end:]]


def _character(escape: str) -> str:
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[0] == "%":
        return chr(int(escape[1:], 16))
    kind, digits = escape[1], escape[2:]
    if kind in "xuU" and digits:
        return chr(min(int(digits, 16), _LAST))
    if digits:
        return chr(int(escape[1:], 8))
    return _LETTERS.get(kind, kind)
