"""Why a config does not parse, in words: what people really did, not what the parser last expected. No I/O."""

import re
from dataclasses import dataclass

from hubctl.core.judging.config import Problem
from hubctl.core.judging.rule import Edit

_CONFLICT = re.compile(r"^(?:<{7}(?: .*)?|={7}|>{7}(?: .*)?)\r?$", re.MULTILINE)
_TEMPLATE = re.compile(r"^\s*(?:-\s+)?\{(?:\{-?\s|%).*\}\}?\s*$", re.MULTILINE)
_BLANKS = "\u00a0\u2007\u202f\u3000"
HARD_BLANK = re.compile(r"^[ \t]*[\u00a0\u2007\u202f\u3000]", re.MULTILINE)
# What LiteLLM takes for a key with such blanks.
HARD_KEY = re.compile(r"^[ \t]*[\u00a0\u2007\u202f\u3000](?!\s*#)[^:\n]*(?=:)", re.MULTILINE)
_TAB = re.compile(r"^ *\t", re.MULTILINE)
# `key:value`, which YAML reads as one text, and not an address.
_GLUED = re.compile(r"^ *(?:- +)?(?P<key>[A-Za-z_][\w-]*):(?!//|\d+\b)[^\s:]")

# What the parser says -> what was probably done, and what to do.
_WORDS = (
    (
        r"mapping values are not allowed",
        "this line is indented deeper than the line above allows, or a value holds `: ` without quotes",
        "indent the line like its neighbours, or put the value in quotes",
    ),
    (
        r"'-' indicator",
        "the line stands in a list and begins neither a new item nor a key of the one above: its indentation fits none",
        "indent all keys of an item alike, two columns right of its dash",
    ),
    (
        r"did not find expected key",
        "the indentation of this line fits no line above: the block that it should belong to began at another column",
        "indent it like the other lines of its block, or move it back under its own section",
    ),
    (
        r"could not find expected ':'",
        "this line is no `key: value`: a text without quotes, or a line that lost its key",
        "write it as `key: value`, or make it a comment with `#`",
    ),
    (
        r"undefined alias|scanning an alias|alphabetic or numeric character",
        "`*` begins an alias in YAML, and this one refers to nothing",
        'put it in quotes if a wildcard is meant: `model_name: "*"`',
    ),
    (r"quoted scalar|end of stream", "a quote is not closed", "close the quote on its own line"),
    (
        r"cannot start any token",
        "a value begins with a character that YAML keeps for itself (such as @, ` or %)",
        "put the value in quotes",
    ),
    (r"determine a constructor", "a tag (`!...`) that LiteLLM's reader does not know", "remove the tag"),
    (r"unhashable key", "a bracket or brace stands where a key is expected: a template, or a value without quotes", ""),
    (r"expected ',' or", "a bracket or brace is not closed", "close it"),
)


@dataclass(frozen=True, slots=True)
class Cause:
    """The line to look at (from 1), what is wrong with it, and what to do."""

    line: int
    message: str
    fix: str
    fixable: bool = False


def explain(text: str, problem: Problem) -> Cause:
    """Find the likely cause of a text that does not parse; the parser's own words where none is known."""
    if conflict := _CONFLICT.search(text):
        return Cause(
            _line(text, conflict), "a merge conflict of git was left here", "choose one side, remove the marks"
        )
    if template := _TEMPLATE.search(text):
        return Cause(
            _line(text, template),
            "this is a template, not YAML: `{{ ... }}` has to be filled in before LiteLLM reads the file",
            "render it with the tool it was written for, and mount the result",
        )
    if (blank := HARD_BLANK.search(text)) and not _in_comment(text, blank):
        return Cause(
            _line(text, blank),
            "the indentation is made of no-break spaces (U+00A0), as they come from web pages; YAML knows spaces only",
            "replace them by plain spaces",
            fixable=True,
        )
    tab = _TAB.search(text)
    if tab and ("\\t" in problem.cause or _line(text, tab) == problem.line):
        return Cause(_line(text, tab), "a tab in the indentation: YAML allows spaces only", "replace it by spaces")
    return _glued(text, problem) or _in_words(problem)


def _in_words(problem: Problem) -> Cause:
    for pattern, message, fix in _WORDS:
        if re.search(pattern, problem.cause):
            return Cause(problem.line, f"{message} (column {problem.column})", fix or "put the value in quotes")
    return Cause(problem.line, f"column {problem.column}: {problem.cause}", "correct the line")


def _glued(text: str, problem: Problem) -> Cause | None:
    """A key without a blank behind its colon, on the line of the problem or on the one before."""
    if not re.search("expected ':'|mapping values|expected key|'-' indicator", problem.cause):
        return None
    lines = list(enumerate(text.split("\n")[: problem.line], 1))
    near = [(number, line) for number, line in lines if line.strip() and not line.lstrip().startswith("#")][-2:]
    for number, line in reversed(near):
        if found := _GLUED.match(line):
            key = found["key"]
            words = f"there is no blank behind `{key}:`, so that YAML takes the line for one text"
            return Cause(number, words, f"write `{key}: ` and the value behind it")
    return None


def plain_blanks(text: str) -> tuple[Edit, ...]:
    """The edits that put plain spaces into every indentation."""
    found = ((number, re.match(rf"[ {_BLANKS}]+", line)) for number, line in enumerate(text.split("\n"), 1))
    return tuple(
        Edit(number, 0, match[0], " " * len(match[0])) for number, match in found if match and match[0].strip(" ")
    )


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.end() if match.group().startswith("\n") else match.start()) + 1


def _in_comment(text: str, match: re.Match[str]) -> bool:
    return text[match.end() :].lstrip("\u00a0\u2007\u202f\u3000 \t").startswith(("#", "\n"))
