"""What Ollama's words for a failed pull mean."""

import pytest

from hubctl.core.gateway.pull_errors import LONGEST_QUOTE, explain, quoted

SIGNED = "https://user:pw@data.example.com/blobs/sha256/dd/data?X-Amz-Signature=134499809bd0995197a9"


@pytest.mark.parametrize(
    ("words", "meaning", "next_step"),
    [
        ("write /root/.ollama/models/blobs/sha256-1-partial: no space left on device", "is full", "make room"),
        ("max retries exceeded: write /x: no space left on device", "is full", "make room"),
        ("digest mismatch, file must be downloaded again: want sha256:1, got sha256:2", "threw it away", "again"),
        ("pull model manifest: file does not exist", "no registry has such a model", "ollama.com/library"),
        ("pull model manifest: 401: {}", "without a login", "check the name"),
        ("invalid model name", "takes no such name", "llama3.2:3b"),
        (
            "pull model manifest: 412: \n\nThe model you are attempting to pull requires a newer version of Ollama.",
            "too old",
            "up to date",
        ),
        ("open /root/.ollama/models/blobs/x: permission denied", "may not write", "volume"),
        (
            'pull model manifest: Get "https://r.example.com/v2": dial tcp: lookup r.example.com: no such host',
            "reach",
            "",
        ),
        (f'max retries exceeded: Get "{SIGNED}": net/http: TLS handshake timeout', "does not reach", "way out"),
        ("max retries exceeded: EOF", "broke off", "goes on where it stopped"),
        ("something quite new", "Ollama says: something quite new", "logs"),
    ],
)
def test_ollamas_words_are_explained_with_a_next_step(words: str, meaning: str, next_step: str) -> None:
    message, hint = explain(words)
    assert meaning in message
    assert next_step in hint
    assert quoted(words) in message


def test_of_an_address_the_host_alone_is_shown() -> None:
    assert quoted(f'Get "{SIGNED}": EOF') == 'Get "https://data.example.com": EOF'


def test_a_quote_is_one_short_harmless_line() -> None:
    shown = quoted("a\n\tb \x1b[2J" + "x" * 500)
    assert shown.startswith("a b \N{REPLACEMENT CHARACTER}[2J")
    assert len(shown) == LONGEST_QUOTE
