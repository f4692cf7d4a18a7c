"""How secrets look wherever they stand: keys of providers, tokens, users in addresses, web hooks, private keys."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from hubctl.core.providers.catalog import HIDDEN, scrub
from hubctl.core.secrecy import arguments, places
from hubctl.core.secrecy.names import NAME_PART

# A password may hold a slash, which ends a host: then what stands before the last @ belongs to the user. The account
# in an address of ssh is none: it takes keys, and people must see whose it is.
_USER = re.compile(
    r"(?<=://)(?!(?<=ssh://)[\w.-]+@)(?:[^/?#\s\"'<>@]{0,512}(?:@[^/?#\s\"'<>@]{1,512})*@|[^/?#\s\"'<>@:\[\]]{0,256}:(?!\d{1,5}/)[^\s\"'<>]{1,512}@)"
)
_SCHEME = re.compile(r"(?i)(?<![\w-])((?:bearer|basic)[ \t]+)(?!(?-i:[a-z]+)(?![\w+/=.~-]))[\w+/=.~-]{8,}")
_STARTS = ("eyJ", "AKIA", "AIza", "gh", "glpat-", "xox", "hf_", "gsk_", "npm_", "pypi-", "xai-", "r8_", "pplx-")
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:eyJ[\w-]{10,}(?:\.[\w-]+){1,2}|AKIA[A-Z0-9]{12,}|AIza[\w-]{20,}"
    r"|(?:gh[opsur]_|github_pat_|glpat-|xox[abposr]-|hf_|gsk_|npm_|pypi-|xai-|r8_|pplx-)[\w-]{12,})"
)
_HOSTS = ("hooks.slack", "discord", "webhook", "hooks.zapier", "api.telegram", "logic.azure")
_HOOK = re.compile(
    r"((?:hooks\.slack(?:-gov)?\.com|discord(?:app)?\.com/api/webhooks|webhook\.office\.com|office(?:365)?\.com/webhook"
    r"|hooks\.zapier\.com|api\.telegram\.org/bot|logic\.azure\.com(?::443)?)/?)[^\s\"'<>]+"
)
_PRIVATE = re.compile(r"(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[A-Za-z0-9+/=\s\\]*")
_PRIVATE_LINES = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----([A-Za-z0-9+/=\s\\:,#]*)")
_COMMENT = re.compile(r"(?:^|[ \t])#[^\n]*", re.MULTILINE)
_ONCE = re.compile(
    r"(?i)\b(?:was|were|formerly|previously|old|before|until)\b[:=\s]+[\"'`]?([^\s\"'`]*\d[^\s\"'`]*|[^\s\"'`]{16,})"
)
_MIXED = re.compile(r"(?<![A-Za-z0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])(?=(?:[A-Za-z]*\d){2})[A-Za-z0-9]{8,}")
_CHANGING = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]{8})(?:(?:[A-Za-z]+\d+){4}|(?:\d+[A-Za-z]+){4})")
_DURATION = re.compile(r"(?:\d+(?:ms|us|[dhms]))+")
_LONG_WORD = re.compile(r"(?<![\w+/=~:@-])[\w+/=~-]{16,}")
_RANDOM_PIECE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def without(text: str) -> str:
    """Give a text without what looks like a secret, or stands where one belongs.

    Each search is made only where a part of what it looks for is there: most lines of a log hold none.
    """
    if "PRIVATE KEY" in text:
        text = _PRIVATE.sub(rf"\1{HIDDEN}", text)
    if any(host in text for host in _HOSTS):
        text = _HOOK.sub(rf"\1{HIDDEN}", text)
    if "://" in text and "@" in text:
        text = _USER.sub(f"{HIDDEN}@", text)
    lowered = text.lower()
    if "bearer" in lowered or "basic" in lowered:
        text = _SCHEME.sub(rf"\1{HIDDEN}", text)
    if any(start in text for start in _STARTS):
        text = _TOKEN.sub(HIDDEN, text)
    text = scrub(text)
    named = places.in_prose(text) if NAME_PART.search(lowered) else ()
    return cut(text, chain(named, arguments.passwords(text)))


def cut(text: str, spans: Iterable[places.Span]) -> str:
    """Put the mark in the place of some spans, which may overlap."""
    parts, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            parts += [text[at:start], HIDDEN]
        at = max(at, end)
    return "".join([*parts, text[at:]])


def is_random(word: str) -> bool:
    """Whether a word looks as if a program had made it up: a long piece of letters and digits, or a UUID."""
    return bool(_RANDOM_PIECE.search(word) or _UUID.fullmatch(word))


def is_made_up(word: str) -> bool:
    """Whether a value may be a shorter one: letters of both sizes with figures, or letters and figures in turns."""
    return bool(_MIXED.search(word) or _CHANGING.search(word)) and not _DURATION.fullmatch(word)


def in_comments(text: str) -> Iterator[str]:
    """Find what a comment tells of a secret: words that look made up, and `# was OLD1`."""
    for comment in _COMMENT.findall(text) if "#" in text else ():
        yield from _ONCE.findall(comment)
        yield from _MIXED.findall(comment)


def private_keys(text: str) -> Iterator[str]:
    """Find the lines of private keys, whether they end or not."""
    for found in _PRIVATE_LINES.findall(text) if "PRIVATE KEY" in text else ():
        yield from re.split(r"[\s,#]+|\\[nr]", found)


def words(text: str) -> Iterator[str]:
    """Find the words that look made up by a program, digests of images left out."""
    for found in _LONG_WORD.finditer(text):
        if is_random(found[0]):
            name, is_set, value = found[0].rstrip("=").rpartition("=")
            yield value if is_set else name or value.removeprefix("environ/")


def users(text: str) -> Iterator[str]:
    """Find the parts of addresses that stand before the @."""
    for found in _USER.finditer(text):
        yield found[0][:-1]


def without_users(text: str) -> str:
    """Give a text whose addresses begin with their hosts."""
    return _USER.sub("", text) if "://" in text and "@" in text else text


def hooks(text: str) -> Iterator[str]:
    """Find what stands behind the host of a web hook's address."""
    for found in _HOOK.finditer(text):
        yield found[0][len(found[1]) :]
