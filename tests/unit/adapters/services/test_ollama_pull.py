"""Pulling a model, against real servers that play Ollama on a good and on a bad day."""

import json
import socket
import time
from collections.abc import Sequence
from contextlib import suppress

import pytest

from hubctl import parallel
from hubctl.adapters.services import ollama_pull
from hubctl.adapters.services.ollama_pull import PullProgress
from hubctl.core.compose.stack import Address
from hubctl.errors import PullFailed
from tests.servers import Script, drips, drops_at_once, floods, never_answers, reply, requested, serving

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
MANIFEST = {"status": "pulling manifest"}
SUCCESS = {"status": "success"}
LAYERS = [
    MANIFEST,
    {"status": "pulling aaaa", "digest": "sha256:aaaa", "total": 1000},
    {"status": "pulling aaaa", "digest": "sha256:aaaa", "total": 1000, "completed": 400},
    {"status": "pulling aaaa", "digest": "sha256:aaaa", "total": 1000, "completed": 1000},
    {"status": "pulling bbbb", "digest": "sha256:bbbb", "total": 50, "completed": 50},
    {"status": "verifying sha256 digest"},
    SUCCESS,
]
ADDRESS = Address("127.0.0.1", 1)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def says(*lines: object, then: bytes = chunk(b"")) -> Script:
    """Answer as Ollama does, a chunk a line; `then` follows, by default the end."""

    def script(peer: socket.socket) -> None:
        requested(peer)
        peer.sendall(HEAD + b"".join(chunk(json.dumps(line).encode() + b"\n") for line in lines) + then)

    return script


def answers(whole: bytes) -> Script:
    """Answer every request with the same bytes."""

    def script(peer: socket.socket) -> None:
        requested(peer)
        peer.sendall(whole)

    return script


def one_after_the_other(*scripts: Script) -> Script:
    """Do the next script at every connection."""
    left = iter(scripts)

    def script(peer: socket.socket) -> None:
        next(left)(peer)

    return script


def pull(
    script: Script, name: str = "llama3.2:3b", *, silence_s: float = 5.0, retry_after_s: Sequence[float] = (0.01, 0.01)
) -> list[PullProgress]:
    told: list[PullProgress] = []
    with serving(script) as address:
        ollama_pull.pull(address, name, silence_s=silence_s, on_progress=told.append, retry_after_s=retry_after_s)
    return told


def refusal(script: Script, *, silence_s: float = 5.0) -> PullFailed:
    with pytest.raises(PullFailed) as caught:
        pull(script, silence_s=silence_s)
    return caught.value


def test_the_bytes_of_all_layers_are_summed() -> None:
    assert pull(says(*LAYERS)) == [
        PullProgress("pulling manifest", 0, 0),
        PullProgress("pulling aaaa", 0, 1000),
        PullProgress("pulling aaaa", 400, 1000),
        PullProgress("pulling aaaa", 1000, 1000),
        PullProgress("pulling bbbb", 1050, 1050),
        PullProgress("verifying sha256 digest", 1050, 1050),
        PullProgress("success", 1050, 1050),
    ]


def test_ollama_is_asked_for_that_model_and_for_a_stream() -> None:
    seen: list[str] = []

    def script(peer: socket.socket) -> None:
        seen.append(requested(peer))
        peer.sendall(HEAD + chunk(json.dumps(SUCCESS).encode() + b"\n"))

    pull(script, "qwen2.5-coder:1.5b")
    assert seen[0].startswith("POST /api/pull HTTP/1.1\r\n")
    assert json.loads(seen[0].split("\r\n\r\n")[1]) == {"model": "qwen2.5-coder:1.5b", "stream": True}


def test_an_answer_without_chunks_is_read_as_well() -> None:
    assert pull(answers(reply(200, SUCCESS)))[-1].status == "success"


@pytest.mark.parametrize("half", [b"", b'{"stat', b'20\r\n{"stat', chunk(b'{"stat')], ids=["line", "raw", "mid", "cut"])
def test_a_broken_connection_is_made_again_and_told(half: bytes) -> None:
    told = pull(one_after_the_other(says(*LAYERS[:3], then=half), says(*LAYERS)))
    assert told[3].status.endswith("; asking again (1 of 2)")
    assert (told[3].completed_bytes, told[3].total_bytes) == (400, 1000)
    assert told[-1] == PullProgress("success", 1050, 1050)


def test_an_ollama_that_is_started_again_is_waited_for() -> None:
    told: list[PullProgress] = []
    with serving(never_answers) as address:
        pass  # nobody listens there from here on

    def ollama() -> None:
        _once(address, says(MANIFEST, then=b""))
        time.sleep(0.5)
        _once(address, says(SUCCESS))

    def client() -> None:
        time.sleep(0.2)
        ollama_pull.pull(address, "m", silence_s=5, on_progress=told.append, retry_after_s=(0.05, 0.05, 2.0))

    parallel.each(lambda role: role(), [ollama, client], timeout_s=20, late=lambda role: pytest.fail(f"{role} goes on"))
    assert [progress.status for progress in told] == [
        "pulling manifest",
        "Ollama: closed the connection half-way through its answer; asking again (1 of 3)",
        f"Ollama: nothing listens on {address}; asking again (2 of 3)",
        f"Ollama: nothing listens on {address}; asking again (3 of 3)",
        "success",
    ]


