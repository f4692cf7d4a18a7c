"""What Ollama's words for a failed pull mean, with the next step.

Source: Ollama 0.12 to 0.20 (server/download.go, server/images.go) and what its users report.
"""

import re

from hubctl.core.text.printable import printable

LONGEST_QUOTE = 160
_URL = re.compile(r"(https?://)(?:[^\s/\"@]*@)?([^\s/\"?#]+)[^\s\"]*")
AGAIN = "run the command again: it goes on where it stopped"

# Where several fit, the first one counts: a full disk is told after "max retries exceeded".
_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        r"no space left on device|disk quota exceeded",
        "the disk that Ollama keeps its models on is full",
        "make room there (`ollama rm MODEL` removes one), then run the command again: it goes on where it stopped",
    ),
    (
        r"digest mismatch",
        "what arrived is not what the registry announced, so Ollama threw it away",
        "run the command again; when it happens again, a proxy or a bad disk changes what is downloaded",
    ),
    (
        r"pull model manifest:.*(?:file does not exist|not found|404)",
        "no registry has such a model",
        "check the name and the tag at ollama.com/library",
    ),
    (r"invalid model name|invalid name", "Ollama takes no such name", "a name reads MODEL or MODEL:TAG: llama3.2:3b"),
    (r"requires a newer version of Ollama", "this Ollama is too old for the model", "bring its image up to date"),
    (
        r"unauthorized|access denied|pull model manifest: 40[13]",
        "the registry gives it to nobody without a login: no such model, or a private one",
        "check the name and the tag",
    ),
    (r"permission denied|read-only file system", "Ollama may not write to its own models folder", "see its volume"),
    (
        r"no such host|server misbehaving|dial tcp|i/o timeout|TLS handshake|x509|network is unreachable",
        "Ollama does not reach the registry",
        f"check its way out (DNS, proxy, certificates), then {AGAIN}",
    ),
    (r"max retries exceeded|\bEOF\b|connection reset", "the download broke off again and again", AGAIN),
)


def explain(words: str) -> tuple[str, str]:
    """Give what Ollama's words mean, with these words in brackets, and the next step."""
    said = quoted(words)
    for pattern, meaning, hint in _TABLE:
        if re.search(pattern, words, re.IGNORECASE | re.DOTALL):
            return f"{meaning} ({said})", hint
    return f"Ollama says: {said}", "`hubctl logs ollama` shows more"


def quoted(words: str) -> str:
    """Make them fit to be shown: one line, and of addresses the host alone, for the rest may be a signed download."""
    line = " ".join(printable(_URL.sub(r"\1\2", words)).split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 1]}…"
