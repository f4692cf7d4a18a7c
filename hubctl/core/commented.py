"""Model entries that are commented out: found by the column in which the content of their lines begins. No I/O.

The text behind the `#` is read as if the hashes were blanks. What makes a line part of an entry is how far its content
stands to the right of the entry's dash, not where its hash stands: that holds for every style people use.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hubctl.core import yaml_aliases, yaml_text
from hubctl.core.yaml_text import Event

_COMMENT = re.compile(r"(?P<indent>[ \t]*)(?P<hashes>#+)[ \t]*")
_ITEM = re.compile(r"""-(?:[ \t]+(?:[{&]|["']?[\w.-]+["']?[ \t]*:)|\s*$)""")
_ENTRY = re.compile(r"""-[ \t]+(["']?)(?:model_name|litellm_params|model_info)\1[ \t]*:""")
_FIELD = re.compile(r"""(?:-[ \t]+\S|(["']?)[\w.-]+\1[ \t]*:(?:\s|$))""")
# How often an unreadable block is cut shorter before it is taken for prose.
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Commented:
    """An entry that is commented out: `count` lines from line `line` (from 1), with the columns of its dash and hash.

    `content` is the entry as text with its dash in column 0, `fields` what that says. `missing` are the anchors it uses
    that no active line defines. `doubt` is the line that makes it unclear where the entry ends, `inside` the line of
    the unreadable entry it stands in.
    """

    line: int
    count: int
    column: int
    hash_column: int
    content: str
    fields: Mapping[str, object]
    missing: frozenset[str]
    doubt: int | None
    inside: int | None

    @property
    def last_line(self) -> int:
        """The last line of the entry, counted from 1."""
        return self.line + self.count - 1


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it would be without its hash; `column` is null for a blank line, negative for a bare hash."""

    column: int
    hash_column: int
    content: str

    @property
    def bare(self) -> bool:
        return not self.content.strip()

    @property
    def nested(self) -> bool:
        return self.content.startswith("#")

    def placed(self, shift: int) -> str:
        """The line with its content moved by so many columns; behind a bare hash it is what stands there."""
        return self.content if self.bare else " " * max(self.column + shift, 0) + self.content


def find(lines: Sequence[str], parsed: Sequence[Event]) -> Iterator[Commented]:
    """Find every entry that is commented out, in the order of the file. `parsed` are the events of the whole file."""
    anchors: dict[str, Sequence[Event]] | None = None
    index, broken, broken_end = 0, 0, 0
    while index < len(lines):
        start = _start(lines[index])
        if start is None:
            index += 1
            continue
        anchors = yaml_aliases.anchored(parsed) if anchors is None else anchors
        found = _entry(lines, index, start, anchors)
        if found is None:
            if _ENTRY.match(start.content) and index >= broken_end:
                broken, broken_end = index + 1, index + len(_block(lines, index, start))
            index += 1
            continue
        yield found if index >= broken_end else replace(found, inside=broken)
        index += found.count


def uncommented(lines: Sequence[str], entry: Commented, column: int) -> list[str]:
    """The lines of the entry without their hashes, its dash in `column`."""
    start = _start(lines[entry.line - 1])
    block = _block(lines, entry.line - 1, start)[: entry.count] if start else []
    return [line.placed(column - entry.column) for line in block]


def lines_of(lines: Sequence[str], first: int, last: int, dash: int) -> list[str]:
    """Comment out the lines `first` to `last` (from 0) of an entry with its dash in column `dash`.

    Every content moves two columns to the right, so that `uncommented` gives the same bytes back.
    """
    return [_hashed(line, dash) for line in lines[first : last + 1]]


def _hashed(line: str, dash: int) -> str:
    if not line.strip():
        return " " * dash + "#" + line
    at = min(len(line) - len(line.lstrip(" \t")), dash)
    return f"{line[:at]}# {line[at:]}"


def _start(line: str) -> _Line | None:
    """The line without its hash when an entry may begin on it."""
    comment = _COMMENT.match(line)
    if comment is None or not _ITEM.match(line, comment.end()):
        return None
    return _Line(comment.end(), comment.end("indent"), line[comment.end() :])


def _block(lines: Sequence[str], start: int, first: _Line) -> list[_Line]:
    """Collect what can belong to the entry that begins here, without the hashes.

    That is every line whose content is deeper than the dash, comments within the comment, bare hashes, and blank lines
    when a field of the entry follows them.
    """
    hashes = len(lines[start][first.hash_column : first.column].rstrip(" \t"))
    comment_lead = re.compile(rf"(?P<indent>[ \t]*)#{{1,{hashes}}}[ \t]*")
    block, end, after_blank = [first], 1, False
    for index in range(start + 1, len(lines)):
        text = lines[index]
        if not text.strip():
            block.append(_Line(0, 0, text))
            after_blank = True
            continue
        comment = comment_lead.match(text)
        if comment is None:
            break
        line = _Line(comment.end(), comment.end("indent"), text[comment.end() :])
        if line.bare:
            block.append(_Line(0, line.hash_column, text[comment.end("indent") + 1 :]))
            continue
        if line.column <= first.column and not line.nested and line.content[0] not in "]}":
            break
        if after_blank and not (_FIELD.match(line.content) and line.hash_column >= first.hash_column):
            break
        after_blank = False
        block.append(line)
        end = len(block) if line.column > first.column or not line.nested else end
    return block[:end]


def _entry(lines: Sequence[str], index: int, start: _Line, anchors: Mapping[str, Sequence[Event]]) -> Commented | None:
    """Read the entry that begins here, without what is glued below it: the longest part that is one whole entry."""
    import yaml

    block = whole = _block(lines, index, start)
    for _ in range(_TRIES):
        content = "".join(line.placed(-start.column) for line in block)
        try:
            parsed = yaml_text.events(content)
            fields, missing = _fields(content, parsed, anchors)
        except (yaml.YAMLError, *yaml_text.MISREAD) as error:
            block = _trimmed(block[: _cut(error, len(block))], start.column)
            if block:
                continue
            return None
        if fields is None:
            return None
        doubt = _doubt(parsed, whole[len(block) :], len(block))
        return Commented(
            line=index + 1,
            count=len(block),
            column=start.column,
            hash_column=start.hash_column,
            content=content,
            fields=fields,
            missing=missing,
            doubt=index + 1 + doubt if doubt is not None else None,
            inside=None,
        )
    return None


def _doubt(parsed: Sequence[Event], rest: Sequence[_Line], count: int) -> int | None:
    """The line of the block, from 0, of which nobody can say whether it belongs to the entry.

    It is a field that does not fit in, or text below the last value that may go on with it or be prose glued there.
    """
    if rest and not rest[0].bare and _FIELD.match(rest[0].content) and not _ENTRY.match(rest[0].content):
        return count
    last = [event for event in parsed if event.kind == "scalar"][-1]
    return last.end_line if last.line < last.end_line and not last.style else None


def _cut(error: Exception, count: int) -> int:
    """How many lines of a block are left to try: those above the one in which reading stopped."""
    mark = getattr(error, "problem_mark", None)
    return min(mark.line if mark else count, count - 1)


def _trimmed(block: list[_Line], dash: int) -> list[_Line]:
    """Take off what at the end belongs to nothing: bare hashes, blank lines, comments that are not deeper."""
    while block and (block[-1].bare or (block[-1].nested and block[-1].column <= dash)):
        block = block[:-1]
    return block


def _fields(
    content: str, parsed: Sequence[Event], anchors: Mapping[str, Sequence[Event]]
) -> tuple[Mapping[str, object] | None, frozenset[str]]:
    """What the text of an entry says, and the anchors it lacks; no fields when it is something else than an entry."""
    import yaml

    missing: frozenset[str] = frozenset()
    if any(event.kind == "alias" for event in parsed):
        content, missing = yaml_aliases.written_out(parsed, anchors)
    items = yaml.load(content, Loader=yaml.CSafeLoader)
    item = items[0] if isinstance(items, list) and len(items) == 1 else None
    if not isinstance(item, dict) or not isinstance(item.get("model_name"), str):
        return None, frozenset()
    params = item.get("litellm_params")
    usable = isinstance(params, dict) and (isinstance(params.get("model"), str) or missing)
    return (item if usable else None), missing
