"""Append an entry to the list, in the file's own style."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hubctl.core.models.edit import places
from hubctl.core.models.edit.check import Config, Edited, parse, proven
from hubctl.core.text import yaml_text
from hubctl.errors import EditRefused

_EMPTY = 2  # events of a mapping with nothing in it


@dataclass(frozen=True, slots=True)
class _Style:
    """How a file writes its entries: dash, first key and parameters by their columns, a blank line between two."""

    dash: int = 2
    key: int = 4
    parameter: int = 6
    apart: bool = False


@yaml_text.uncollected
def add(
    text: str, path: Path, name: str, target: str, *, api_base: str | None = None, key_variable: str | None = None
) -> Edited:
    """Append one entry below the last one; a list that is empty or not there is begun.

    `entries` of the result is the new entry, and empty when an active entry is the same already. Raises BadFile,
    EditRefused.
    """
    config = parse(text, path)
    same = (name, target, api_base, key_variable)
    if any((entry.name, entry.target, entry.api_base, entry.key_variable) == same for entry in config.models.active):
        return Edited(text, (), ())
    values = {"model": target, "api_base": api_base, "api_key": key_variable and f"os.environ/{key_variable}"}
    lines, at, header = _opened(config)
    style = _style(config)
    above = [*header, *([""] if style.apart else [])]
    edited = _inserted(lines, at, above + _entry(style, name, {key: value for key, value in values.items() if value}))
    line = at + len(above) + 1
    after = proven(config, edited, added={line})
    added = tuple(entry for entry in after.models.active if entry.line == line)
    if [(entry.name, entry.target, entry.api_base, entry.key_variable) for entry in added] != [same]:
        raise EditRefused(
            f"{path}: an entry {name!r} for {target!r} would not read back the same", hint="correct name and target"
        )
    return Edited(edited, added, ())


def _opened(config: Config) -> tuple[list[str], int, list[str]]:
    """The lines with a list that can take an entry, how many of them stand above it, and a header that is missing."""
    lines, section = list(config.lines), config.outline.model_list
    if section is None:
        places.must_not_be_merged(config)
        root = config.outline.sections[0].line if config.outline.sections else 1
        if not config.outline.in_blocks:
            raise config.refused(root, "the whole config is written in brackets", places.OWN_LINES)
        return lines, len(lines), ["model_list:"]
    value = config.outline.events[section.value.start : section.value.stop]
    if config.outline.items or not places.is_empty(value[0]):
        places.must_be_a_block(config, section.line)
        return lines, places.last_line(config, config.outline.items[-1]), []
    places.must_not_be_shared(config)
    begin, end = value[0], value[-1]
    if begin.line == end.end_line == section.line - 1 and begin.column < end.end_column:
        line = lines[begin.line]
        lines[begin.line] = line[: begin.column].rstrip(" ") + line[end.end_column :]
    return lines, section.line, []


def _style(config: Config) -> _Style:
    column, items = config.outline.column, config.outline.items
    if column is None:
        return _Style()
    item, parsed = items[-1], config.outline.events
    apart = len(items) > 1 and not config.lines[item.line - 2].strip()
    mapping = parsed[item.events.start]
    if mapping.kind != "mapping" or mapping.style or len(item.events) == _EMPTY:
        return _Style(column, column + 2, column + 4, apart)
    key_column = parsed[item.events.start + 1].column
    steps = [
        parsed[value.start + 1].column - key_column
        for key, value in yaml_text.pairs(parsed, item.events.start)
        if parsed[key.start].value == "litellm_params" and parsed[value.start].kind == "mapping"
        if not parsed[value.start].style and len(value) > _EMPTY
    ]
    return _Style(column, key_column, key_column + (steps[0] if steps else 2), apart)


def _entry(style: _Style, name: str, parameters: Mapping[str, str]) -> list[str]:
    return [
        " " * style.dash + "-" + " " * (style.key - style.dash - 1) + f"model_name: {_scalar(name)}",
        " " * style.key + "litellm_params:",
        *(" " * style.parameter + f"{key}: {_scalar(value)}" for key, value in parameters.items()),
    ]


def _inserted(lines: list[str], at: int, new: Sequence[str]) -> str:
    """Put lines in with the line ending of the file. Below a last line that has none, the new last one has none."""
    ending = next((yaml_text.ending(line) for line in lines if yaml_text.ending(line)), "\n")
    block = ending.join(new) + ending
    if at and not yaml_text.ending(lines[at - 1]):
        block = ending + block.removesuffix(ending)
    return "".join(lines[:at]) + block + "".join(lines[at:])


def _scalar(value: str) -> str:
    """A value as YAML: plain where that reads back the same, else in double quotes."""
    import yaml

    try:
        plain = yaml.load(f"- a: {value}\n  b: c\n", Loader=yaml.CSafeLoader) == [{"a": value, "b": "c"}]
    except (yaml.YAMLError, *yaml_text.MISREAD):
        plain = False
    return value if plain else json.dumps(value, ensure_ascii=False)