def _once(address: Address, script: Script) -> None:
    with socket.create_server((address.host, address.port)) as listener:
        peer, _ = listener.accept()
    with peer:
        script(peer)


def test_a_connection_that_breaks_every_time_is_given_up() -> None:
    error = refusal(says(MANIFEST, then=b""))
    assert error.message.endswith("closed the connection half-way through its answer")
    assert error.hint == "run the command again: it goes on where it stopped"


def test_nothing_listening_is_said_at_once() -> None:
    with pytest.raises(PullFailed, match=r"Ollama at 127\.0\.0\.1:1: nothing listens"):
        ollama_pull.pull(ADDRESS, "m", silence_s=5, on_progress=print, retry_after_s=(60.0,))


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("pull model manifest: file does not exist", "no registry has such a model"),
        ("write /root/.ollama/models/blobs/sha256-1-partial: no space left on device", "is full"),
        ("digest mismatch, file must be downloaded again: want sha256:1, got sha256:2", "threw it away"),
        ("something new", "Ollama says: something new"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_error_ends_it_with_ollamas_words_whether_in_the_stream_or_as_a_status(
    words: str, meaning: str, status: int
) -> None:
    line = {"error": words}
    error = refusal(says(MANIFEST, line) if status == 200 else answers(reply(status, line)))
    assert error.code == "pull_failed"
    assert meaning in error.message
    assert words in error.message


def test_a_refusal_is_not_asked_again() -> None:
    connections: list[str] = []

    def script(peer: socket.socket) -> None:
        connections.append(requested(peer))
        peer.sendall(HEAD + chunk(b'{"error": "no space left on device"}\n'))

    refusal(script)
    assert len(connections) == 1


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, b"<html>hello</html>", "text/html"),
        reply(404, b"not found", "text/plain"),
        reply(502, b"", "text/html"),
        reply(200, ["success"]),
        reply(200, {"status": 7}),
        reply(500, SUCCESS),
        reply(200, b"[" * 60_000 + b"\n"),
        b"SSH-2.0-OpenSSH_9.6\r\n" * 3,
    ],
    ids=["html", "404", "empty 502", "list", "number", "500", "deep", "no http"],
)
def test_what_ollama_would_not_say_is_no_pull(answer: bytes) -> None:
    error = refusal(answers(answer))
    assert "did not answer like Ollama's /api/pull" in error.message or "is not HTTP" in error.message
    assert error.hint == "is that an Ollama? `hubctl status` shows what runs"


@pytest.mark.parametrize("piece", [b"x" * 65536, b'{"status": "' + b"x" * 65536])
def test_a_line_without_an_end_is_not_read_to_its_end(piece: bytes) -> None:
    def server(peer: socket.socket) -> None:
        requested(peer)
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        floods(piece)(peer)

    assert "did not answer like Ollama's /api/pull" in refusal(server).message


def repeats(line: bytes) -> Script:
    def script(peer: socket.socket) -> None:
        requested(peer)
        peer.sendall(HEAD)
        with suppress(OSError):
            drips(chunk(line))(peer)

    return script


@pytest.mark.parametrize(
    "script",
    [
        never_answers,
        says(MANIFEST, then=b""),
        repeats(b'{"status": "pulling manifest"}\n'),
        repeats(b" "),
        repeats(b'{"status": "pulling aaaa", "digest": "a", "total": 9, "completed": 4}\n'),
    ],
    ids=["silent", "then silent", "same status", "blanks", "no more bytes"],
)
def test_silence_has_an_end_also_one_with_many_words(script: Script) -> None:
    def holding(peer: socket.socket) -> None:
        script(peer)
        never_answers(peer)

    began = time.monotonic()
    error = refusal(holding, silence_s=0.4)
    assert "0.4 s" in error.message
    assert error.hint == "run the command again: it goes on where it stopped"
    assert time.monotonic() - began < 3


def test_what_goes_on_may_take_longer_than_a_silence() -> None:
    def slowly(peer: socket.socket) -> None:
        requested(peer)
        peer.sendall(HEAD)
        for done in range(6):
            line = {"status": "pulling a", "digest": "a", "total": 5, "completed": done}
            peer.sendall(chunk(json.dumps(line).encode() + b"\n"))
            time.sleep(0.2)
        peer.sendall(chunk(b'{"status": "success"}\n'))

    assert pull(slowly, silence_s=0.6)[-1] == PullProgress("success", 5, 5)


def test_a_server_that_closes_at_once_is_given_up() -> None:
    assert "closed the connection before it answered" in refusal(drops_at_once).message
