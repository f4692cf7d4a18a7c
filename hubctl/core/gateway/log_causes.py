"""Finds the few lines of a service's log that name what went wrong. No I/O."""

import json
import re
from collections.abc import Sequence

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_EXCEPTION = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Interrupt)(?::|$)")
_ERROR = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|PANIC)\b|^[Ee]rror\b")
# What LiteLLM prints without the word ERROR in front: seen with 1.106.2 and 1.109.1.
_FRAGMENTS = re.compile(
    r"LLM Provider NOT provided|Invalid model name passed|no healthy deployments|deployments .* are in cooldown"
    r"|Cannot connect to host|Timeout passed=|Missing credentials|Missing \w+ API [Kk]ey|No connected db"
    r"|Got exception from REDIS|Redis circuit breaker OPENED|invalid username-password pair|refused to start"
    r"|[Aa]ddress already in use|is not a valid argument for Router|prisma CLI is neither|unsupported scheme"
    r"|remote model cost map|timeout graceful shutdown exceeded|not found$"
)
# True, and no news: the cause stands in another line.
_EMPTY = re.compile(r"Traceback \(most recent call last\)|Application startup failed\. Exiting|The fix is printed once")
_LONGEST = 300


def causes(lines: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """Give the last lines that name a cause, oldest first, without colour codes; none where no line does."""
    plain = [_message(_ANSI.sub("", line).rstrip()) for line in lines]
    found = [_whole(plain, index) for index, line in enumerate(plain) if _names_a_cause(line)]
    return tuple(list(dict.fromkeys(found))[-limit:])


def _message(line: str) -> str:
    """Unwrap a line of LiteLLM's `json_logs`."""
    if not line.startswith("{"):
        return line
    try:
        record = json.loads(line)
    except ValueError:
        return line
    return f"{record.get('level', '')}: {record.get('message', '')}"


def _names_a_cause(line: str) -> bool:
    if _EMPTY.search(line):
        return False
    return bool(_EXCEPTION.match(line) or _ERROR.search(line) or _FRAGMENTS.search(line))


def _whole(lines: Sequence[str], index: int) -> str:
    """Give the line, and for a YAML error the three below it, which say where in the file."""
    length = 4 if lines[index].startswith("yaml.") else 1
    text = " ".join(line.strip() for line in lines[index : index + length])
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
