"""Shows the first cases of a rule as a wrong and a right file: of a hub, only what tells the two apart."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from tests.unit.core.rules.judging import HUB, MARK, Case, Machine, machine_of

# A file up to this long is shown whole.
_SHORT = 8
SIGNS = {"\u00a0": "\u2423", "\t": "\u21e5"}
_LANGUAGES = {".yaml": "yaml", ".yml": "yaml", ".env": "dotenv"}


def example(rule: str, wrong: Case, right: Case) -> Iterator[str]:
    """Give the Markdown of both, a line at a time."""
    bad, good = machine_of(wrong), machine_of(right)
    names = _told_apart(bad, good)
    yield from _side("Wrong", rule, bad, good, names)
    yield from _side("Right", rule, good, bad, names)


def _told_apart(wrong: Machine, right: Machine) -> list[str]:
    """The files to show: those of which the two differ, and those of a hub that differ from a good one."""
    if len(wrong.files) == 1:
        return list(wrong.files)
    return [name for name, text in wrong.files.items() if text != right.files.get(name) or text != _good(name)]


def _good(name: str) -> str:
    return machine_of(HUB).files.get(name, "")


def _side(word: str, rule: str, here: Machine, there: Machine, names: list[str]) -> Iterator[str]:
    facts = _facts(here, there)
    is_plain = names == ["config.yaml"] and not facts
    for name in names:
        yield f"{word}:\n" if is_plain else f"{word} (`{name}`{facts}):\n"
        yield f"```{_LANGUAGES['.' + name.rpartition('.')[2]]}"
        others = [there.files.get(name, "")] + ([_good(name)] if len(here.files) > 1 else [])
        yield from _lines(here.files[name], others, rule)
        yield "```\n"


def _facts(here: Machine, there: Machine) -> str:
    """What tells the two machines apart beside the texts of the files that are shown."""
    facts = [f"there is no `{name}`" for name in there.files.keys() - here.files.keys()]
    facts += [f"there is a `{name}`" for name in here.files.keys() - there.files.keys()]
    facts += [f"mode {here.mode:04o}"] if here.mode != there.mode else []
    if here.tracked != there.tracked:
        facts.append("git tracks it" if here.tracked else "git does not track it")
    facts += [f"LiteLLM lacks `{name}`" for name in here.lacks - there.lacks]
    facts += [f"LiteLLM has `{name}`" for name in there.lacks - here.lacks]
    return "".join(f"; {fact}" for fact in sorted(facts))


def _lines(text: str, others: list[str], rule: str) -> Iterator[str]:
    """The lines of a text that the others have not, each with a line around and with the keys above it."""
    lines = _readable(text)
    kept = set(range(len(lines))) if len(lines) <= _SHORT else _kept(lines, others)
    last = -1
    for number in sorted(kept):
        line = lines[number]
        if number > last + 1:
            yield f"{' ' * _indent(line)}# ..."
        yield line.replace(MARK, f"{MARK} {rule}")
        last = number
    if last < len(lines) - 1:
        yield "# ..."


def _readable(text: str) -> list[str]:
    """The lines, with signs for what nobody can see in them: see the introduction of the page."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    for unseen, sign in SIGNS.items():
        shown = shown.replace(unseen, sign)
    return shown.splitlines()


def _kept(lines: list[str], others: list[str]) -> set[int]:
    kept: set[int] = set()
    for other in others:
        for what, start, end, _, _ in SequenceMatcher(None, lines, _readable(other), autojunk=False).get_opcodes():
            if what != "equal":
                kept |= set(range(max(0, start - 1), min(len(lines), end + 1)))
    return kept | {above for number in kept for above in _above(lines, number)}


def _above(lines: list[str], number: int) -> Iterator[int]:
    """The lines under whose keys a line stands."""
    indent = _indent(lines[number])
    for above in range(number - 1, -1, -1):
        if lines[above].strip() and _indent(lines[above]) < indent:
            indent = _indent(lines[above])
            yield above


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
