"""Where secrets stand in a text: behind a name that says so, in YAML, env files, JSON, headers and addresses."""

import re
from collections.abc import Collection, Iterator

from hubctl.core.secrecy.names import is_credential, may_be_ordinary

Span = tuple[int, int]

_PAIR = re.compile(
    r"(?<![\w./$-])(?P<open>\\{0,15}[\"'])?(?P<name>[A-Za-z_][\w.-]{1,80})(?(open)(?P=open))[ \t]*"
    r"(?:=(?!=)|(?:\r?\n[ \t]*)?:(?=[ \t\r\n\"'\\|>&*!]|\Z)|(?<=[\"']):)[ \t]*"
)
_FLAG = re.compile(r"(?<![\w-])--?(?P<name>[A-Za-z][\w-]{1,80})(?:=|[\"']?,?\s+(?:-\s+)?(?=[^\s-]))")
_PROPERTIES = re.compile(r"(?:[&!][^\s,\]}]*[ \t]*)+")
_PROPERTY = re.compile(r"(?<![&!])[&!](?P<name>[^\s,\]}&!]+)")
_ANCHOR = re.compile(r"&(?P<name>[^\s,\[\]{}]+)[ \t]*")
_ALIAS = re.compile(r"\*(?P<name>[^\s,\[\]{}]+)")
_QUOTE = re.compile(r"\\*[\"']")
_BLOCK = re.compile(r"[|>][+\-\d]*[ \t]*(?:#[^\n]*)?\r?\n")
_END_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_PLAIN = re.compile(r"(?:[^\s#]|(?<=\S)#|[ \t]+(?![ \t#\r\n]))+")
_LIST = re.compile(r"[^\]\n]*\]?")
_IN_FLOW = re.compile(r"[^,}\]\r\n]*[^\s,}\]]")
_IN_QUERY = re.compile(r"[^&\s\"'<>#,;)\\]+")
# What goes before a name says where its value ends: `"NAME=value"`, `?name=value&`.
_INSIDE = {
    '"': re.compile(r'(?:[^"\\\n]|\\.)+'),
    "'": re.compile(r"(?:[^'\n]|'')+"),
    "?": _IN_QUERY,
    "&": _IN_QUERY,
}
_IN_PROSE = re.compile(r"[^\s\"',;&<>(){}\[\]`\\]+")
_ARGUMENT = re.compile(r"[^\s\"',\]]+")
_WHOLE_LINE = re.compile(r"[^\r\n\"'\\`]+")
# hubctl's own mark, variables, words that say there is none. What is no name of a variable is a key in the wrong place.
_NO_SECRET = re.compile(
    r"(?:os\.environ/(?-i:[A-Za-z_]+|[A-Z_][A-Z0-9_]*|[a-z_][a-z0-9_]*)|\$\{[A-Za-z_]\w*(?::?[-?+][^}]*)?\}"
    r"|\$(?-i:[A-Z_][A-Z0-9_]*|[a-z_]+)|\S{0,16}…\S{0,4}|true|false|null|none|yes|no|on|off|value|missing|~|\[\]|\{\})[\"']?",
    re.IGNORECASE,
)
# What prose says behind a name that may be a word of it: `keys: 3`, `primary key: id`.
_ORDINARY = re.compile(r"[a-z_]{1,12}|\d{1,3}")
# A word with more behind it is a sentence.
_SENTENCE = re.compile(r"[A-Za-z]+[.:]?(?:[ \t]+[A-Za-z(`]|\Z)")
_NESTED = re.compile(r"[ \t#]*(?:-[ \t]+)?[\"']?[\w./ -]+[\"']?[ \t]*:(?:\s|\Z)")
_HEADERS = re.compile(r"(?i)cookie|authorization")
# A quote that is never closed must not swallow a file.
_LONGEST = 10_000


def in_file(text: str) -> Iterator[Span]:
    """Find them in a file of the hub, commented-out lines too. A value in quotes is given with them.

    A value may begin behind an anchor, on the next line, or as a block; that of an anchor which a secret's alias names
    is one as well. What looks like an anchor, an alias or a tag and leads to no value is a value without its quotes.
    """
    anchors, used = ({found["name"] for found in pattern.finditer(text)} for pattern in (_ANCHOR, _ALIAS))
    aliases = set()
    for pattern in (_PAIR, _FLAG):
        end = 0
        for match in pattern.finditer(text):
            if match.start() < end or not is_credential(match["name"]):
                continue  # what stands inside a value is hidden with it
            at = _behind_properties(text, match.end())
            if alias := _ALIAS.match(text, at):
                if alias["name"] in anchors:
                    aliases.add(alias["name"])
                    continue
                at += 1
            for span in [*_file_value(text, match, at)] or _bare(text, match.end(), at, used):
                yield span
                end = span[1]
    for anchor in _ANCHOR.finditer(text) if aliases else ():
        if anchor["name"] in aliases:
            yield from _file_value(text, anchor, anchor.end())


def in_prose(text: str) -> Iterator[Span]:
    """Find them in a line of a log, an error, an address: without the quotes, and never over what is only told."""
    for pattern in (_PAIR, _FLAG):
        end = 0
        for match in pattern.finditer(text):
            if match.start() >= end and is_credential(match["name"]):
                for span in _prose_value(text, match):
                    yield span
                    end = span[1]


