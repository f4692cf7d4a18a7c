"""A chat completion as text on the wire: what is sent, and what comes back whole or as server-sent events. No I/O."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Reasoning models spend tokens before the first visible word.
MAX_TOKENS = 1024
QUOTED_CHARACTERS = 500
# What one token takes at most in a stream of the gateway, its envelope included: 250 to 400 bytes were seen.
BYTES_PER_TOKEN = 1_000
LEAST_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """One chat completion to ask for. As it stands the model answers for itself: no cache, no fallback, no retry."""

    model: str
    prompt: str
    system: str | None = None
    max_tokens: int = MAX_TOKENS
    temperature: float | None = None
    stream: bool = True
    allow_cached: bool = False
    through_fallbacks: bool = False

    @property
    def body(self) -> dict[str, object]:
        """The body of POST /v1/chat/completions. Source: LiteLLM proxy 1.106 and 1.109, seen."""
        system = [{"role": "system", "content": self.system}] if self.system is not None else []
        body: dict[str, object] = {
            "model": self.model,
            "messages": [*system, {"role": "user", "content": self.prompt}],
            "max_tokens": self.max_tokens,
        }
        if self.temperature is not None:
            body["temperature"] = self.temperature
        if self.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        if not self.allow_cached:  # the header Cache-Control is ignored
            body["cache"] = {"no-cache": True, "no-store": True}
        if not self.through_fallbacks:
            body |= {"disable_fallbacks": True, "num_retries": 0}
        return body

    @property
    def limit_bytes(self) -> int:
        """More than this is no answer to this question."""
        return max(LEAST_LIMIT_BYTES, self.max_tokens * BYTES_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Chat:
    """What came back for a question. `error` is the message of an error in its place, or in the middle of a stream.

    `thought` is what a reasoning model shows of its reasoning, which is no answer. `garbled` quotes what is not JSON.
    """

    text: str = ""
    thought: str = ""
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    id: str | None = None
    model: str | None = None
    error: str | None = None
    garbled: str | None = None


def read(raw: bytes) -> Chat:
    """Read the body of an answer that came whole, whatever it is."""
    body = _json(raw)
    if body is None:
        return Chat(garbled=quoted(raw))
    answer = ChatStream()
    answer.take(body, 0.0, part="message")
    return answer.chat


def refused(raw: bytes) -> Chat:
    """Read the body of an answer whose status says no, whatever it is."""
    body = _json(raw)
    return Chat(error=quoted(raw) if body is None else error_message(body))


class ChatStream:
    """A streamed answer, fed in whatever pieces it comes. Each chunk may carry another id; the first one counts.

    `heard` is called with each piece of its text as it comes.
    """

    def __init__(self, heard: Callable[[str], None] | None = None) -> None:
        self._heard = heard
        self.done = False
        self.first_text_s: float | None = None
        self._rest = b""
        self._data: list[bytes] = []
        self._text: list[str] = []
        self._thought: list[str] = []
        self._seen: dict[str, str] = {}
        self._tokens: dict[str, int] = {}

    def feed(self, piece: bytes, at_s: float) -> None:
        """Take the next bytes. at_s is when they came; kept for the first visible text."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._line(line.removesuffix(b"\r"), at_s)

    @property
    def chat(self) -> Chat:
        """What has come so far."""
        return Chat(
            text="".join(self._text),
            thought="".join(self._thought),
            prompt_tokens=self._tokens.get("prompt_tokens"),
            completion_tokens=self._tokens.get("completion_tokens"),
            **self._seen,
        )

    def _line(self, line: bytes, at_s: float) -> None:
        """Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation."""
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
        elif not line and self._data:
            event, self._data = b"\n".join(self._data), []
            self._event(event, at_s)

    def _event(self, data: bytes, at_s: float) -> None:
        if data.strip() == b"[DONE]":
            self.done = True
            return
        body = _json(data)
        if body is None:
            self._seen.setdefault("garbled", quoted(data))
        else:
            self.take(body, at_s, part="delta")

    def take(self, body: object, at_s: float, *, part: str) -> None:
        """Take one JSON body: a whole completion has a `message` in its choice, a chunk of a stream a `delta`."""
        fields = _mapping(body)
        for name in ("id", "model"):
            self._see(name, fields.get(name))
        if fields.get("error"):
            self._see("error", error_message(body))
        for name in ("prompt_tokens", "completion_tokens"):
            if isinstance(count := _mapping(fields.get("usage")).get(name), int):
                self._tokens[name] = count
        match fields.get("choices"):
            case [{**choice}, *_]:
                self._see("finish_reason", choice.get("finish_reason"))
                self._say(_mapping(choice.get(part)), at_s)

    def _say(self, message: Mapping[str, object], at_s: float) -> None:
        if isinstance(text := message.get("content"), str) and text:
            self._text.append(text)
            if self._heard:
                self._heard(text)
            if self.first_text_s is None and text.strip():
                self.first_text_s = at_s
        if isinstance(thought := message.get("reasoning_content"), str):
            self._thought.append(thought)

    def _see(self, name: str, value: object) -> None:
        if isinstance(value, str):
            self._seen.setdefault(name, value)


def error_message(body: object) -> str:
    """Give the message of an error body; of any other one the body itself."""
    match body:
        case {"error": {"message": str(message)}}:
            return message
        case {"error": error}:
            return str(error)
    return str(body)


def quoted(raw: bytes) -> str:
    """Give the beginning of what could not be read."""
    return raw[:QUOTED_CHARACTERS].decode("utf-8", "replace")


def _json(raw: bytes) -> object:
    """Parse JSON; null for what is none (and for a bare null, which says as little)."""
    try:
        body: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
