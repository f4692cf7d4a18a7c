"""Real litellm configs: every commented-out entry enabled, every active one disabled and enabled again.

HUBCTL_CORPUS names the folder (`config/` and `config-bad/` in it). What is right is told by PyYAML and by the text,
without the code under test.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from hubctl.core.models import edit as model_edit
from hubctl.core.models import model_list
from hubctl.core.models.edit import Edited
from hubctl.core.models.model_list import ModelEntry
from hubctl.errors import BadFile, EditRefused
from tests.sweeps import one_in

CORPUS = os.environ.get("HUBCTL_CORPUS")
# What taking the hashes away and looking at the columns does to the whole collection: 236 of 298, 1,170 of 1,292.
ENABLED_AT_LEAST, DISABLED_AT_LEAST = 0.79, 0.905

pytestmark = pytest.mark.skipif(not CORPUS, reason="HUBCTL_CORPUS names no folder with sample configs")

Entries = list[object]
Edit = Callable[[str, Path, Sequence[ModelEntry]], Edited]


def _configs() -> Iterator[tuple[Path, str]]:
    for folder in ("config", "config-bad"):
        for file in sorted(Path(CORPUS or "/nonexistent", folder).iterdir()):
            yield file, file.read_bytes().decode()


def _chosen() -> Iterator[tuple[Path, str, ModelEntry]]:
    return one_in(12, _listed())


def _listed() -> Iterator[tuple[Path, str, ModelEntry]]:
    for file, text in _configs():
        try:
            models = model_list.read(text, file)
        except BadFile:
            continue
        for entry in models.entries:
            yield file, text, entry


def _data(text: str) -> tuple[Entries, str]:
    """The entries, and all the rest: as text, in which 1, 1.0 and true differ and nan is nan."""
    data = yaml.load(text, Loader=yaml.CSafeLoader)
    return data.pop("model_list", None) or [], repr(data)


def _lines(text: str) -> list[str]:
    return re.split(r"(?<=\n)", text)


def _without_one(entries: Entries, others: Entries) -> Iterator[object]:
    """Every item of `entries` without which they are `others`."""
    for index, entry in enumerate(entries):
        if repr(entries[:index] + entries[index + 1 :]) == repr(others):
            yield entry


def _read_as_comment(lines: list[str]) -> object:
    """What the lines of a commented-out entry say with their first hash blanked."""
    blanked = [re.sub(r"^([ \t]*)#", r"\1 ", line.rstrip("\r\n")) for line in lines]
    dash = blanked[0].index("-")
    text = "\n".join(line[dash:] if line[:dash].isspace() or not dash else line.lstrip() for line in blanked)
    return yaml.load(text, Loader=yaml.CSafeLoader)[0]


def _reason(error: EditRefused, entry: ModelEntry) -> str:
    return re.sub(r"[&\w./:*-]*\d[\w./:-]*", "N", error.message.replace(entry.name, "X").partition(": ")[2])


def _edited(edit: Edit, file: Path, text: str, entry: ModelEntry, counts: Counter[str]) -> str | None:
    """The text after the edit; null when it was refused, with file, line and a way out. Both are counted."""
    try:
        edited = edit(text, file, [entry]).text
    except EditRefused as error:
        refused = error
    else:
        counts["done"] += 1
        return edited
    assert refused.message.startswith(f"{file}, line ")
    assert refused.hint
    counts[_reason(refused, entry)] += 1
    return None


def _report(what: str, counts: Counter[str]) -> int:
    # The counts are what this test is run for by hand: pytest -s.
    print(f"\n{what}: {counts['done']} done, {counts.total() - counts['done']} refused")
    for reason, count in counts.most_common():
        print(f"  {count:5} {reason}")
    return counts.total()


def test_enabling_any_commented_entry_adds_exactly_what_it_says() -> None:
    counts: Counter[str] = Counter()
    for file, text, entry in _chosen():
        if entry.state != "disabled":
            continue
        after = _edited(model_edit.enable, file, text, entry, counts)
        if after is None:
            continue
        before_lines, after_lines = _lines(text), _lines(after)
        changed = [n for n, pair in enumerate(zip(before_lines, after_lines, strict=True)) if pair[0] != pair[1]]
        assert changed[0] == entry.line - 1
        assert all(line.lstrip().startswith("#") for line in before_lines[changed[0] : changed[-1] + 1] if line.strip())
        (entries, rest), (new_entries, new_rest) = _data(text), _data(after)
        assert new_rest == rest
        assert len(new_entries) == len(entries) + 1
        says = repr(_read_as_comment(before_lines[changed[0] : changed[-1] + 1]))
        assert says in map(repr, _without_one(new_entries, entries)), f"{file}, line {entry.line}"
        assert model_edit.enable(after, file, [f"{entry.name}@{entry.line}"]).text == after
    total = _report("enable", counts)
    assert counts["done"] >= ENABLED_AT_LEAST * total


def test_disabling_and_enabling_any_active_entry_gives_the_same_bytes() -> None:
    counts: Counter[str] = Counter()
    for file, text, entry in _chosen():
        if entry.state == "disabled":
            continue
        off = _edited(model_edit.disable, file, text, entry, counts)
        if off is None:
            continue
        changed = [n for n, pair in enumerate(zip(_lines(text), _lines(off), strict=True)) if pair[0] != pair[1]]
        (entries, rest), (fewer, new_rest) = _data(text), _data(off)
        assert new_rest == rest
        assert len(fewer) == len(entries) - 1
        assert any(_without_one(entries, fewer))
        on = model_edit.enable(off, file, [f"{entry.name}@{changed[0] + 1}"]).text
        assert on == text, f"{file}, line {entry.line}"
    total = _report("disable", counts)
    assert counts["done"] >= DISABLED_AT_LEAST * total


def test_a_file_that_does_not_parse_is_never_edited() -> None:
    for file, text in _configs():
        try:
            yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            with pytest.raises(BadFile, match=re.escape(str(file))):
                model_edit.add(text, file, "n", "x/n")


def test_an_entry_can_be_added_to_every_config_with_a_list_in_lines() -> None:
    for file, text in _configs():
        try:
            after = model_edit.add(text, file, "hubctl-new", "x/n").text
        except (BadFile, EditRefused):
            continue
        (entries, rest), (more, new_rest) = _data(text), _data(after)
        assert (new_rest, repr(more[:-1])) == (rest, repr(entries))
        assert more[-1] == {"model_name": "hubctl-new", "litellm_params": {"model": "x/n"}}
