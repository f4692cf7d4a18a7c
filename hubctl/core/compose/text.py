"""Compose files as data, read tolerantly: what Compose merely dislikes is a note, what nobody can read a BadFile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from hubctl import errors
from hubctl.core.text.span import Lines, Span

if TYPE_CHECKING:
    from yaml.events import Event

_NULLS = {"", "~", "null", "Null", "NULL"}
# No compose file comes near; they keep "billion laughs" and endless brackets from eating memory and stack.
_DEEPEST = 100
_MOST_VALUES = 1_000_000


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was passed over while reading; `span` is null where the place is not known."""

    file: Path
    span: Span | None
    message: str

    @property
    def line(self) -> int | None:
        """The line, from 1."""
        return self.span.line if self.span else None

    def __str__(self) -> str:
        """What an operator reads: where, and what."""
        return f"{self.file.name}{f', line {self.line}' if self.line else ''}: {self.message}"


class Text(str):
    """A scalar that remembers where it stands, so that a note about it can say so, even after merging."""

    __slots__ = ("file", "span")

    file: Path
    span: Span

    def __new__(cls, value: str, file: Path, span: Span) -> Self:
        """Make the text `value`, found in `file` at `span`."""
        text = super().__new__(cls, value)
        text.file, text.span = file, span
        return text

    @property
    def line(self) -> int:
        """The line on which it begins, from 1."""
        return self.span.line


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value under `!override` or `!reset`, kept for the merge."""

    tag: Literal["!override", "!reset"]
    value: object


@dataclass(frozen=True, slots=True)
class Parsed:
    """A compose file's top-level mapping: mappings, lists, Text and null; numbers and booleans are Text as written."""

    data: dict[str, object]
    notes: tuple[Note, ...]


def parse(text: str, file: Path) -> Parsed:
    """Read a compose file's text. `file` is only named in notes and errors; BadFile is all this raises.

    Scalars stay text, so that `8022:22`, `no` and `0644` are what they are in Compose, not YAML 1.1's numbers and
    booleans. Unknown tags say nothing. An alias without an anchor is null, and tabs at the end of a line are skipped.
    """
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    lines = Lines(text)
    bare = text.removeprefix("\ufeff")  # the two loaders do not agree whether their marks count it
    try:
        try:
            return _Builder(yaml.parse(bare, Loader=loader), file, lines, []).parsed()
        except (yaml.YAMLError, UnicodeError):
            notes: list[Note] = []
            return _Builder(_lenient_events(bare, file, lines, notes), file, lines, notes).parsed()
    except yaml.MarkedYAMLError as error:
        cause = ", ".join(filter(None, (error.context, error.problem)))
        raise _bad(file, error.problem_mark or error.context_mark, cause) from error
    except yaml.reader.ReaderError as error:
        place = lines.first(error.character)
        message = f"{file}, line {place[0]}: a character that YAML does not allow"
        raise errors.BadFile(message, hint=_hint(file), place=place) from error


def _lenient_events(text: str, file: Path, lines: Lines, notes: list[Note]) -> "Iterator[Event]":
    """Events of a reader that also skips tabs behind the last token of a line, and says so."""
    import yaml

    class Lenient(yaml.BaseLoader):
        def scan_to_next_token(self) -> None:
            super().scan_to_next_token()
            while self.peek() == "\t":
                width = 1
                while self.peek(width) in ("\t", " "):
                    width += 1
                if self.peek(width) not in "\0\r\n\x85\u2028\u2029#":
                    return
                notes.append(Note(file, lines.line(self.line + 1), "a tab at the end of the line was skipped"))
                self.forward(width)
                super().scan_to_next_token()

    return iter(yaml.parse(text, Loader=Lenient))


class _Builder:
    """Builds values from events. YAML's own composer is not used: libyaml's crashes the process on deep nesting."""

    def __init__(self, events: "Iterable[Event]", file: Path, lines: Lines, notes: list[Note]) -> None:
        self._events = iter(events)
        self._file = file
        self._lines = lines
        self._notes = notes
        self._anchors: dict[str, tuple[object, int]] = {}
        self._values = 0

    def parsed(self) -> Parsed:
        """Read the file. Raises BadFile for one that is no mapping."""
        data = self._document()
        if data is None:
            self._notes.append(Note(self._file, self._lines.line(1), "the file is empty"))
            data = {}
        if not isinstance(data, dict):
            message = f"{self._file}, line 1: a compose file is a mapping with `services:` at its top, this is none"
            raise errors.BadFile(message, hint=_hint(self._file), place=(1, 1))
        return Parsed(data, tuple(self._notes))

    def _document(self) -> object:
        """Read the first document: the only one that Compose reads."""
        import yaml

        value = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                value = self._value(next(self._events), 0)
                break
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._note(event, "only the first YAML document is read")
                break
        return value

    def _value(self, event: Any, depth: int) -> object:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event)
        before = self._values
        self._count(event, 1, depth)
        value: object
        if isinstance(event, yaml.SequenceStartEvent):
            value = [self._value(item, depth + 1) for item in self._until(yaml.SequenceEndEvent)]
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(depth)
        else:
            is_null = not event.style and event.value in _NULLS
            value = None if is_null else Text(event.value, self._file, self._span(event))
        if event.tag in ("!override", "!reset"):
            value = Tagged(event.tag, value)
        if event.anchor:
            self._anchors[event.anchor] = value, self._values - before
        return value

    def _aliased(self, event: Any) -> object:
        if event.anchor not in self._anchors:
            self._note(event, f"the alias *{event.anchor} has no anchor before it and is read as null")
            return None
        value, size = self._anchors[event.anchor]
        self._count(event, size, 0)
        return value

    def _mapping(self, depth: int) -> dict[str, object]:
        import yaml

        own: dict[str, object] = {}
        inherited: dict[str, object] = {}
        for event in self._until(yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            value = self._value(next(self._events), depth + 1)
            if key == "<<":
                for source in value if isinstance(value, list) else [value]:
                    inherited = {**source, **inherited} if isinstance(source, dict) else inherited
            elif not isinstance(key, str):
                raise _bad(self._file, event.start_mark, "a key has to be a plain word")
            elif key in own:
                self._note(event, f"`{key}` stands here twice, the last one counts (Compose refuses this)")
                own[key] = value
            else:
                own[key] = value
        return {**inherited, **own}

    def _until(self, end: "type[Event]") -> "Iterator[Event]":
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _count(self, event: Any, size: int, depth: int) -> None:
        self._values += size
        if depth > _DEEPEST or self._values > _MOST_VALUES:
            raise _bad(self._file, event.start_mark, "nested too deeply, or too large once its aliases are followed")

    def _note(self, event: Any, message: str) -> None:
        self._notes.append(Note(self._file, self._span(event), message))

    def _span(self, event: Any) -> Span:
        return self._lines.between(event.start_mark, event.end_mark)


def _bad(file: Path, mark: Any, cause: str) -> errors.BadFile:
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    at = (mark.line + 1, mark.column + 1) if mark else None
    return errors.BadFile(f"{file}{place}: {cause}", hint=_hint(file), place=at)


def _hint(file: Path) -> str:
    return f"correct {file.name}; `docker compose -f {file.name} config -q` tells whether Compose can read it"
