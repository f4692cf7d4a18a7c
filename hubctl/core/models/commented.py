"""Model entries that are commented out: found among all comments of a config, and read. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hubctl.core.text import comment_lines, yaml_aliases, yaml_text
from hubctl.core.text.comment_lines import Line
from hubctl.core.text.yaml_text import Event

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


def find(lines: Sequence[str], parsed: Sequence[Event]) -> Iterator[Commented]:
    """Find every entry that is commented out, in the order of the file. `parsed` are the events of the whole file."""
    anchors: dict[str, Sequence[Event]] | None = None
    index, broken, broken_end = 0, 0, 0
    while index < len(lines):
        start = comment_lines.begin(lines[index])
        if start is None:
            index += 1
            continue
        anchors = yaml_aliases.anchored(parsed) if anchors is None else anchors
        found = _entry(lines, index, start, anchors)
        if found is None:
            if start.entry and index >= broken_end:
                broken, broken_end = index + 1, index + len(comment_lines.collect(lines, index, start))
            index += 1
            continue
        yield found if index >= broken_end else replace(found, inside=broken)
        index += found.count


def uncommented(lines: Sequence[str], entry: Commented, column: int) -> list[str]:
    """The lines of the entry without their hashes, its dash in `column`."""
    start = comment_lines.begin(lines[entry.line - 1])
    block = comment_lines.collect(lines, entry.line - 1, start)[: entry.count] if start else []
    return [line.placed(column - entry.column) for line in block]


def _entry(lines: Sequence[str], index: int, start: Line, anchors: Mapping[str, Sequence[Event]]) -> Commented | None:
    """Read the entry that begins here, without what is glued below it: the longest part that is one whole entry."""
    import yaml

    block = whole = comment_lines.collect(lines, index, start)
    repeated: int | None = None
    for _ in range(_TRIES):
        content = _text(block, start)
        try:
            parsed = yaml_text.events(content)
            if (again := yaml_text.repeated_key(parsed)) is not None:
                block, repeated = _trimmed(block[:again], start.column), again
                continue
            fields, missing = _fields(content, parsed, anchors)
        except (yaml.YAMLError, *yaml_text.MISREAD) as error:
            block = _trimmed(block[: _cut(error, len(block))], start.column)
            if block:
                continue
            return None
        if fields is None:
            return None
        doubt = repeated if repeated is not None else _doubt(parsed, fields, block, whole)
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


def _text(block: Sequence[Line], start: Line) -> str:
    return "".join(line.placed(-start.column) for line in block)


def _doubt(
    parsed: Sequence[Event], fields: Mapping[str, object], block: Sequence[Line], whole: Sequence[Line]
) -> int | None:
    """The line of the block, from 0, of which nobody can say whether it belongs to the entry."""
    rest = whole[len(block) :]
    if rest and rest[0].field and not rest[0].entry and rest[0].hash_column >= block[0].hash_column:
        return len(block)  # a field that does not fit in
    for event in parsed:
        folded = event.kind == "scalar" and not event.style and event.line < event.end_line
        if folded and (event.end_line == len(block) - 1 or event.value in (fields["model_name"], _target(fields))):
            return event.end_line  # prose, deeper than the value above it, would read like this too
    blank = next((number for number, line in enumerate(block) if line.blank), None)
    if blank is not None and _is_whole(_text(block[:blank], block[0])):
        below = range(blank, len(block))
        return next(number for number in below if not block[number].bare)  # of another entry, perhaps
    return None


def _is_whole(content: str) -> bool:
    """Whether the text is an entry by itself."""
    import yaml

    try:
        return _fields(content, yaml_text.events(content), {})[0] is not None
    except (yaml.YAMLError, *yaml_text.MISREAD):
        return False


def _cut(error: Exception, count: int) -> int:
    """How many lines of a block are left to try: those above the one in which reading stopped."""
    mark = getattr(error, "problem_mark", None)
    return min(mark.line if mark else count, count - 1)


def _trimmed(block: list[Line], dash: int) -> list[Line]:
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


def _target(fields: Mapping[str, object]) -> object:
    params = fields["litellm_params"]
    return params.get("model") if isinstance(params, dict) else None
