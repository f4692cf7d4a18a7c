"""Finds the secrets in the files of a hub, and the names of the hub, which may be shown. No I/O."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from hubctl.core.secrecy import arguments, places, shapes
from hubctl.core.secrecy.names import is_credential, is_hint

SHORTEST = 6
_LONG = 16
# `Authorization: Bearer KEY`, `KEY;KEY` of Open WebUI, `Cookie: a=KEY; b=KEY`
_SCHEME = re.compile(r"(?i)^(?:bearer|basic|token)\s+")
# Where a value ends in a text of several: `user=me,password=KEY,uid=1"`
_NEXT = re.compile(r"[,;&\s]\s{0,9}(?=\w+=)|[\"']")
# A name is a word alone: what stands in an address, in a query or before a semicolon is none.
_NAMED = re.compile(
    r"(?i)(?<![\w./?&=;:@-])[\"']?(?:model_name|model|host|user|username|dbname|database|namespace"
    r"|\w+_(?:model|user|username|db|host|name))(?:\s*=|:\s|[\"']\s*:)\s*[\"']?(\w[\w./:-]*)(?=[\s\"'#,{}\]]|\Z)"
)
_ALIAS = re.compile(r"(?m)(?:^[ \t]*|[{,][ \t]*)[\"']?(\w[\w./:-]*)[\"']?:[ \t]+[\"']?(\w[\w./:-]*)(?=[\s\"'#,}]|\Z)")
_URL = re.compile(
    r"(?i)(?:https?|wss?|rediss?|postgres(?:ql)?(?:\+\w+)?|mysql|mongodb(?:\+srv)?|amqps?|smtps?|s3)://\S*"
)
_HOST = re.compile(r"://(?:[\w.-]+@)?([\w.-]+)")
_FALLBACK = re.compile(r"\$\{(\w+):?[-+]([^}$]+)\}")
# A line of an env file without the sign between the two.
_UNSET = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]+)[ \t]+(\S+)[ \t]*$")
_NONE = re.compile(r"os\.environ/|\$\{[^}]*\}")
_ORDINARY = re.compile(
    r"(?i)true|false|none|null|yes|no|on|off|[01]|basic|bearer|(?:\.{0,2}|~)/[\w./-]*\.(?:json|pem|key|crt|txt|ya?ml|env)"
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the files of a hub hold: secrets, and names that people must be able to read."""

    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    names: frozenset[str] = frozenset()

    def __or__(self, other: "Gathered") -> "Gathered":
        """Put two together."""
        return Gathered(self.secrets | other.secrets, self.names | other.names)


def passwords(name: str, value: str) -> Iterator[str]:
    """Find the passwords in a variable as they are meant, however short: its value, or the one in its address."""
    if "://" in value:
        yield from (unquote(part.partition(":")[2]) for part in shapes.users(value) if part.partition(":")[2])
    elif is_credential(name) and value and not _NONE.match(value) and not _ORDINARY.fullmatch(value):
        yield value


def of_text(text: str) -> Gathered:
    """Read a config, a compose file or an env file, whether it is in order or not."""
    found = {value for start, end in places.in_file(text) for value in _values(text[start:end])}
    found |= {value for part in shapes.users(text) for value in _of_user(part)}
    found |= {value for start, end in arguments.passwords(text) for value in _inside_quotes(text[start:end])}
    given = (*_FALLBACK.findall(text), *_UNSET.findall(text))
    found |= {value for name, raw in given if is_credential(name) for value in _values(raw)}
    found |= {*shapes.words(text), *shapes.hooks(text), *shapes.in_comments(text), *shapes.private_keys(text)}
    return Gathered(_real(found), frozenset(names(text)))


def users(text: str) -> Iterator[str]:
    """Find the users in the addresses of a text. They need not be readable: one may be a key."""
    yield from (part.partition(":")[0] for part in shapes.users(text))


def names(text: str) -> Iterator[str]:
    """Find the words that are names of hosts, models, databases and users, as a whole; aliases of such names, too."""
    text = shapes.without_users(text)
    found = {*_NAMED.findall(text), *_HOST.findall(text)}
    for name in {*found, *(alias for alias, name in _ALIAS.findall(text) if name in found)}:
        if "://" not in name and not shapes.is_random(name):
            yield name
            yield name.rpartition("/")[2]  # `gpt-4o` of `openai/gpt-4o`