def _prose_value(text: str, match: re.Match[str]) -> Iterator[Span]:
    start = match.end()
    if text.startswith("${", start):
        return
    if quote := _QUOTE.match(text, start):
        line_end = text.find("\n", start, start + _LONGEST)
        end = min(_closing(text, quote), line_end if line_end >= 0 else len(text))
        yield from _told(text, quote.end(), end)
        return
    asked = text[match.start() - 1 : match.start()] in ("?", "&")
    by_colon = ":" in text[match.end("name") : start]
    if by_colon and _HEADERS.search(match["name"]):
        found = _WHOLE_LINE.match(text, start)
    elif by_colon and _SENTENCE.match(text, start):
        found = _last_word(text, start)
    else:
        found = (_IN_QUERY if asked else _IN_PROSE).match(text, start)
    if found and not (may_be_ordinary(match["name"]) and not asked and _ORDINARY.fullmatch(found[0])):
        yield from _told(text, found.start(), found.end())


def _last_word(text: str, start: int) -> re.Match[str] | None:
    """A word alone behind a colon may be a password; the first one of a sentence is not."""
    found = _IN_PROSE.match(text, start)
    return found if found and not re.match(r"[ \t]+\S", text[found.end() : found.end() + 2]) else None


def _told(text: str, start: int, end: int) -> Iterator[Span]:
    if start < end and not _NO_SECRET.fullmatch(text, start, end):
        yield start, end


def _behind_properties(text: str, at: int) -> int:
    properties = _PROPERTIES.match(text, at)
    return properties.end() if properties else at


def _bare(text: str, start: int, end: int, used: Collection[str]) -> Iterator[Span]:
    """Give tags and anchors which no alias names."""
    for found in _PROPERTY.finditer(text, start, end):
        if found["name"] not in used:
            yield found.span("name")


def _file_value(text: str, match: re.Match[str], at: int) -> Iterator[Span]:
    """Give the value that begins behind a name, with the lines on which it goes on."""
    if quote := _QUOTE.match(text, at):
        end = _closing(text, quote)
        yield from _told(text, at, min(len(text), end + len(quote[0])))
        return
    if block := _BLOCK.match(text, at):
        yield from _lines_below(text, match.start(), block.end(), mapping_ends=False)
        return
    if ended := _END_OF_LINE.match(text, at):
        if match[0].rstrip().endswith((":", '"', "'")) or match[0].startswith(("&", "-")):
            yield from _lines_below(text, match.start(), ended.end(), mapping_ends=True)
        return
    if text.startswith("{", at):
        return  # the names in it say which
    plain = _plain(text, match)
    if found := plain.match(text, at):
        yield from _told(text, found.start(), found.end())
        if plain is _PLAIN and ":" in match[0]:
            yield from _lines_below(text, match.start(), text.find("\n", found.end()) + 1, mapping_ends=True)


def _plain(text: str, match: re.Match[str]) -> re.Pattern[str]:
    """How far a value goes that has no quotes."""
    before = text[match.start() - 1 : match.start()]
    if match.re is _FLAG and not (before in _INSIDE and match[0].endswith("=")):
        return _ARGUMENT
    if before in _INSIDE:
        return _INSIDE[before]
    if text.startswith("[", match.end()):
        return _LIST
    return _IN_FLOW if _is_in_flow(text, match.start()) else _PLAIN


def _closing(text: str, quote: re.Match[str]) -> int:
    """Where a value ends that begins with this quote: at the same one, else with its line."""
    mark = quote[0]
    at = quote.end()
    while (at := text.find(mark, at, quote.end() + _LONGEST)) >= 0:
        if mark == "'" and text.startswith("''", at):
            at += 2
        elif _is_escaped(text[max(at - 20, quote.end()) : at]) and (mark == '"' or _goes_on(text, at)):
            at += 1
        else:
            return at
    end = text.find("\n", quote.end())
    return end if end >= 0 else len(text)


def _goes_on(text: str, at: int) -> bool:
    """Whether a backslash before a single quote is an env file's way to write one: YAML knows none."""
    end = text.find("\n", at)
    return "'" in text[at + 1 : end if end >= 0 else None]


def _is_escaped(before: str) -> bool:
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _is_in_flow(text: str, at: int) -> bool:
    line = text[max(text.rfind("\n", max(0, at - _LONGEST), at) + 1, at - _LONGEST) : at]
    return line.count("{") > line.count("}") or line.count("[") > line.count("]")


def _indent(line: str) -> int:
    """How deep a line stands; the mark of a comment counts as the space that it took the place of."""
    return len(line) - len(line.lstrip(" \t#"))


def _lines_below(text: str, key: int, at: int, *, mapping_ends: bool) -> Iterator[Span]:
    """Give the lines that stand deeper than the key's: they belong to its value."""
    begin = max(text.rfind("\n", max(0, key - _LONGEST), key) + 1, key - _LONGEST)
    own = _indent(text[begin : key + 1])
    while 0 < at < len(text):
        end = text.find("\n", at)
        end = end if end >= 0 else len(text)
        line = text[at:end].rstrip("\r")
        stripped = line.strip(" \t#")
        deeper = _indent(line) > own or (mapping_ends and _indent(line) == own and stripped.startswith("- "))
        if stripped and (not deeper or (mapping_ends and _NESTED.match(line))):
            return
        if stripped:
            first = at + len(line) - len(line.lstrip(" \t#"))
            first += 2 if mapping_ends and stripped.startswith("- ") else 0
            yield from _told(text, first, at + len(line.rstrip()))
        at = end + 1