def of_variables(variables: Iterable[tuple[str, str]]) -> Gathered:
    """Read variables and their values: what the names say, and what the values look like."""
    found: set[str] = set()
    for name, value in variables:
        if is_credential(name) and not _NONE.match(value):
            found |= {*_values(value)}
        elif "PRIVATE KEY" in value:
            found |= {*shapes.private_keys(value)}
        elif "://" in value:
            found |= {each for part in shapes.users(value) for each in _of_user(part)}
            found |= {*shapes.hooks(value), *(value[start:end] for start, end in places.in_prose(value))}
        elif "\n" in value or " " in value:
            found |= {*_lines(value), *(value[start:end] for start, end in places.in_prose(value))}
        elif shapes.is_random(value) or shapes.is_made_up(value) or (is_hint(name) and _may_be_one(value)):
            found.add(value)
    return Gathered(_real(found))


def _lines(value: str) -> Iterator[str]:
    """The words that look made up; every line where such ones are lines alone, as in a key of several lines."""
    lines = [line.strip() for line in value.splitlines()]
    if len(lines) > 1 and any(shapes.is_random(line) and " " not in line for line in lines):
        yield from (line for line in lines if " " not in line)
    yield from (word for line in lines for word in line.split() if shapes.is_random(word))


def _may_be_one(value: str) -> bool:
    return len(value) >= _LONG or any(each.isdigit() for each in value)


def _of_url(url: str) -> Iterator[str]:
    """Of an address that is a secret as a whole, what stands before and behind the host."""
    yield from (each for part in shapes.users(url) for each in _of_user(part))
    with suppress(ValueError):
        yield url.partition(urlsplit(url).netloc)[2].strip("/")


def _values(raw: str) -> Iterator[str]:
    """Give a value as it is meant, and each part that is a secret of its own."""
    value = raw.strip()
    if value.startswith("["):
        yield value
        for item in value.strip("[]").split(","):
            yield from _values(item)
        return
    for line in _unquoted(value):
        meant = _SCHEME.sub("", line.strip().removeprefix("os.environ/"))
        if "://" in meant and _URL.fullmatch(meant):
            yield from _of_url(meant)
            continue
        yield line.strip()
        yield meant
        if not _NONE.match(meant):
            yield _NEXT.split(meant.strip("\"'${"), 1)[0]
            yield meant.replace("$$", "$")  # as Compose reads it
        for part in meant.split(";"):
            yield part.strip()
            yield part.partition("=")[2].strip()
            yield part.partition(":")[2].strip()  # `user:password` of `basicauth.users`
        yield from _decoded(meant)


def _decoded(value: str) -> Iterator[str]:
    """What a value of base64 says, as YAML's `!!binary` and Kubernetes write one."""
    with suppress(ValueError):
        said = base64.b64decode(value, validate=True).decode()
        if said.isprintable():
            yield said


def _unquoted(value: str) -> Iterator[str]:
    text = value.lstrip("\\")
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        inner = text[1:-1]
        yield from inner.splitlines()
        if text[0] == "'":
            yield inner.replace("''", "'")
            yield inner.replace("\\'", "'")
        with suppress(ValueError):
            yield from str(json.loads(text if text[0] == '"' else f'"{inner}"', strict=False)).splitlines()
        return
    yield from text.splitlines()
    if "\\" in text:
        with suppress(ValueError):
            yield from str(json.loads(f'"{text}"')).splitlines()
    if " #" in text:  # which is a comment in YAML and env files, and none in a password that an editor shows whole
        yield text.split(" #", 1)[0].rstrip()


def _inside_quotes(text: str) -> Iterator[str]:
    yield text
    for mark in "\"'":
        yield from _unquoted(f"{mark}{text}{mark}")


def _of_user(part: str) -> Iterator[str]:
    """The password of `user:password`. A user is one, too, that is alone, or whose password only takes a place."""
    user, _, password = part.partition(":")
    if len(password) < SHORTEST or password.startswith("x-") or shapes.is_random(user):
        yield user
    yield password


def _real(found: Iterable[str]) -> frozenset[str]:
    """Leave out what is too short, a variable, a word that says yes or no, or a path."""
    return frozenset(
        value
        for each in found
        for value in ((each, unquote(each)) if "%" in each else (each,))
        if len(value) >= SHORTEST and not _ORDINARY.fullmatch(value) and not _NONE.match(value) and "…" not in value
    )
